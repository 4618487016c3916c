"""How the edge asks AWS: by service, operation and the fields of the service's own JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rundruf.flows.services import Steps

THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "TooManyRequestsException",
        "LimitExceededException",
        "ServiceUnavailable",
        "InternalServerError",
        "InternalFailure",
        "KmsThrottled",
    }
)


class AwsError(Exception):
    """AWS refused a call; ``code`` is its name of the error, ``body`` the error's own fields."""

    def __init__(self, code: str, body: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code, self.body = code, body

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed a moment later: a throttle, a fault of AWS's own, no answer."""
        return self.code in THROTTLES or self.code.startswith(("http.5", "http.not_sent", "http.ambiguous"))


class Aws(Protocol):
    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's fields; raises AwsError."""

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        """Several calls side by side; each gives its answer's fields or what went wrong with it."""

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        """One call as part of a conversation over an Http; ``body`` may be its JSON already."""
