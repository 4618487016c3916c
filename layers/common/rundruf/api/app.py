"""The API: one resolver, its routes, and errors as problem+json."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, License

from rundruf import __version__
from rundruf.api import (
    accounts,
    audit,
    bodies,
    broadcasts,
    catalogue,
    contacts,
    dead_letters,
    explain,
    imports,
    ledger,
    newsletters,
    prices,
    reports,
    retention,
    rights,
    segments,
    suppressions,
)
from rundruf.api.context import Context
from rundruf.api.document import OPEN, Resolver
from rundruf.api.idempotency import Once
from rundruf.api.models import HealthOut
from rundruf.api.problems import KINDS, LONGEST_FIELD, Problem
from rundruf.aws.logs import Log, described
from rundruf.aws.wiring import Wiring

UNAVAILABLE = "Nothing was lost; try again with the same Idempotency-Key."
MOST_ERRORS = 20
DESCRIPTION = (
    "Consent-first messenger marketing: contacts with a ledger of their consent, broadcasts in chunks, "
    "newsletters. Errors are application/problem+json. Times are RFC 3339 in UTC."
)
SECURITY: Any = [{"key": []}]


class Api:
    """Answers HTTP API events; errors of ours are problem+json, surprises are 503 without details."""

    def __init__(self, wiring: Wiring, log: Log) -> None:
        self.log = log
        self.app = resolver()
        self.context = Context(self.app, wiring, log)
        self.once = Once(self.context, self._resolve)
        routes(self.app, self.context)
        self.audit = audit.Audit(self.context)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            answer = self.audit(event, lambda: self._answer(event, context))
        except Exception as error:
            self.log.error("audit failed", extra=described(error))
            answer = problem_answer(Problem("unavailable", UNAVAILABLE))
        self.log.info("api", extra={"route": event.get("routeKey"), "status": answer["statusCode"]})
        return answer

    def _answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            bodies.check(event)
            return self.once(event, context)
        except Problem as problem:
            return problem_answer(problem)
        except Exception as error:
            self.log.error("api failed", extra=described(error))
            return problem_answer(Problem("unavailable", UNAVAILABLE))

    def _resolve(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.app.resolve(event, context)
        return {**answer, "body": answer.get("body") or ""}  # a null body breaks the local engine


def resolver() -> APIGatewayHttpResolver:
    """A resolver that validates bodies and answers, with our error bodies."""
    app = Resolver(enable_validation=True, response_validation_error_http_code=HTTPStatus.SERVICE_UNAVAILABLE)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(ResponseValidationError)(_unfit_answer)
    app.exception_handler(Problem)(lambda problem: problem.response())
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

    @app.get("/v1/health", tags=["health"], summary="Is everything ready?", openapi_extensions=OPEN)
    def health() -> HealthOut:
        """Ready means that settings and table can be read."""
        context.services.public_url()
        context.services.catalogue.topics()
        return HealthOut(status="ok", version=__version__)

    @app.get("/v1/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(HTTPStatus.OK, "application/json", app.get_openapi_json_schema())

    for module in (
        accounts,
        catalogue,
        contacts,
        imports,
        broadcasts,
        newsletters,
        prices,
        reports,
        explain,
        ledger,
        segments,
        dead_letters,
        rights,
        suppressions,
        audit,
        retention,
    ):
        module.routes(app, context)
    app.enable_swagger(path="/v1/docs", title="Rundruf", version=__version__, persist_authorization=True)


def problem_answer(problem: Problem) -> dict[str, Any]:
    """A problem as the HTTP API wants it."""
    return {
        "statusCode": problem.status,
        "headers": {"content-type": "application/problem+json"},
        "body": json.dumps(problem.body(), ensure_ascii=False),
    }


def _invalid(error: RequestValidationError) -> Response[str]:
    """422 with the wrong fields, the first of them where there are many."""
    errors = []
    for one in error.errors()[:MOST_ERRORS]:
        place = [str(part) for part in one.get("loc", ()) if part not in ("body", "query", "path")]
        errors.append((".".join(place)[:LONGEST_FIELD] or "body", _said(one)))
    detail = f"{errors[0][0]}: {errors[0][1]}" if errors else "The request is not valid."
    return Problem("invalid", detail, errors).response()


def _said(error: dict[str, Any]) -> str:
    if error.get("type") == "extra_forbidden":
        return "this field is not known; check its spelling or leave it out"
    return str(error.get("msg", "not valid"))


def _unfit_answer(error: ResponseValidationError) -> Response[str]:
    """What we were about to answer is not what the document promises: our fault, not the caller's."""
    raise error


def _service(error: ServiceError) -> Response[str]:
    kind = next((name for name, (status, _) in KINDS.items() if status == error.status_code), "bad-request")
    return Problem(kind, str(error.msg)).response()


def _nothing_there(_: NotFoundError) -> Response[str]:
    return Problem("not-found", "There is no such path and method; see /v1/docs.").response()
