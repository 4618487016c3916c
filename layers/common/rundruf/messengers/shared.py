"""What several messengers do alike: proving a call, reading hostile JSON, sorting an HTTP answer."""

import hmac
import json
import math
import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers.contract import Answer, Failure, NotGenuine, Place, Request, Unreadable

BODY_LIMIT = 4 * 1024 * 1024  # bytes; WhatsApp sends up to 3 MB in one call
ID_LIMIT = 512  # characters

Record = Mapping[str, object]

_ENCODER = json.JSONEncoder(separators=(",", ":"))


def header(headers: Mapping[str, str], name: str) -> str:
    """The value of a header given in lower case, "" where it is missing."""
    found = headers.get(name)
    if found is None:
        found = next((value for key, value in headers.items() if key.lower() == name), "")
    return found


def prove(given: str, expected: Iterable[str]) -> None:
    """Raises NotGenuine unless ``given`` is one of ``expected``.

    Encoded forms are compared in constant time, since decoding accepts more than one spelling and
    ``compare_digest`` refuses text that is not ASCII. An empty expectation never fits.
    """
    sent = given.encode("utf-8", "surrogatepass")
    fits = False
    for one in expected:
        fits |= hmac.compare_digest(sent, one.encode("utf-8", "surrogatepass")) and one != ""
    if not fits:
        raise NotGenuine


def sha256_hmac(secret: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode("utf-8", "surrogatepass"), body, "sha256")


def opened(body: bytes) -> Record:
    """The JSON object in a body; raises Unreadable, whose cause is left out since it would hold the body."""
    if len(body) > BODY_LIMIT:
        raise Unreadable(f"{len(body)} bytes, more than {BODY_LIMIT}")
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_int=_whole_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("no JSON object")
    return value


def _whole_number(digits: str) -> int | None:
    """No messenger counts beyond 64 bits; a longer number is as good as none and must not cost time."""
    return int(digits) if len(digits) <= 20 else None


def _no_number(name: str) -> None:
    raise ValueError(name)


def record(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[Record]:
    """The objects of a list; whatever else is in it is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A string that can be stored and sent on: without NUL, half characters replaced; "" for other types."""
    if not isinstance(value, str):
        return ""
    cleaned = value.replace("\0", "")
    return cleaned.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def line(value: object) -> str:
    """A text of the messenger on one line of at most 100 characters, to be shown to an administrator."""
    return " ".join("".join(one if one.isprintable() else " " for one in text(value)).split())[:100]


def identifier(value: object) -> str:
    """An id of the messenger: visible ASCII up to 512 characters, or a whole number; "" for all else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and len(value) <= ID_LIMIT and re.fullmatch(r"[!-~]+", value):
        return value
    return ""


def whole(value: object) -> int | None:
    """A whole number, also where it is written as a string of digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return None


def milliseconds(value: object) -> int:
    """A time of the messenger in ms since 1970, told in seconds or milliseconds; 0 when it tells none."""
    number = whole(value)
    if number is None or not 0 < number < 10**14:
        return 0
    return number if number >= 10**12 else number * 1000


def place(latitude: object, longitude: object, name: object = "", address: object = "") -> Place | None:
    """A place on the globe as told, in degrees; None where the numbers are none of one."""
    north, east = _degrees(latitude, 90), _degrees(longitude, 180)
    return None if north is None or east is None else Place(north, east, text(name), text(address))


def _degrees(value: object, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        return None
    return float(value)


def kind(value: object) -> str:
    """A messenger's word as the name of a counter: short and plain, else ``other``."""
    return value if isinstance(value, str) and re.fullmatch(r"[a-zA-Z_]{1,40}", value) else "other"


def post(url: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Request:
    """A POST of JSON; everything beyond ASCII is escaped, so that any text can be written."""
    return Request(
        method="POST",
        url=url,
        headers={"content-type": "application/json", **(headers or {})},
        body=_ENCODER.encode(body).encode("ascii"),
    )


def unanswered(failure: Failure) -> Outcome:
    """The outcome of a call that got no answer: not sent may be repeated, anything else is unknown."""
    if failure is Failure.NOT_SENT:
        return Outcome(OutcomeKind.RETRY, failure.value)
    return Outcome(OutcomeKind.UNKNOWN, failure.value)


def content(answer: Answer) -> Record:
    """The JSON object of an answer, empty where it has none."""
    try:
        return opened(answer.body)
    except Unreadable:
        return {}


def by_status(answer: Answer) -> Outcome:
    """The outcome of an answer without readable content; unknown where the message may have been sent."""
    code = f"http_{answer.status}"
    if answer.status == 429:
        return Outcome(OutcomeKind.RETRY, code, retry_after=retry_after(answer), account_wide=True)
    if answer.status in (401, 402, 403, 404, 405, 407, 410, 451) or 300 <= answer.status < 400:
        return Outcome(OutcomeKind.PAUSE, code, account_wide=True)
    if 400 <= answer.status < 500 and answer.status not in (408, 425, 499):
        return Outcome(OutcomeKind.BAD, code)
    return Outcome(OutcomeKind.UNKNOWN, code)


def retry_after(answer: Answer) -> float | None:
    """The seconds of the Retry-After header; None where it is missing or nonsense.

    A date counts from the answer's own date, so that no clock of ours is needed; without one it is nonsense.
    """
    told = header(answer.headers, "retry-after").strip()
    until, now = _moment(told), _moment(header(answer.headers, "date").strip())
    if until is not None and now is not None:
        return max(0.0, until - now)
    return seconds(told)


def _moment(told: str) -> float | None:
    """A date of HTTP in seconds since 1970; None for anything else."""
    if not re.fullmatch(r"[A-Z][a-z]{2}, [ -~]{10,40}", told):
        return None
    try:
        return parsedate_to_datetime(told).timestamp()
    except (ValueError, OverflowError):
        return None


def seconds(value: object) -> float | None:
    """A waiting time as told: a finite number, not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value):
        return None
    number = float(value)
    return number if math.isfinite(number) and number >= 0 else None
