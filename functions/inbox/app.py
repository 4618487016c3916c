"""Queue `inbox` (FIFO by contact): consent, confirmations and replies, in order."""

from typing import Any

from rundruf.aws.events import each_record
from rundruf.aws.logs import logger, said
from rundruf.aws.queues import inbox_item
from rundruf.aws.wiring import Wiring
from rundruf.flows.inbound import handle

log = logger("inbox")
wiring = Wiring()
wiring.environment.require("TABLE", "SECRET_ARN", "ACCOUNTS_PATH", "PUBLIC_URL_PARAMETER")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return each_record(event, lambda body: handle(inbox_item(body), services), log, in_order=True)
