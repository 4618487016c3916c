"""What Telegram permits."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "Telegram"
MEDIA_LIMIT = 10  # files of one album

RULES = Rules(
    source="https://core.telegram.org/bots/api",
    checked=date(2026, 11, 22),
    advertising=Advertising.ALWAYS,
    business_may_open=False,
    window_hours=None,
    templates=False,
    text_limit=4096,
    # Not UTF-16 units, though entities are counted so: 4,096 emoji pass on the live service, 4,097 do not
    # (https://github.com/FerroxLabs/wayland/issues/934, 2026-08-29).
    counted=Counted.CHARACTERS,
    caption_limit=1024,
    media=frozenset(MediaKind),
    buttons=100,
    button_label_limit=64,  # no limit is told; phones cut longer ones
    button_payload_bytes=64,
    link_buttons=100,
    rate=30.0,
    receipts=frozenset(),
    block_signal=True,
    parts=4,
    note="Only people who pressed Start can be written to. A bot must answer /privacy with a privacy policy.",
)
