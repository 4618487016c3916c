"""Every minute: newsletters and broadcasts whose time has come."""

from typing import Any

from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.flows.newsletter import tick
from rundruf.flows.services import Unfinished

log = logger("newsletter")
wiring = Wiring()
wiring.environment.require("TABLE", "PLAN_URL")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """What fails is told without its text, which Lambda would write down, and comes again."""
    try:
        started = tick(services)
    except Exception as error:
        log.error("tick failed", extra=described(error))
        raise Unfinished("tick") from None
    log.info("tick", extra={"started": started})
    return {"started": started}
