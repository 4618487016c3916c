"""Every minute: newsletters and broadcasts whose time has come."""

from typing import Any

from rundruf.aws.logs import logger, said
from rundruf.aws.wiring import Wiring
from rundruf.flows.newsletter import tick

log = logger("newsletter")
wiring = Wiring()
wiring.environment.require("TABLE", "PLAN_URL")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    started = tick(services)
    log.info("tick", extra={"started": started})
    return {"started": started}
