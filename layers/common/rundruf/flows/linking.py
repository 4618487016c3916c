"""Entry code -> a link that opens the chat with it, and its QR code; some messengers make the link."""

from io import BytesIO

from rundruf.core.account import Account
from rundruf.core.outcome import OutcomeKind
from rundruf.core.topic import EntryPoint
from rundruf.flows.renewing import armed, renewed
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Answer, LinkMaker

LONGEST = 2_000
SCALE = 8
BORDER = 4


class NoLink(Exception):
    """The messenger made none; the text says what went wrong."""


def link_of(point: EntryPoint, account: Account, language: str = "") -> str:
    """The link of a way in; raises ValueError where the account has no usable address.

    ``language`` is that of the words the person sends, where the messenger's links hold some.
    """
    link = point.link or messenger(point.messenger).entry_link(
        account, point.code, language or point.language
    )
    return link


def picture(link: str, kind: str) -> bytes:
    """The QR code of a link as a file of its own; ``kind`` is "svg" or "png"."""
    import segno

    made = BytesIO()
    segno.make(link, micro=False, error="m").save(made, kind=kind, scale=SCALE, border=BORDER)
    return made.getvalue()


def drawing(link: str) -> str:
    """The QR code of a link as SVG inside a page, black on white also where the page is dark."""
    import segno

    code = segno.make(link, micro=False, error="m")
    return code.svg_inline(omitsize=True, border=BORDER, light="#fff", svgclass=None, lineclass=None)


def made_link(account: Account, code: str, services: Services) -> str:
    """The link that the messenger makes for this code; raises NoLink, Refused, and Unfinished."""
    speaks = messenger(account.messenger)
    if speaks.links is None:
        raise NoLink(f"{speaks.title} makes no links")
    account = armed(account, speaks, services)
    answer = _asked(speaks.links, account, code, services)
    if speaks.interpret(answer).kind is OutcomeKind.TOKEN:
        other = renewed(account, speaks, services)
        answer = _asked(speaks.links, other, code, services) if other else answer
    try:
        link = speaks.links.read(answer)
    except ValueError as error:
        raise NoLink(str(error)) from None
    if not link.isprintable() or not 0 < len(link) <= LONGEST:
        raise NoLink("the answer holds no usable link")
    return link


def _asked(links: LinkMaker, account: Account, code: str, services: Services) -> Answer:
    try:
        request = links.request(account, code)
    except KeyError as missing:
        raise NoLink(f"the account's credential {missing.args[0]} is missing") from None
    (answer,) = services.http.window([request])
    if answer.failure is not None:
        raise Unfinished("link")
    return answer
