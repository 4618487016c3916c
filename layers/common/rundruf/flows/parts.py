"""Broadcast -> what came of each part of its audience: variants, the rest, and those kept out to compare."""

from collections import Counter
from collections.abc import Mapping

from rundruf.core.broadcast import Broadcast
from rundruf.core.clicks import Track, link_id
from rundruf.core.contest import Rate
from rundruf.core.report import Figures
from rundruf.core.split import Measure
from rundruf.flows.services import Services
from rundruf.messengers import messenger


def clicks_of(found: Broadcast, services: Services) -> dict[str, int]:
    """How often links were clicked, by part; without parts in whose message no link is counted."""
    if found.split is None or found.track is Track.NONE or not found.started:
        return {}
    leads, parts = services.broadcasts.links(found.id), found.split.parts()
    owners = {link: part for link, url in leads.items() for part in parts if link_id(url, part) == link}
    counted = Counter(dict.fromkeys(owners.values(), 0))
    for (link, _), count in services.broadcasts.clicks(found.id).items():
        if link in owners:
            counted[owners[link]] += count
    return dict(counted)


def measured(by: Measure, accounts: Mapping[str, Figures], clicks: int | None) -> Rate | None:
    """How many of a part did it, of those of whom it can be told; None where nobody tells.

    ``accounts`` are the part's figures; ``clicks`` how often its links were clicked, None where that is not
    counted.
    """
    if by is Measure.CLICKED:
        return None if clicks is None else Rate(clicks, sum(one.sent for one in accounts.values()))
    mine = [figures for one, figures in accounts.items() if by is not Measure.READ or _tells_reading(one)]
    if accounts and not mine:
        return None
    return Rate(sum(getattr(one, by.value) for one in mine), sum(one.sent for one in mine))


def _tells_reading(account: str) -> bool:
    return "read" in messenger(account.partition("/")[0]).rules.receipts
