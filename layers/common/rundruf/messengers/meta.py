"""What WhatsApp, Messenger and Instagram share: proof, set-up call, envelope, Graph calls, their errors.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started and
https://developers.facebook.com/docs/graph-api/guides/error-handling (checked 2026-11-22)
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

from rundruf.core.account import Account
from rundruf.core.message import Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.rules import Counted
from rundruf.messengers import limits, shared
from rundruf.messengers.contract import (
    Answer,
    Call,
    Event,
    MediaIn,
    NotGenuine,
    Notice,
    Reading,
    Receipt,
    Reply,
    Request,
    Step,
    Told,
)
from rundruf.messengers.shared import Record, record, records, text

HOST = "https://graph.facebook.com"
VERSION = "v25.0"

Fields = Mapping[str, object]


def handshake(call: Call, account: Account) -> Reply | None:
    """Echoes the challenge of a set-up call that knows the verify token; only digits are ever echoed."""
    if call.method != "GET":
        return None
    challenge = call.query.get("hub.challenge", "")
    try:
        shared.prove(call.query.get("hub.verify_token", ""), account.secrets("verify_token"))
    except NotGenuine:
        return Reply(403)
    if call.query.get("hub.mode") != "subscribe" or not re.fullmatch(r"[0-9]{1,64}", challenge):
        return Reply(403)
    return Reply(200, challenge)


def verify(call: Call, account: Account) -> None:
    """The signature is over the bytes as they came, with any app secret that is still valid."""
    secrets = [one for one in account.secrets("app_secret") if one]
    shared.prove(
        shared.header(call.headers, "x-hub-signature-256"),
        [f"sha256={shared.sha256_hmac(secret, call.body).hex()}" for secret in secrets],
    )


@dataclass(slots=True)
class Found:
    """What was read so far; ``ours`` are the ids of the number, page or account we read for."""

    ours: frozenset[str]
    events: list[Event] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    parked: Counter[str] = field(default_factory=Counter)

    def reading(self) -> Reading:
        return Reading(tuple(self.events), tuple(self.receipts), dict(self.parked), tuple(self.notices))


def entries(body: bytes, name: str, found: Found) -> list[Record]:
    """The entries of a webhook body about the object of that name; one about another is counted."""
    envelope = shared.opened(body)
    if envelope.get("object") != name:
        found.parked["object"] += 1
        return []
    return records(envelope.get("entry"))


def derived(kind: str, *parts: object) -> str:
    """An id for what Meta gives none: the same when it is told again.

    A digest keeps the person's id out of keys that outlive an erasure.
    """
    digest = hashlib.sha256(" ".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()
    return f"{kind}:{digest[:32]}"


_STATES: Mapping[object, str] = {
    "APPROVED": "",
    "REINSTATED": "",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "REJECTED": "rejected",
    "PENDING": "pending",
    "IN_APPEAL": "in_appeal",
    "LIMIT_EXCEEDED": "limit_exceeded",
    "ARCHIVED": "archived",
    "PENDING_DELETION": "deleted",
    "DELETED": "deleted",
}
_CATEGORIES = frozenset({"marketing", "utility", "authentication"})


def template_status(value: Record, at: int, found: Found) -> None:
    """A template may be sent, or not. FLAGGED and LOCKED ones still may and are only counted.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
    """
    event = shared.kind(value.get("event"))
    name = text(value.get("message_template_name"))
    if event not in _STATES or not name:
        found.parked[f"template.{event}"] += 1
        return
    category = _category(value.get("message_template_category"))
    found.notices.append(Notice(at, name, _language(value), category, _STATES[event]))


def template_category(value: Record, at: int, found: Found) -> None:
    """A template has moved to another category. That it will in a day is only counted: it has not yet.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/template_category_update
    """
    category, name = _category(value.get("new_category")), text(value.get("message_template_name"))
    if value.get("correct_category") or not category or not name:
        found.parked["template.category"] += 1
    else:
        found.notices.append(Notice(at, name, _language(value), category))


def _category(value: object) -> str:
    word = text(value).lower()
    return word if word in _CATEGORIES else ""


def _language(value: Record) -> str:
    """Written en_US where a template is sent, but en-US in some notices."""
    return text(value.get("message_template_language")).replace("-", "_")


def host(account: Account, own: str = HOST) -> str:
    return f"{account.base_url or own}/{VERSION}"


def bearer(account: Account) -> Mapping[str, str]:
    """The token goes into a header: in the address it would end up in logs."""
    return {"authorization": f"Bearer {account.secret('access_token')}"}


def post(account: Account, path: str, fields: Fields, own: str = HOST) -> Request:
    return shared.post(f"{host(account, own)}/{path}", fields, bearer(account))


def get(account: Account, path: str, query: Mapping[str, str], own: str = HOST) -> Request:
    address = f"{host(account, own)}/{quote(path)}"
    return Request(
        "GET", f"{address}?{urlencode(query, safe=',')}" if query else address, bearer(account), b""
    )


@dataclass(frozen=True, slots=True)
class Sort:
    """A class of errors; ``wait`` is how many seconds Meta's documentation asks to wait."""

    kind: OutcomeKind
    account_wide: bool = False
    wait: float | None = None

    def outcome(self, code: str) -> Outcome:
        return Outcome(self.kind, code, retry_after=self.wait, account_wide=self.account_wide)


Code = TypeVar("Code", bound=Hashable)


def table(sorts: Iterable[tuple[Sort, Iterable[Code]]]) -> Mapping[Code, Sort]:
    """Each code of an error table with its class."""
    return {code: sort for sort, codes in sorts for code in codes}


def interpret(
    answer: Answer,
    accepted: Callable[[Record], Outcome | None],
    known: Callable[[Record], Outcome | None],
) -> Outcome:
    """Decides on the code in the body, not on the HTTP status; an error may come with status 200."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    content = shared.content(answer)
    taken = accepted(content) if 200 <= answer.status < 300 else None
    if taken:
        return taken
    if "error" in content:
        return _refused(record(content["error"]), answer, known)
    return shared.by_status(answer)


def _refused(error: Record, answer: Answer, known: Callable[[Record], Outcome | None]) -> Outcome:
    code = shared.whole(error.get("code"))
    told = shared.retry_after(answer)
    found = known(error)
    if found and found.kind is OutcomeKind.RETRY:
        wait = found.retry_after if told is None else told
        return Outcome(found.kind, found.code, retry_after=wait, account_wide=found.account_wide)
    if found:
        return found
    word = "error" if code is None else str(code)
    if answer.status == 429:
        return Outcome(OutcomeKind.RETRY, word, retry_after=told, account_wide=True)
    if answer.status >= 500:
        return Outcome(OutcomeKind.UNKNOWN, word)
    return Outcome(OutcomeKind.BAD, word)


def pieces(message: str, limit: int, last: int, counted: Counted) -> tuple[str, ...]:
    """A text in pieces of at most ``limit``, of which the last has at most ``last`` (it heads buttons)."""
    if counted.length(message) <= last:
        return (message,) if message else ()
    whole = message.rstrip()
    tail = limits.parts(whole, last, counted)[-1]
    head = whole[: len(whole) - len(tail)].rstrip()
    return (*limits.parts(head, limit, counted), tail)


def template_problems(template: Template, shown_in: str) -> Iterator[limits.Problem]:
    """What is wrong with a template's language, parameters or buttons, alike for all who have templates."""
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Za-z]{2,5})?", template.language):
        yield (
            "template.language",
            f"{len(template.language)} characters given; a language is written like de or en_US "
            f"(2 or 3 letters, underscore). Copy it from {shown_in}.",
        )
    for number, value in enumerate(template.parameters):
        if not value.strip():
            yield (
                f"template.parameters.{number}",
                "The parameter has 0 characters; it needs at least 1. Give a value or a default.",
            )
    if template.names and len(template.names) != len(template.parameters):
        yield (
            "template.names",
            f"{len(template.names)} names for {len(template.parameters)} parameters. Give one for each.",
        )
    for number, name in enumerate(template.names):
        if not re.fullmatch(r"[a-z0-9_]{1,100}", name):
            yield (
                f"template.names.{number}",
                f"{len(name)} characters given; a name has 1 to 100 of a-z, 0-9 and _. "
                f"Copy it from {shown_in}.",
            )
    for number, button in enumerate(template.buttons):
        if button.reply and button.url:
            yield (
                f"template.buttons.{number}",
                "A button carries at most 1 of reply and url, this one has both. Remove one of them.",
            )


def template(which: Template, components: Sequence[Fields]) -> Fields:
    content: Fields = {"name": which.name, "language": {"code": which.language}}
    return {**content, "components": components} if components else content


def parameters(which: Template) -> list[Fields]:
    """The values of a template's body, with their names where it names its placeholders."""
    names = which.names or ("",) * len(which.parameters)
    return [parameter(value, name) for value, name in zip(which.parameters, names, strict=True)]


def parameter(value: str, name: str = "") -> Fields:
    """Line breaks, tabs and more than four blanks in a row are refused within a parameter."""
    named = {"parameter_name": name} if name else {}
    return {"type": "text", **named, "text": " ".join(value.split())}


def step(name: str, request: Request, read: Callable[[Record], Told], needs: str) -> Step:
    """A step of an account's check; ``needs`` is the permission that the token must have."""

    def told(answer: Answer) -> Told:
        content = shared.content(answer)
        if 200 <= answer.status < 300 and content and "error" not in content:
            return read(content)
        return Told(False, _complaint(answer, record(content.get("error")), needs))

    return Step(name, request, told)


def _complaint(answer: Answer, error: Record, needs: str) -> str:
    code = shared.whole(error.get("code"))
    if answer.failure:
        return "Meta did not answer. Try again later."
    if code == 190:
        return "The access token is wrong or has run out. Make a new one in the app's dashboard."
    if code is not None and (code in (3, 10) or 200 <= code < 300):
        return f"The access token lacks a permission. Make one with {needs}."
    if code in (33, 100, 803):
        return (
            "Meta knows no such id, or the access token may not see it. Compare the ids with the dashboard."
        )
    if code in (4, 17, 32, 613, 80006, 80007) or answer.status == 429:
        return "Meta has had too many calls lately. Try again in an hour."
    shown = f"code {code}" if code is not None else f"HTTP status {answer.status}"
    return (
        f"Meta refused with {shown}. Try again later; if it stays, look the code up in Meta's documentation."
    )


def shown(name: object) -> str:
    """A name as part of a sentence: on one line and not endless."""
    return "".join(one for one in text(name) if one.isprintable())[:80]


def done(content: Record, sentence: str) -> Told:
    """The reading of an answer that says no more than success."""
    return Told(True, sentence) if content.get("success") is True else Told(False, "Meta did not confirm it.")


_FILE_HOSTS = ("fbsbx.com", "fbcdn.net", "facebook.com", "whatsapp.net", "cdninstagram.com")


def is_file_address(address: str, account: Account) -> bool:
    """Whether a file's address belongs to Meta (or the server in its place) and may get our token."""
    try:
        parts = urlsplit(address)
        own = urlsplit(account.base_url)
    except ValueError:
        return False
    if account.base_url:
        return (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    name = parts.hostname or ""
    return parts.scheme == "https" and any(name == one or name.endswith(f".{one}") for one in _FILE_HOSTS)


def file(medium: MediaIn, _account: Account) -> Request:
    """The call for a file whose id is its address; it is signed and needs no token."""
    if not re.fullmatch(r"https?://[!-~]{1,4000}", medium.id):
        raise ValueError("the file has no address")
    return Request("GET", medium.id, {}, b"")
