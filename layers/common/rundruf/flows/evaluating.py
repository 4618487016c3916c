"""Broadcast, or the issues of a newsletter -> what came of it: by account, by hour, by link."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from rundruf.core.broadcast import Broadcast
from rundruf.core.clicks import Track
from rundruf.core.report import HOUR, Figures, total
from rundruf.core.summing import Sum
from rundruf.flows.parts import clicks_of
from rundruf.flows.services import Services
from rundruf.flows.summing import BUDGET, added
from rundruf.messengers import messenger

MOST_ISSUES_MS = 4_000.0


@dataclass(slots=True)
class Evaluation:
    """What came of one or more broadcasts.

    ``hours`` counts people (for "clicked": clicks) by what they did and in which hour (since 1970); ``links``
    are clicks by address, ``parts`` and ``part_clicks`` figures (by account) and clicks by part of a split
    audience; ``at`` (ms) is the moment that all of it is at least as young as. ``counted`` says whether links
    are counted at all. ``languages`` are figures by the language of the message and by account, where it has
    translations.
    """

    broadcasts: tuple[Broadcast, ...]
    accounts: dict[str, Figures]
    hours: Counter[tuple[str, int]]
    links: Counter[str]
    at: int
    counted: bool
    issues: list["Evaluation"] = field(default_factory=list)
    languages: dict[str, dict[str, Figures]] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Figures]] = field(default_factory=dict)
    part_clicks: Mapping[str, int] = field(default_factory=dict)

    @property
    def figures(self) -> Figures:
        return total(self.accounts.values())

    @property
    def clicks(self) -> int | None:
        """How often links were clicked; None where that is not counted."""
        return self.links.total() if self.counted else None

    def by_messenger(self) -> dict[str, Figures]:
        found: dict[str, Figures] = {}
        for account, figures in self.accounts.items():
            found.setdefault(account.partition("/")[0], Figures()).add(figures)
        return found

    def addressed(self) -> list[str]:
        """The accounts on which somebody was to get it; all, where nobody was."""
        return [account for account, one in self.accounts.items() if one.audience] or list(self.accounts)


def evaluation(found: Broadcast, services: Services, budget: float = BUDGET) -> Evaluation:
    """What came of a broadcast so far."""
    whole = added(found, services, budget)
    hours = Counter({key: count for key, count in whole.sum.hours.items() if key[0] != "clicked"})
    links: Counter[str] = Counter()
    leads: Mapping[str, str] = {}
    if found.track is not Track.NONE and found.started:
        leads = services.broadcasts.links(found.id)
    if leads:
        links.update(dict.fromkeys(leads.values(), 0))
        for (link, hour), count in services.broadcasts.clicks(found.id).items():
            links[leads.get(link, link)] += count
            hours["clicked", hour] += count
    accounts = dict.fromkeys(found.accounts) | whole.sum.accounts
    filled = {account: one or Figures() for account, one in accounts.items()}
    spoken = _by_language(found, whole.sum)
    parts = whole.sum.parts
    clicks = clicks_of(found, services) if parts else {}
    told = Evaluation((found,), filled, hours, links, whole.at, bool(leads), languages=spoken)
    return replace(told, parts=parts, part_clicks=clicks)


def _by_language(found: Broadcast, told: Sum) -> dict[str, dict[str, Figures]]:
    """Accounts whose people all get the same got it as it was written."""
    if not found.message.translations:
        return {}
    made: dict[str, dict[str, Figures]] = {}
    for number, version in enumerate(found.message.versions()):
        made[version.language] = dict(told.languages.get(number, {}))
    known = {account for each in told.languages.values() for account in each}
    own = made[found.message.language]
    own |= {account: figures for account, figures in told.accounts.items() if account not in known}
    return made


def together(issues: Sequence[Broadcast], services: Services) -> Evaluation:
    """What came of all issues of a newsletter, each with its own evaluation beside it."""
    began = services.ticks()
    each = [
        evaluation(one, services, max(0.0, MOST_ISSUES_MS - (services.ticks() - began)) / 4) for one in issues
    ]
    whole = Evaluation(tuple(issues), {}, Counter(), Counter(), services.now(), False, each)
    for one in each:
        for account, figures in one.accounts.items():
            whole.accounts.setdefault(account, Figures()).add(figures)
        whole.hours.update(one.hours)
        for url, count in one.links.items():
            whole.links[url] += count
        for language, each_account in one.languages.items():
            mine = whole.languages.setdefault(language, {})
            for account, figures in each_account.items():
                mine.setdefault(account, Figures()).add(figures)
        whole.at = min(whole.at, one.at)
        whole.counted |= one.counted
    return whole


def clicked(found: Broadcast, services: Services) -> int | None:
    """How often its links were clicked; None where that is not counted, or there is no link."""
    if found.track is Track.NONE or not found.started or not services.broadcasts.links(found.id):
        return None
    return sum(services.broadcasts.clicks(found.id).values())


def reports(accounts: Iterable[str], what: str) -> bool:
    """Whether any of these accounts' messengers tells of this ("delivered", "read" or "blocked")."""
    return any(tells(account, what) for account in accounts)


def tells(account: str, what: str) -> bool:
    """Whether an account's messenger tells of this."""
    rules = messenger(account.partition("/")[0]).rules
    return rules.block_signal if what == "blocked" else what in rules.receipts


def base(accounts: Mapping[str, Figures], what: str) -> int:
    """Of how many people it could be told at all: sent on messengers that tell of it."""
    return sum(one.sent for account, one in accounts.items() if tells(account, what))


def best_hours(hours: Mapping[tuple[str, int], int], zone: str) -> dict[str, list[int]]:
    """What people did by hour of their day (0 to 23) in a zone."""
    place = ZoneInfo(zone)
    found = {name: [0] * 24 for name in ("read", "clicked", "replied")}
    for (name, hour), count in hours.items():
        if name in found:
            found[name][datetime.fromtimestamp(hour * HOUR / 1000, place).hour] += count
    return found
