"""Audience -> who would be refused or wait if it went now, as far as the audience index tells."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rundruf.core.account import Account
from rundruf.core.audience import Audience, Facts
from rundruf.core.policy import Refusal
from rundruf.core.rules import Advertising
from rundruf.core.split import HOLDOUT, Split
from rundruf.flows.planning import known
from rundruf.flows.services import Services
from rundruf.messengers import messenger


@dataclass(frozen=True, slots=True)
class Forecast:
    """People of one account: all, those refused by reason, and those with quiet time; ``zones`` are the
    people who are not refused by the zones of their contacts, ``parts`` all by the part of a split audience.

    ``quiet_until`` (ms, 0: nobody has) is when the last of them may be written to.
    """

    people: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    quiet: int = 0
    quiet_until: int = 0
    zones: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)


ASKED = frozenset({"zone", "paused", "stopped", "unreachable"})


def forecast(
    audience: Audience, topic: str, account: Account, services: Services, split: Split | None = None
) -> Forecast:
    """What would become of an account's people now.

    Caps and lapsed consents are not in the index: ``flows.sampling`` looks at some of the people for them.
    """
    quiet, now = services.settings.quiet, services.now()
    bar = barred(account, now)
    people, skipped, zones, parts = 0, Counter[str](), Counter[str](), Counter[str]()
    for facts in known(audience, topic, account.id, services, ASKED, split):
        people += 1
        parts[facts.part] += 1
        refusal = bar or refused(facts, now)
        if refusal:
            skipped[refusal] += 1
        else:
            zones[facts.zone] += 1
    ends = {zone: quiet.until(zone, now) for zone in zones}
    waiting = sum(count for zone, count in zones.items() if ends[zone])
    latest = max(ends.values(), default=0)
    return Forecast(people, skipped, waiting, latest, zones, parts if split else {})


def refused(facts: Facts, now: int) -> str:
    """The first reason that the index knows of, in the order in which the policy asks; "" for none."""
    if facts.part == HOLDOUT:
        return Refusal.HOLDOUT.value
    if facts.unreachable:
        return Refusal.UNREACHABLE.value
    if facts.stopped:
        return Refusal.PLATFORM_STOP.value
    return Refusal.PAUSED.value if facts.paused > now else ""


def barred(account: Account, now: int) -> str:
    """Why nobody on this account gets marketing; "" if they do."""
    rules = messenger(account.messenger).rules
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    if not account.base_url and rules.retired and rules.retired <= today:
        return Refusal.RETIRED.value
    return Refusal.ADVERTISING.value if rules.advertising is Advertising.NEVER else ""
