"""Account -> credentials good? -> the messenger's own steps in order -> what each came to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.flows.renewing import Refused, armed, with_keys
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Failure, Messenger, Renewable, Step

TIMEOUT = 6_000  # ms for one step
BUDGET = 16_000  # ms after which no further step is begun: the API answers within 29 s
LONGEST_DETAIL = 500
NOT_TRIED = "not tried"
HIDDEN = "…"
SHORTEST_SECRET = 4
_FAILURES = {
    Failure.NOT_SENT: "The messenger's server cannot be reached.",
    Failure.AMBIGUOUS: "The messenger's server did not answer in time.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What one step came to; ``detail`` is a sentence without secrets."""

    name: str
    ok: bool
    detail: str


def verify(account: Account, services: Services) -> tuple[Checked, ...]:
    """Check an account step by step up to the first that fails; the rest is "not tried"."""
    speaks, end = messenger(account.messenger), services.ticks() + BUDGET
    done, account = _fetched(account, speaks, services)
    try:
        steps = speaks.steps(account, services.webhook_of(account.id))
    except KeyError as missing:
        done.append(Checked("credentials", False, f"The credential {missing.args[0]} is missing."))
        steps = ()
    for step in steps:
        if not all(one.ok for one in done):
            done.append(Checked(step.name, False, NOT_TRIED))
        elif services.ticks() > end:
            done.append(Checked(step.name, False, f"{NOT_TRIED}; the steps before it took too long"))
        else:
            done.append(_tried(step, services))
    return tuple(_hidden(one, account, speaks) for one in done)


def _fetched(account: Account, speaks: Messenger, services: Services) -> tuple[list[Checked], Account]:
    """Token and keys as the first steps, where the messenger has such, and the account with them."""
    done: list[Checked] = []
    for name, words, renewable, fill in (
        ("access_token", "an access token", speaks.token, armed),
        ("public_keys", "the keys that it signs with", speaks.keys, with_keys),
    ):
        if renewable is None or not renewable.needed(account):
            continue
        tried = all(one.ok for one in done)
        found = _filled(account, speaks, fill, services) if tried else NOT_TRIED
        if isinstance(found, Account):
            account = found
            done.append(Checked(name, True, f"{speaks.title} gave {words}."))
        else:
            account = _pretended(account, renewable)
            done.append(Checked(name, False, found))
    return done, account


def _filled(
    account: Account,
    speaks: Messenger,
    fill: Callable[[Account, Messenger, Services], Account],
    services: Services,
) -> Account | str:
    """The account with what is fetched for it, or why that failed."""
    try:
        return fill(account, speaks, services)
    except Refused as refused:
        return f"{speaks.title} refuses the account's credentials ({refused.code}). Copy them again."
    except Unfinished:
        return f"{speaks.title} could not be asked for it just now. Try again in a minute."


def _pretended(account: Account, renewable: Renewable) -> Account:
    """Enough to know the names of the steps that will not be tried."""
    return replace(account, credentials={**account.credentials, renewable.credential: ("-",)})


def _tried(step: Step, services: Services) -> Checked:
    (answer,) = services.http.window([step.request], timeout=TIMEOUT)
    if answer.failure is not None:
        return Checked(step.name, False, _FAILURES[answer.failure])
    told = step.read(answer)
    return Checked(step.name, told.ok, told.detail)


def _hidden(checked: Checked, account: Account, speaks: Messenger) -> Checked:
    """The detail without any value of a credential, whatever the messenger echoed."""
    shown = {one.name for one in speaks.credentials if not one.secret}
    detail = checked.detail
    for name, values in account.credentials.items():
        for value in values if name not in shown else ():
            for spelling in (value, quote(value, safe="")):
                detail = detail.replace(spelling, HIDDEN) if len(value) >= SHORTEST_SECRET else detail
    return replace(checked, detail=detail[:LONGEST_DETAIL])
