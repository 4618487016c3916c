"""A file that a person sent -> the messenger says where it is -> its bytes, within limits."""

import re
from dataclasses import dataclass, field

from rundruf.core.account import Account
from rundruf.core.addresses import origin
from rundruf.core.outcome import OutcomeKind
from rundruf.flows.renewing import armed, renewed
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Answer, Download, MediaIn, Messenger, Request
from rundruf.messengers.shared import header

LIMIT = 20_000_000  # bytes
PATIENCE = 20_000  # ms for all calls together
LONGEST_REFUSAL = 10_000
UNNAMED = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_BEGINNINGS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (4, b"ftyp", "video/mp4"),
    (0, b"PK\x03\x04", "application/zip"),
)


class NoFile(Exception):
    """The messenger gives no such file; the text says why, without any address."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came; ``mime_type`` is what the server called it, or what its beginning shows."""

    content: bytes = field(repr=False)
    mime_type: str


def fetched(medium: MediaIn, account: Account, services: Services, limit: int = LIMIT) -> File:
    """The file; raises NoFile, TooLarge, Barred, Refused (our credentials), and Unfinished to try again."""
    speaks, end = messenger(account.messenger), services.ticks() + PATIENCE
    if speaks.download is None:
        raise NoFile(f"{speaks.title} gives no files")
    account = armed(account, speaks, services)
    answer = _got(_asked(speaks.download, medium, account), account, services, limit, end)
    if _expired(answer, speaks):
        other = renewed(account, speaks, services)
        if other is not None:
            account = other
            answer = _got(_asked(speaks.download, medium, account), account, services, limit, end)
    try:
        where = speaks.download.located(answer, account)
    except ValueError as error:
        raise NoFile(str(error)) from None
    if where is not None:
        answer = _got(where, account, services, limit, end)
    if answer.status != 200:
        raise NoFile(f"the messenger's server answered with status {answer.status}")
    return File(answer.body, _kind_of(answer, medium))


def _asked(download: Download, medium: MediaIn, account: Account) -> Request:
    try:
        return download.request(medium, account)
    except KeyError as missing:
        raise NoFile(f"the account's credential {missing.args[0]} is missing") from None
    except ValueError as error:
        raise NoFile(str(error)) from None


def _got(request: Request, account: Account, services: Services, limit: int, end: float) -> Answer:
    own = account.base_url or messenger(account.messenger).host
    if request.url.startswith("http://") and origin(request.url) != origin(own):
        request = Request(request.method, f"https{request.url[4:]}", request.headers, request.body)
    answer = services.downloads.get(request, own, limit, end - services.ticks())
    if answer.failure is not None:
        raise Unfinished("download")
    return answer


def _expired(answer: Answer, speaks: Messenger) -> bool:
    """Whether this is no file but the word that our token is no longer good."""
    if speaks.token is None or len(answer.body) > LONGEST_REFUSAL:
        return False
    return speaks.interpret(answer).kind is OutcomeKind.TOKEN


def _kind_of(answer: Answer, medium: MediaIn) -> str:
    told = header(answer.headers, "content-type").partition(";")[0].strip().lower()
    if _TYPE.fullmatch(told) and told != UNNAMED:
        return told
    for place, beginning, kind in _BEGINNINGS:
        if answer.body[place : place + len(beginning)] == beginning:
            return kind
    claimed = medium.mime_type.partition(";")[0].strip().lower()
    return claimed if _TYPE.fullmatch(claimed) else UNNAMED
