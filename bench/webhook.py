"""A webhook call through the door itself: CPU for a message, a STOP and a receipt, signed, warm.

    python bench/webhook.py        prints a table and writes it into bench/RESULTS.md

functions/webhook runs as on Lambda, with AWS played by bench/mock.py in another process; signing the bodies
is not in the figures.
"""

import hashlib
import hmac
import importlib
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common"), str(ROOT / "functions" / "webhook")]

from bench.mock import CREDENTIALS  # noqa: E402
from bench.results import write  # noqa: E402
from bench.stand import machine, standing  # noqa: E402
from tests.support.stack import template  # noqa: E402

CALLS = 150
ROUNDS = 5
NUMBER = "4915112345678"
(SECRET,) = CREDENTIALS["whatsapp"]["app_secret"]


def event(value: dict[str, Any]) -> dict[str, Any]:
    """A signed call of WhatsApp as the HTTP API hands it over."""
    metadata = {"display_phone_number": "4930123456", "phone_number_id": "106540352242922"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata} | value}
    entry = {"id": "1", "changes": [change]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]})
    digest = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    path = "/webhooks/whatsapp/main"
    return {
        "version": "2.0",
        "rawPath": path,
        "pathParameters": {"messenger": "whatsapp", "account": "main"},
        "headers": {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"},
        "requestContext": {
            "http": {"method": "POST", "path": path},
            "timeEpoch": time.time_ns() // 1_000_000,
        },
        "body": body,
        "isBase64Encoded": False,
    }


def said(text: str) -> Callable[[int], dict[str, Any]]:
    def made(number: int) -> dict[str, Any]:
        message = {
            "from": NUMBER,
            "id": f"wamid.{number}",
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": text},
        }
        contact = {"profile": {"name": "Erika"}, "wa_id": NUMBER}
        return event({"contacts": [contact], "messages": [message]})

    return made


def receipts(count: int) -> Callable[[int], dict[str, Any]]:
    def made(number: int) -> dict[str, Any]:
        each = [
            {
                "id": f"wamid.{number}.{at}",
                "status": "delivered",
                "timestamp": str(int(time.time())),
                "recipient_id": NUMBER,
                "biz_opaque_callback_data": f"b1:0-7:{at}",
            }
            for at in range(count)
        ]
        return event({"statuses": each})

    return made


KINDS = {
    "a question": said("Habt ihr am Sonntag offen?"),
    "STOP": said("STOP"),
    "one receipt": receipts(1),
    "100 receipts": receipts(100),
}


def door(url: str) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The handler, imported with the environment that Lambda would give it."""
    os.environ.update(template().environment("webhook"))
    os.environ.update(
        AWS_LAMBDA_FUNCTION_NAME="bench",
        AWS_DEFAULT_REGION="eu-central-1",
        AWS_ACCESS_KEY_ID="AKID",
        AWS_SECRET_ACCESS_KEY="secret" * 6,
        AWS_ENDPOINT_URL=url,
    )
    return importlib.import_module("app").handler  # type: ignore[no-any-return]


def main(arguments: list[str]) -> None:
    used: dict[str, list[float]] = {name: [] for name in KINDS}
    calls = {}
    with standing() as stand:
        handler = door(stand.url)
        for turn in range(ROUNDS + 1):
            for name, made in KINDS.items():
                before = sum(stand.calls().values())
                used[name].append(once(handler, [made(turn * CALLS + number) for number in range(CALLS)]))
                calls[name] = (sum(stand.calls().values()) - before) // CALLS
    lines = [
        machine(),
        "",
        "| signed call of WhatsApp, warm | CPU ms | min to max | AWS calls |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {statistics.median(told[1:]):.2f} | {min(told[1:]):.2f} to {max(told[1:]):.2f} "
            f"| {calls[name]} |"
            for name, told in used.items()
        ),
    ]
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("webhook", "A webhook call", lines)


def once(handler: Callable[[dict[str, Any], Any], dict[str, Any]], events: list[dict[str, Any]]) -> float:
    """CPU ms of one call."""
    with redirect_stdout(io.StringIO()):
        began = time.process_time()
        answers = [handler(one, None) for one in events]
        took = time.process_time() - began
    assert {answer["statusCode"] for answer in answers} == {200}
    return took / len(events) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
