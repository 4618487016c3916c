"""Queue `send`: one chunk of a broadcast to one messenger account."""

from collections.abc import Callable
from typing import Any

from rundruf.aws.calls import AwsError
from rundruf.aws.events import each_record, time_left
from rundruf.aws.logs import described, logger, said
from rundruf.aws.queues import send_task
from rundruf.aws.wiring import Wiring
from rundruf.flows.sending import send
from rundruf.flows.services import SendTask

RESTORED_WAIT = 300.0
TROUBLE_WAIT = 20.0

log = logger("send")
wiring = Wiring()
wiring.environment.require(
    "TABLE", "PLAN_URL", "SEND_URL", "SECRET_ARN", "ACCOUNTS_PATH", "PUBLIC_URL_PARAMETER"
)
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    left = time_left(context)
    return each_record(event, lambda body: _sent(send_task(body), left), log)


def _sent(task: SendTask, left: Callable[[], float]) -> None:
    """After a restore nothing is sent until every consent entry is back.

    While the table fails, the chunk comes again soon instead of when its visibility ends.
    """
    try:
        if wiring.home.ours():
            send(task, services, left)
        else:
            log.error("table restored")
            services.queues.send([task], delay=RESTORED_WAIT)
    except AwsError as error:
        if not error.passing:
            raise
        log.warning("chunk to come again", extra=described(error))
        services.queues.send([task], delay=TROUBLE_WAIT)
