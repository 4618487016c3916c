"""Audience -> some of its people, read whole -> how many would be refused for what no index tells."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from rundruf.core import policy
from rundruf.core.account import Account
from rundruf.core.broadcast import Broadcast
from rundruf.core.contact import Claim, Contact
from rundruf.core.policy import Refusal
from rundruf.flows.claiming import caps, wished
from rundruf.flows.forecast import barred
from rundruf.flows.planning import members
from rundruf.flows.services import ClaimResult, Services
from rundruf.messengers import messenger

SAMPLE = 500  # people of each account: a share of one half is known to within 5 of 100 then
TOLD = frozenset({Refusal.CAP, Refusal.LAPSED, Refusal.WINDOW, Refusal.COUNTRY})


@dataclass(frozen=True, slots=True)
class Sample:
    """How many people of an account were read, and how many of them would be refused, by reason."""

    read: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


def sample(found: Broadcast, account: Account, services: Services) -> Sample:
    """What claims of the first people would come to now.

    The index is in the order of keyed hashes, which has nothing to do with anything else about people: the
    first ones are as good as drawn by lot.
    """
    if barred(account, services.now()):
        return Sample()
    people = list(islice(members(found.audience, found.topic, account.id, services), SAMPLE))
    speaks, limits, now = messenger(account.messenger), caps(found.topic, services), services.now()
    wishes = [
        wished(one, Claim(found.id, "", 0, "", now), found.topic, speaks.rules, limits, services.settings)
        for one in people
    ]
    refused = Counter[str]()
    for result in services.contacts.foreseen(wishes):
        reason = _reason(result, found, account, now)
        if reason in TOLD:
            refused[reason] += 1
    return Sample(len(people), refused)


def about(part: int, read: int, people: int) -> int:
    """How many of all people a part of those read stands for."""
    return round(part * people / read) if read else 0


def _reason(result: ClaimResult, found: Broadcast, account: Account, now: int) -> Refusal | None:
    if not isinstance(result, Contact):
        return result if isinstance(result, Refusal) else None
    speaks, live = messenger(account.messenger), not account.base_url
    country = speaks.barred(result.identity.user_id, True)
    return policy.refusal(
        result,
        found.kind,
        found.topic,
        found.message.spoken(result.language),
        speaks.rules,
        now,
        live,
        country,
    )
