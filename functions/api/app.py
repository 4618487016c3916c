"""/v1/…: the API of the business."""

from typing import Any

from rundruf.api.app import Api
from rundruf.aws.logs import api_logger
from rundruf.aws.wiring import Wiring

log = api_logger("api")
wiring = Wiring()
wiring.environment.require("TABLE", "PLAN_URL", "SECRET_ARN", "ACCOUNTS_PATH", "PUBLIC_URL_PARAMETER")
api = Api(wiring, log)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
