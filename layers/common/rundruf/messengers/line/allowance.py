"""What is left of a LINE channel's messages of this month.

https://developers.line.biz/en/reference/messaging-api/#get-quota (2026-08-07)
"""

from collections.abc import Sequence

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Allowance, Answer, Left, Request
from rundruf.messengers.line.access import api, bearer

_QUOTA = "/v2/bot/message/quota"


def _requests(account: Account) -> tuple[Request, ...]:
    paths = (_QUOTA, f"{_QUOTA}/consumption")
    return tuple(Request("GET", api(account, path), bearer(account), b"") for path in paths)


def _read(answers: Sequence[Answer]) -> Left | None:
    quota, used = (shared.content(one) if one.status == 200 else {} for one in answers)
    if quota.get("type") == "none":
        return Left(None)
    value, usage = shared.whole(quota.get("value")), shared.whole(used.get("totalUsage"))
    if quota.get("type") != "limited" or value is None or usage is None:
        return None
    return Left(max(0, value - usage))


ALLOWANCE = Allowance(_requests, _read)
