"""Logs without personal data: what happened and where, never an exception's own text."""

import logging
import traceback
from collections.abc import Callable

from aws_lambda_powertools import Logger


def logger(service: str) -> Logger:
    """A JSON logger; one line per invocation is enough."""
    logging.getLogger("botocore").setLevel(logging.WARNING)
    return Logger(service=service, use_rfc3339=True)


def said(log: Logger) -> Callable[..., None]:
    """What flows are given to say something with: a fact and its figures."""

    def say(what: str, **facts: object) -> None:
        log.info(what, extra=facts)

    return say


def described(error: BaseException) -> dict[str, object]:
    """An exception by its type and its places, without its message: that may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rpartition('/rundruf/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    told: dict[str, object] = {"error": type(error).__name__, "places": places[-8:]}
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        told["code"] = response.get("Error", {}).get("Code")
    return told
