"""What WhatsApp permits."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "WhatsApp"
BODY_LIMIT = 1024  # characters of a text above buttons
MEDIA_LIMIT = 10  # files in one message of ours; WhatsApp carries one each
HEADER_LIMIT = 60  # characters of a header that is text
TEMPLATE_BUTTONS = 10

RULES = Rules(
    source="https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages",
    checked=date(2026, 11, 22),
    advertising=Advertising.TEMPLATE,
    business_may_open=True,
    window_hours=24,
    templates=True,
    text_limit=4096,
    counted=Counted.CHARACTERS,
    caption_limit=1024,
    media=frozenset(MediaKind),
    buttons=3,
    button_label_limit=20,
    button_payload_bytes=256,
    link_buttons=1,
    rate=60.0,  # of 80, which count both ways: the rest is left to what people write and to replies
    parts=4,
    # A burst of up to 45 is borrowed from the minutes after it; that is left to replies.
    # https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput (2026-11-22)
    pair_gap=6.0,
    metered="day",
    receipts=frozenset({"delivered", "read"}),
    block_signal=False,
    platform_stop_codes=frozenset({"131050"}),
    # Marketing goes through the same call as all else: the endpoint of its own is only needed where the
    # business has switched that off (131063).
    note="Marketing templates are not delivered to numbers in the USA (+1, checked 2026-11-22).",
)
