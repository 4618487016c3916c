"""The API: one resolver, its routes, and errors as problem+json."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, License

from rundruf import __version__
from rundruf.api import accounts, broadcasts, catalogue, contacts, explain, imports, newsletters
from rundruf.api.context import Context
from rundruf.api.idempotency import Once
from rundruf.api.models import HealthOut
from rundruf.api.problems import TITLES, Problem
from rundruf.aws.logs import described
from rundruf.aws.wiring import Wiring

LARGEST_BODY = 1024 * 1024
LARGEST_IMPORT = 5 * 1024 * 1024
IMPORT_PATH = "/v1/contacts/import"
OPEN_PATHS = ("/v1/health", "/v1/openapi.json", "/v1/docs")
DESCRIPTION = (
    "Consent-first messenger marketing: contacts with a ledger of their consent, broadcasts in chunks, "
    "newsletters. Errors are application/problem+json. Times are RFC 3339 in UTC."
)
SECURITY: Any = [{"key": []}]


class Api:
    """Answers HTTP API events; errors of ours are problem+json, surprises are 500 without details."""

    def __init__(self, wiring: Wiring, log: Logger) -> None:
        self.log = log
        self.app = resolver()
        self.context = Context(self.app, wiring, log)
        self.once = Once(self.context, self._resolve)
        routes(self.app, self.context)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            _check_size(event)
            answer = self.once(event, context)
        except Problem as problem:
            answer = problem_answer(problem)
        except Exception as error:
            self.log.error("api failed", extra=described(error))
            answer = problem_answer(
                Problem("unavailable", "Nothing was lost; try again with the same Idempotency-Key.")
            )
        self.log.info("api", extra={"route": event.get("routeKey"), "status": answer["statusCode"]})
        return answer

    def _resolve(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        return self.app.resolve(event, context)


def resolver() -> APIGatewayHttpResolver:
    """A resolver that validates bodies and answers, with our error bodies."""
    app = APIGatewayHttpResolver(enable_validation=True)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(Problem)(lambda problem: problem.response())
    app.exception_handler(RequestUnsupportedContentType)(
        lambda _: Problem("unsupported-media-type", "Send application/json.").response()
    )
    app.exception_handler(ServiceError)(_service)
    app.not_found(_nothing_there)
    app.configure_openapi(
        title="Rundruf",
        version=__version__,
        description=DESCRIPTION,
        license_info=License(name="Apache-2.0"),
        security_schemes={"key": HTTPBearer(description="An API key of this deployment")},
        security=SECURITY,
    )
    return app


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    """Every route of the API."""

    @app.get("/v1/health", tags=["health"], summary="Is everything ready?", security=[])
    def health() -> HealthOut:
        return HealthOut(status="ok", version=__version__)

    @app.get("/v1/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(HTTPStatus.OK, "application/json", app.get_openapi_json_schema())

    for module in (accounts, catalogue, contacts, imports, broadcasts, newsletters, explain):
        module.routes(app, context)
    app.enable_swagger(path="/v1/docs", title="Rundruf", version=__version__, persist_authorization=True)


def problem_answer(problem: Problem) -> dict[str, Any]:
    """A problem as the HTTP API wants it."""
    return {
        "statusCode": problem.status,
        "headers": {"content-type": "application/problem+json"},
        "body": json.dumps(problem.body(), ensure_ascii=False),
    }


def _check_size(event: dict[str, Any]) -> None:
    body = event.get("body") or ""
    size = len(body) * 3 // 4 if event.get("isBase64Encoded") else len(body.encode("utf-8", "replace"))
    limit = LARGEST_IMPORT if event.get("rawPath", "").rstrip("/") == IMPORT_PATH else LARGEST_BODY
    if size > limit:
        raise Problem("too-large", f"The body has {size} bytes; at most {limit} are taken. Send it in parts.")


def _invalid(error: RequestValidationError) -> Response[str]:
    """422 with every wrong field, 400 where the body is not JSON at all."""
    errors = []
    for one in error.errors():
        if one.get("type") == "json_invalid":
            return Problem("bad-request", "The body is not valid JSON.").response()
        place = [str(part) for part in one.get("loc", ()) if part not in ("body", "query", "path")]
        errors.append((".".join(place) or "body", _said(one)))
    detail = f"{errors[0][0]}: {errors[0][1]}" if errors else "The request is not valid."
    return Problem("invalid", detail, errors).response()


def _said(error: dict[str, Any]) -> str:
    if error.get("type") == "extra_forbidden":
        return "this field is not known; check its spelling or leave it out"
    return str(error.get("msg", "not valid"))


def _service(error: ServiceError) -> Response[str]:
    kind = next((name for name, (status, _) in TITLES.items() if status == error.status_code), "bad-request")
    return Problem(kind, str(error.msg)).response()


def _nothing_there(_: NotFoundError) -> Response[str]:
    return Problem("not-found", "There is no such path and method; see /v1/docs.").response()
