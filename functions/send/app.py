"""Queue `send`: one chunk of a broadcast to one messenger account."""

from typing import Any

from rundruf.aws.events import each_record, time_left
from rundruf.aws.logs import logger, said
from rundruf.aws.queues import send_task
from rundruf.aws.wiring import Wiring
from rundruf.flows.sending import send

log = logger("send")
wiring = Wiring()
wiring.environment.require("TABLE", "SEND_URL", "SECRET_ARN", "ACCOUNTS_PATH", "PUBLIC_URL_PARAMETER")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    left = time_left(context)
    return each_record(event, lambda body: send(send_task(body), services, left), log)
