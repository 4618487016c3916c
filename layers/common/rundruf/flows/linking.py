"""Entry code -> the messenger makes a link of it."""

from rundruf.core.account import Account
from rundruf.core.outcome import OutcomeKind
from rundruf.flows.renewing import armed, renewed
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Answer, LinkMaker

LONGEST = 2_000


class NoLink(Exception):
    """The messenger made none; the text says what went wrong."""


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
