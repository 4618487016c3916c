"""Queue `plan`: a broadcast's audience cut into chunks of 256 and queued."""

from typing import Any

from rundruf.aws.events import each_record, time_left
from rundruf.aws.logs import logger, said
from rundruf.aws.queues import planned_broadcast
from rundruf.aws.wiring import Wiring
from rundruf.flows.planning import plan

log = logger("broadcast")
wiring = Wiring()
wiring.environment.require("TABLE", "PLAN_URL", "SEND_URL")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    left = time_left(context)
    return each_record(event, lambda body: plan(planned_broadcast(body), services, left), log)
