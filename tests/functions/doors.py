"""The doors as Lambda runs them: imported anew with their environment, given AWS's events, listened to."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rundruf.aws.settings import Environment
from rundruf.aws.wiring import Wiring
from rundruf.messengers.contract import Answer, Request
from tests.support.driving import Driving
from tests.support.stack import Stack
from tests.support.template import ROOT


class LambdaContext:
    """What a door may ask of Lambda."""

    function_name = "door"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:door"
    aws_request_id = "52fdfc07-2182-154f-163f-5f0f9a621d72"

    def __init__(self, left: int = 30_000) -> None:
        self.left = left

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@dataclass
class Doors(Driving):
    """Doors by name, each imported once for this stack; ``answers`` script what messengers say to us."""

    stack: Stack
    patch: pytest.MonkeyPatch
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    made: dict[str, ModuleType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.patch.setattr(Wiring, "client", lambda _, service: self.stack.client(service))

    def __call__(self, door: str, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.module(door).handler(event, context or LambdaContext())
        json.dumps(answer)
        return answer

    def module(self, door: str) -> ModuleType:
        if door not in self.made:
            with self.patch.context() as patch:
                self.stack.enter(patch, door)
                made = _imported(door, ROOT / "functions" / door / "app.py")
            made.wiring.environment = Environment(self.stack.environment(door))
            if hasattr(made, "services"):
                object.__setattr__(made.services, "http", self)
            self.made[door] = made
        return self.made[door]

    def window(self, requests: Any, spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        """The messengers: the next scripted answers, then a yes to everything."""
        given = []
        for request in requests:
            self.requests.append(request)
            given.append(self.answers.pop(0) if self.answers else _yes(len(self.requests)))
        return given


def _yes(number: int) -> Answer:
    body = {"ok": True, "result": {"message_id": number}, "messages": [{"id": f"wamid.{number}"}]}
    return Answer(200, body=json.dumps(body | {"messaging_product": "whatsapp"}).encode())


def _imported(door: str, path: Path) -> ModuleType:
    name = f"functions.{door}.app"
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def records(*bodies: Any, groups: tuple[str, ...] = (), queue: str = "send") -> dict[str, Any]:
    """An SQS batch; what is no text becomes JSON; ``groups`` are FIFO groups by record."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1780000000000",
                    **({"MessageGroupId": groups[number]} if groups else {}),
                },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    """The ids of a batch that come back."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that reaches the log while this is open, as Lambda would write it."""
    heard = io.StringIO()
    everything = logging.StreamHandler(heard)
    root = logging.getLogger()
    moved = [
        (handler, handler.stream)
        for one in list(logging.Logger.manager.loggerDict.values())
        if isinstance(one, logging.Logger)
        for handler in one.handlers
        if type(handler) is logging.StreamHandler
    ]
    for handler, _ in moved:
        handler.stream = heard  # setStream would flush the one before, which an earlier test may have closed
    root.addHandler(everything)
    out, err = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = heard
    try:
        yield heard
    finally:
        sys.stdout, sys.stderr = out, err
        root.removeHandler(everything)
        for handler, before in moved:
            handler.stream = before
