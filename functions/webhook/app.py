"""POST and GET /webhooks/{messenger}/{account}: what messengers tell us."""

from typing import Any

from rundruf.aws.events import answer, call_of, path_of
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.flows.receiving import receive
from rundruf.flows.services import Unfinished
from rundruf.messengers.contract import NotGenuine

PATH = "/webhooks/{messenger}/{account}"
LARGEST_BODY = 4 * 1024 * 1024

log = logger("webhook")
wiring = Wiring()
wiring.environment.require("TABLE", "INBOX_URL", "RECEIPTS_URL", "SECRET_ARN", "ACCOUNTS_PATH")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    path = path_of(event, PATH)
    name, account = path.get("messenger", ""), path.get("account", "")
    call = call_of(event)
    status, headers, body = 503, {"retry-after": "2"}, ""
    try:
        if len(call.body) > LARGEST_BODY:
            status, headers = 413, {}
        else:
            reply = receive(name, account, call, services)
            status, body, headers = reply.status, reply.body, {"content-type": reply.content_type}
    except LookupError:
        status, headers = 404, {}
    except NotGenuine:
        status, headers, body = 401, {"content-type": "text/plain"}, "not genuine"
        services.accounts.forget(f"{name}/{account}")
    except Unfinished:
        log.info("webhook to come again")
    except Exception as error:
        log.warning("webhook failed", extra=described(error))
    log.info("webhook", extra={"messenger": name if status != 404 else "", "status": status})
    return answer(status, body, headers)
