"""What Instagram permits."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "Instagram"

RULES = Rules(
    source="https://developers.facebook.com/documentation/business-messaging/instagram-messaging/send-messages",
    checked=date(2026, 11, 22),
    advertising=Advertising.WINDOW,
    business_may_open=False,
    window_hours=24,
    templates=False,
    text_limit=1000,
    counted=Counted.BYTES,
    caption_limit=0,  # files take no text
    media=frozenset({MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.VIDEO}),
    buttons=13,
    button_label_limit=20,
    button_payload_bytes=1000,
    link_buttons=3,
    # Meta takes 300 calls a second, but after 72,000 messages (an hour of 20) the account's inbox stops.
    rate=20.0,
    parts=4,
    receipts=frozenset({"read"}),
    block_signal=False,
    echoes=False,
    note=(
        "Advertising only within 24 hours after somebody wrote, and nothing at all outside of them; "
        "newsletters into the EU are impossible (recurring notifications ended on 2026-02-10, checked "
        "2026-11-22). Entry links tell their code only if the account has ice breakers."
    ),
)
