"""Every minute: newsletters and broadcasts whose time has come. Every hour: is what had its time gone?"""

from typing import Any

from rundruf.aws.events import time_left
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.flows.newsletter import tick
from rundruf.flows.services import Changed, Unfinished

RETENTION = "retention"

log = logger("newsletter")
wiring = Wiring()
wiring.environment.require("TABLE", "PLAN_URL")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """What fails is told without its text, which Lambda would write down, and comes again."""
    if event.get("task") == RETENTION:
        return looked(context.get_remaining_time_in_millis)
    try:
        started = tick(services, time_left(context))
    except Exception as error:
        log.error("tick failed", extra=described(error))
        raise Unfinished("tick") from None
    log.info("tick", extra={"started": started})
    return {"started": started}


def looked(time_left: Any) -> dict[str, int]:
    """A slice of the day's look at retention; the next hour goes on, also after a failure."""
    from rundruf.aws.sweeper import TableSweeper
    from rundruf.flows.sweeping import sweep

    began = services.now()
    try:
        look = sweep(TableSweeper(wiring.table), services.now, time_left)
    except Changed:
        return {"overdue": 0, "endless": 0}
    except Exception as error:
        log.error("retention failed", extra=described(error))
        return {"overdue": 0, "endless": 0}
    told = {"overdue": look.overdue, "endless": look.endless}
    ended = look.ended >= began
    if ended and any(told.values()):
        log.error("retention overdue", extra=told)
    else:
        log.info(RETENTION, extra={**told, "ended": ended})
    return told
