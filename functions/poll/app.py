"""Every minute: what people did on messengers that have no webhooks."""

from typing import Any

from rundruf.aws.events import time_left
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.flows.polling import poll
from rundruf.flows.services import Unfinished

log = logger("poll")
wiring = Wiring()
wiring.environment.require(
    "TABLE", "INBOX_URL", "RECEIPTS_URL", "SECRET_ARN", "ACCOUNTS_PATH", "POLL_WAIT", "POLL_RUN"
)
services = wiring.services(wiring.environment.business(), said(log))
wait, run = int(wiring.environment["POLL_WAIT"]), float(wiring.environment["POLL_RUN"]) * 1000


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """What fails is told without its text, which Lambda would write down, and comes again."""
    try:
        done = poll(services, wait, run, time_left(context))
    except Exception as error:
        log.error("poll failed", extra=described(error))
        raise Unfinished("poll") from None
    counted = {"accounts": done.accounts, "polls": done.polls, "events": done.events, "dropped": done.dropped}
    if done.trouble or done.dropped:
        log.error("poll failed", extra={**counted, "trouble": done.trouble})
    else:
        log.info("poll", extra=counted)
    return counted
