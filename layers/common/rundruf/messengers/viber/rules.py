"""What Viber permits."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "Viber"
BUTTONS = 12  # Viber tells no number; more would cover the chat
LINK = 2000  # characters of the address of a file
# Bytes of a whole call, less what 64 ids, the sender's name and our delivery id take.
CONTENT = 30_000 - 3_000

RULES = Rules(
    source="https://developers.viber.com/docs/api/rest-bot-api/",
    checked=date(2026, 11, 22),
    advertising=Advertising.ALWAYS,
    business_may_open=False,
    window_hours=None,
    templates=False,
    text_limit=7000,
    counted=Counted.UTF16,  # Viber does not tell what it counts; these are never fewer than the others
    caption_limit=512,
    media=frozenset(MediaKind),
    buttons=BUTTONS,
    button_label_limit=50,  # Viber takes 250, in HTML, where one character may need five
    button_payload_bytes=250,  # Viber tells no number
    link_buttons=BUTTONS,
    rate=50.0,  # Viber tells one for broadcasts only: 500 calls in 10 seconds
    receipts=frozenset({"delivered", "read"}),
    block_signal=True,
    parts=4,
    group=64,  # Viber takes 300; an unclear answer leaves everybody of a call unknown
    group_rate=50.0,
    echoes=False,
    greets=True,
    metered="month",  # bots on older terms have 10,000 free messages; no call tells what is left of them
    quota_codes=frozenset({"23"}),
    note=(
        "Only subscribers can be written to. A bot costs a monthly fee, and each message to people who did "
        "not write within 24 hours costs too. Broadcasts need Viber's approval. Files other than pictures "
        "are sent as links."
    ),
)
