"""AWS events in, plain calls out: HTTP API requests and queue batches."""

from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from typing import Any

from rundruf.aws.logs import Log, described
from rundruf.messengers.contract import Call

Event = Mapping[str, Any]
Answer = dict[str, Any]


def call_of(event: Event) -> Call:
    """The raw HTTP call behind an HTTP API event (payload 2.0); header names in lower case."""
    body = event.get("body") or ""
    try:
        raw = b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
    except BadBase64:
        raw = b""
    return Call(
        method=event["requestContext"]["http"]["method"].upper(),
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        query=dict(event.get("queryStringParameters") or {}),
        body=raw,
        at=int(event["requestContext"].get("timeEpoch", 0)),
    )


def path_of(event: Event, pattern: str) -> dict[str, str]:
    """The named parts of an event's path by a pattern such as "/webhooks/{messenger}/{account}".

    Also behind a function URL, which knows no patterns; empty where the path is another.
    """
    if event.get("pathParameters"):
        return dict(event["pathParameters"])
    names, parts = pattern.split("/"), str(event.get("rawPath", "")).split("/")
    if len(names) != len(parts):
        return {}
    pairs = list(zip(names, parts, strict=True))
    if any(name != part for name, part in pairs if not name.startswith("{")):
        return {}
    return {name[1:-1]: part for name, part in pairs if name.startswith("{")}


def answer(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """What a door gives back to the HTTP API."""
    return {"statusCode": status, "headers": dict(headers or {}), "body": body}


def each_record(
    event: Event, handle: Callable[[str], None], log: Log, in_order: bool = False
) -> dict[str, list[dict[str, str]]]:
    """Handle the bodies of a queue batch; what fails comes back, the rest is done.

    ``in_order`` (FIFO): after a failure the rest of the same group comes back too, unhandled.
    """
    failed: list[dict[str, str]] = []
    stuck: set[str] = set()
    for record in event["Records"]:
        group = record.get("attributes", {}).get("MessageGroupId", "") if in_order else ""
        if in_order and group in stuck:
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        try:
            handle(record["body"])
        except Exception as error:
            failed.append({"itemIdentifier": record["messageId"]})
            stuck.add(group)
            log.warning("record failed", extra=described(error))
    log.info("batch", extra={"records": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": failed}


def time_left(context: Any) -> Callable[[], float]:
    """How many ms this invocation may still run."""
    return lambda: float(context.get_remaining_time_in_millis())
