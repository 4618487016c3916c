"""Broadcast -> each messenger that counts by itself -> its own figures, beside ours."""

from collections.abc import Iterable

from rundruf.core.broadcast import Broadcast
from rundruf.flows.renewing import Refused, armed
from rundruf.flows.report_page import Insight
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import messenger

TIMEOUT = 3_000  # ms; a report does not wait longer for others' figures
MOST = 5  # accounts that are asked for one report


def insights(found: Broadcast, accounts: Iterable[str], services: Services) -> list[Insight]:
    """What messengers say themselves; who does not answer, or counts nothing, is left out."""
    if not found.started:
        return []
    asking = [one for one in accounts if messenger(one.partition("/")[0]).insight][:MOST]
    told = [_told(found, account, services) for account in asking]
    return [one for one in told if one]


def _told(found: Broadcast, account: str, services: Services) -> Insight | None:
    speaks = messenger(account.partition("/")[0])
    insight = speaks.insight
    if insight is None:
        return None
    try:
        held = armed(services.accounts.get(account), speaks, services)
        request = insight.request(held, found.id, found.started, services.now())
    except (LookupError, Refused, Unfinished):
        return None
    if request is None:
        return None
    (answer,) = services.http.window([request], timeout=TIMEOUT)
    rows = insight.read(answer)
    return Insight(account, insight.source, rows, "insight_note") if rows else None
