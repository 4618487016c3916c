"""What LINE permits."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "LINE"
OBJECTS = 5  # message objects in one call
BUBBLE = 13  # buttons in one bubble: LINE tells only a size of 30 kB, so we take its number of quick replies
MEDIA_ADDRESS = 2000  # characters of a file's address
LINK = 1000  # characters of the address behind a button

RULES = Rules(
    source="https://developers.line.biz/en/reference/messaging-api/",
    checked=date(2026, 11, 22),
    advertising=Advertising.ALWAYS,
    business_may_open=False,
    window_hours=None,
    templates=False,
    text_limit=5000,
    counted=Counted.UTF16,
    caption_limit=0,
    media=frozenset(MediaKind),
    buttons=BUBBLE,
    button_label_limit=40,
    button_payload_bytes=300,
    link_buttons=BUBBLE,
    rate=2000.0,
    receipts=frozenset(),
    block_signal=True,
    parts=OBJECTS,
    group=64,  # LINE takes 500; an unclear answer leaves everybody of a call unknown
    group_rate=200.0,
    retry_key=True,
    metered="month",
    quota_codes=frozenset({"monthly_limit"}),
    note=(
        "Only friends of the account can be written to. LINE accepts messages to people who blocked the "
        "account and does not say so. Files that LINE cannot show are sent as a button that opens them."
    ),
)
