"""Account -> what the messenger still allows it: by our own count, or asked of the messenger."""

from dataclasses import dataclass

from rundruf.core.account import Account
from rundruf.flows.renewing import Refused, armed
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Left, Messenger

TIMEOUT = 4_000  # ms for both calls


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of an account's quota of a day or month (``per``); ``left`` None: nobody can tell."""

    per: str
    left: Left | None

    def lacks(self, people: int) -> int:
        """For how many of so many people there is no room, as far as is known."""
        if self.left is None or self.left.people is None:
            return 0
        return max(0, people - self.left.people)


def standing(account_id: str, services: Services) -> Standing | None:
    """None for an account of a messenger that limits nothing but the speed."""
    speaks = messenger(account_id.partition("/")[0])
    if not speaks.rules.metered:
        return None
    try:
        left = _left(services.accounts.get(account_id), speaks, services)
    except (LookupError, Refused, Unfinished):
        left = None
    return Standing(speaks.rules.metered, left)


def _left(account: Account, speaks: Messenger, services: Services) -> Left | None:
    """Raises LookupError for a missing credential, Refused and Unfinished for a token that is not given."""
    now = services.now()
    if account.daily_limit is not None:
        return Left(max(0, account.daily_limit - services.pacer.admitted(account.id, now)))
    quotas = speaks.quotas(account)
    if quotas:
        calls = min(quota.calls - services.pacer.used(account.id, quota, now) for quota in quotas)
        return Left(max(0, calls) * max(1, speaks.rules.gather))
    if speaks.allowance is None:
        return None
    account = armed(account, speaks, services)
    answers = services.http.window(speaks.allowance.requests(account), timeout=TIMEOUT)
    return speaks.allowance.read(answers)


def warning(standing: Standing, people: int) -> dict[str, str]:
    """That some will have to wait, by language; empty where nobody will, or nobody can tell."""
    lacking = standing.lacks(people)
    if not lacking or standing.left is None or standing.left.people is None:
        return {}
    german, english = ("Tag", "day") if standing.per == "day" else ("Monat", "month")
    left = standing.left.people
    return {
        "de": f"Der Messenger erlaubt diesem Konto noch {left} Personen in diesem Zeitraum ({german}); "
        f"{lacking} müssten warten. Das Konto hält dann an, bis jemand fortsetzt.",
        "en": f"The messenger allows this account {left} more people this {english}; {lacking} would have to "
        "wait. The account then stops until somebody resumes.",
    }
