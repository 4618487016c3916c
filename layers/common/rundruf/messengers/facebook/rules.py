"""What Messenger permits."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "Messenger"

RULES = Rules(
    source="https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy",
    checked=date(2026, 11, 22),
    advertising=Advertising.WINDOW,
    business_may_open=False,
    window_hours=24,
    templates=True,
    text_limit=2000,
    counted=Counted.CHARACTERS,
    caption_limit=0,  # files take no text
    media=frozenset(MediaKind),
    buttons=13,
    button_label_limit=20,
    button_payload_bytes=1000,
    link_buttons=3,
    # Meta takes 300 calls a second, but above 40 for long the page's inbox stops; the rest is for replies.
    rate=30.0,
    parts=4,
    receipts=frozenset({"delivered", "read"}),
    block_signal=False,
    echoes=False,
    note=(
        "Advertising only within 24 hours after somebody wrote; outside of them utility templates for orders "
        "and appointments. Newsletters in or into the EU are impossible: recurring notifications ended on "
        "2026-02-10, and what follows them is closed to businesses and people in the EU, the United Kingdom, "
        "Japan, South Korea and Australia (checked 2026-11-22)."
    ),
)
