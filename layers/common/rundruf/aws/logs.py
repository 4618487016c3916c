"""Logs without personal data: what happened and where, never an exception's own text."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Log(Protocol):
    """What doors say something with: a fact in fixed words, its figures in ``extra``."""

    def info(self, message: str, /, *, extra: Mapping[str, object] = ...) -> None: ...
    def warning(self, message: str, /, *, extra: Mapping[str, object] = ...) -> None: ...
    def error(self, message: str, /, *, extra: Mapping[str, object] = ...) -> None: ...


class Lines:
    """A line of JSON for each fact, under the names that Powertools' Logger uses.

    For the doors that messengers and queues call: Powertools' own costs each of their cold starts 20 ms.
    """

    def __init__(self, service: str, level: str = "INFO") -> None:
        self._service = service
        self._least = _LEVELS.index(level) if level in _LEVELS else 1

    def info(self, message: str, *, extra: Mapping[str, object] | None = None) -> None:
        self._write(1, message, extra)

    def warning(self, message: str, *, extra: Mapping[str, object] | None = None) -> None:
        self._write(2, message, extra)

    def error(self, message: str, *, extra: Mapping[str, object] | None = None) -> None:
        self._write(3, message, extra)

    def _write(self, level: int, message: str, extra: Mapping[str, object] | None) -> None:
        if level < self._least:
            return
        now = time.time_ns() // 1_000_000
        stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now // 1000))}.{now % 1000:03}Z"
        told = {"level": _LEVELS[level], "message": message, "timestamp": stamp, "service": self._service}
        line = json.dumps({**told, **(extra or {}), **told}, default=str, ensure_ascii=False)
        print(line, file=sys.stdout, flush=True)


def logger(service: str) -> Lines:
    """For a door; one line an invocation is enough."""
    return Lines(service, os.environ.get("LOG_LEVEL", ""))


def api_logger(service: str) -> "Logger":
    """Powertools' own, for the door that loads Powertools anyway."""
    import logging

    from aws_lambda_powertools import Logger

    logging.getLogger("botocore").setLevel(logging.WARNING)
    return Logger(service=service, use_rfc3339=True)


def said(log: Log) -> Callable[..., None]:
    """What flows are given to say something with: a fact and its figures."""

    def say(what: str, **facts: object) -> None:
        log.info(what, extra=facts)

    return say


def described(error: BaseException) -> dict[str, object]:
    """An exception by its type and its places, without its message: that may hold anything."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rpartition('/rundruf/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    told: dict[str, object] = {"error": type(error).__name__, "places": places[-8:]}
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        told["code"] = response.get("Error", {}).get("Code")
    return told
