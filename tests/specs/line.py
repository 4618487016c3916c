"""LINE's descriptions: calls and answers by path, webhooks by the events' types."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.specs import calls
from tests.specs.calls import Answered, Sent
from tests.specs.findings import Finding
from tests.specs.openapi import Spec, loaded

NAME = "line"
_FILES = ("messaging-api", "channel-access-token", "insight", "manage-audience")


@dataclass(frozen=True)
class Line:
    """The API's files and that of the webhooks."""

    apis: tuple[Spec, ...]
    webhooks: Spec

    @classmethod
    def read(cls, folder: Path) -> "Line":
        apis = tuple(Spec(NAME, loaded(folder / NAME / f"{one}.yml")) for one in _FILES)
        return cls(apis, Spec(NAME, loaded(folder / NAME / "webhook.yml")))

    def request(self, call: Sent, *, real: bool) -> list[Finding]:
        """What is wrong with a call; ``real``: it goes to LINE itself, so its host counts."""
        return calls.asked(self._of(call), call, call.path, host=call.host if real else "")

    def answer(self, answer: Answered) -> list[Finding]:
        """What is wrong with an answer; for refusals that a call does not list there is one shape for all."""
        spec = self._of(answer.call)
        otherwise = "ErrorResponse" if spec is self.apis[0] else ""
        return calls.told(spec, answer, answer.call.path, otherwise)

    def webhook(self, body: Any) -> list[Finding]:
        return self.webhooks.errors(self.webhooks.named("CallbackRequest"), body)

    def _of(self, call: Sent) -> Spec:
        known: Iterable[Spec] = (one for one in self.apis if one.operation(call.method, call.path))
        return next(iter(known), self.apis[0])
