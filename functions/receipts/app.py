"""Queue `receipts`: what messengers report of sent messages, booked by chunk."""

from typing import Any

from rundruf.aws.logs import described, logger, said
from rundruf.aws.queues import receipts_in
from rundruf.aws.wiring import Wiring
from rundruf.flows.receipts import take

log = logger("receipts")
wiring = Wiring()
wiring.environment.require("TABLE", "RECEIPTS_URL", "SECRET_ARN")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The whole batch at once, so that each chunk is written to once; booking again does no harm."""
    told, broken = [], []
    for record in event["Records"]:
        try:
            told += receipts_in(record["body"])
        except Exception as error:
            broken.append({"itemIdentifier": record["messageId"]})
            log.warning("receipt unreadable", extra=described(error))
    try:
        chunks = take(told, services)
    except Exception as error:
        log.error("receipts failed", extra=described(error))
        return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in event["Records"]]}
    log.info("receipts", extra={"receipts": len(told), "chunks": chunks, "failed": len(broken)})
    return {"batchItemFailures": broken}
