"""What a messenger permits, as dated data with its source."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from rundruf.core.message import MediaKind


class Advertising(StrEnum):
    """When a messenger lets a business advertise to a person who agreed."""

    ALWAYS = "always"
    WINDOW = "window"  # only while the reply window is open
    TEMPLATE = "template"  # in the window freely, outside it with an approved template
    BATCH = "batch"  # at any time, but only by the messenger's own mass send
    NEVER = "never"


class Counted(StrEnum):
    """How the messenger counts the length of a text."""

    CHARACTERS = "characters"  # Unicode code points
    UTF16 = "utf16"  # UTF-16 code units
    BYTES = "bytes"  # UTF-8 bytes
    ENCODED = "encoded bytes"  # bytes of its form in a URL

    def length(self, text: str) -> int:
        if self is Counted.BYTES:
            return len(text.encode("utf-8", "surrogatepass"))
        if self is Counted.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        if self is Counted.ENCODED:
            return len(quote(text, safe="", errors="surrogatepass"))
        return len(text)


@dataclass(frozen=True, slots=True)
class Rules:
    """One messenger's data sheet.

    Lengths are in ``counted`` units, ``window_hours`` in hours since the person last wrote (None: no
    window), ``rate`` in messages a second that one account may send; a text longer than ``text_limit``
    leaves as up to ``parts`` messages. ``group`` is the most people we put into
    one call of the messenger's own batch send (1: it has none), ``group_rate`` such calls a second;
    ``gather`` is larger where a whole audience belongs into one call. ``retry_key`` says that the
    messenger takes a repeated call with the same key for the first; ``echoes`` that receipts carry our own
    delivery id; ``greets`` that the answer to a webhook call may hold a first message; ``typed_code``
    that an entry link cannot carry the code, so people type it. ``pair_gap`` is the least time between two
    messages to one person, in seconds; ``metered`` is "day" or "month" where the messenger limits how many an
    account may send in one, and ``quota_codes`` are the codes of its refusals once that is used up.
    """

    source: str
    checked: date
    advertising: Advertising
    business_may_open: bool
    window_hours: int | None
    templates: bool
    text_limit: int
    counted: Counted
    caption_limit: int
    media: frozenset[MediaKind]
    buttons: int
    button_label_limit: int
    button_payload_bytes: int
    link_buttons: int
    rate: float
    receipts: frozenset[str]  # of "delivered", "read"
    block_signal: bool
    parts: int = 1
    group: int = 1
    group_rate: float = 0
    gather: int = 1
    retry_key: bool = False
    echoes: bool = True
    greets: bool = False
    typed_code: bool = False
    pair_gap: float = 0
    metered: str = ""
    quota_codes: frozenset[str] = frozenset()
    platform_stop_codes: frozenset[str] = frozenset()
    retired: date | None = None
    note: str = ""
