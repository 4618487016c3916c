"""Queue `plan`: a broadcast's audience cut into chunks of 256 and queued."""

from collections.abc import Callable
from typing import Any

from rundruf.aws.calls import AwsError
from rundruf.aws.events import each_record, time_left
from rundruf.aws.logs import described, logger, said
from rundruf.aws.queues import planned_broadcast
from rundruf.aws.wiring import Wiring
from rundruf.flows.planning import plan

TROUBLE_WAIT = 20.0

log = logger("broadcast")
wiring = Wiring()
wiring.environment.require("TABLE", "PLAN_URL", "SEND_URL")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    left = time_left(context)
    return each_record(event, lambda body: _planned(planned_broadcast(body), left), log)


def _planned(broadcast: str, left: Callable[[], float]) -> None:
    """While the table fails, the planner comes again soon instead of when its message's visibility ends."""
    try:
        plan(broadcast, services, left)
    except AwsError as error:
        if not error.passing:
            raise
        log.warning("planner to come again", extra=described(error))
        services.queues.plan(broadcast, delay=TROUBLE_WAIT)
