"""What LINE itself says of a broadcast: how many saw it and clicked, and nothing below 20 people.

https://developers.line.biz/en/reference/messaging-api/#get-statistics-per-unit (2026-08-07): days are UTC+9,
at most 30 of them are asked for at once, and what was sent lately may not be counted yet.
"""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Insight, Request, Row
from rundruf.messengers.line.access import api, bearer

_JAPAN = timedelta(hours=9)
_MOST = timedelta(days=30)
_NAMES = {
    "uniqueImpression": "unique_impressions",
    "uniqueClick": "unique_clicks",
    "uniqueMediaPlayed": "plays",
}


def unit(broadcast: str) -> str:
    """The name under which LINE counts a broadcast."""
    return re.sub(r"[^A-Za-z0-9_]", "_", broadcast)[:30]


def _request(account: Account, broadcast: str, began: int, now: int) -> Request | None:
    if account.secrets("aggregation_units") == ("off",):
        return None
    first = datetime.fromtimestamp(began / 1000, UTC) + _JAPAN
    last = min(datetime.fromtimestamp(now / 1000, UTC) + _JAPAN, first + _MOST)
    asked = urlencode(
        {"customAggregationUnit": unit(broadcast), "from": f"{first:%Y%m%d}", "to": f"{last:%Y%m%d}"}
    )
    path = f"/v2/bot/insight/message/event/aggregation?{asked}"
    return Request("GET", api(account, path), bearer(account), b"")


def _read(answer: Answer) -> tuple[Row, ...] | None:
    told = shared.content(answer).get("overview") if answer.status == 200 else None
    if not isinstance(told, dict):
        return None
    return tuple((ours, shared.whole(told.get(theirs))) for theirs, ours in _NAMES.items())


INSIGHT = Insight("LINE Messaging API, custom aggregation units", _request, _read)
