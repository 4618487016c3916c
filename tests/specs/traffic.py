"""What the libraries of others get to read: built calls, webhooks and answers, as a JSON file.

They live in an environment of their own (.venv-oracles), which imports nothing of ours.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from tests.specs.built import built
from tests.specs.calls import Answered, Sent
from tests.specs.play import Played
from tests.specs.specs import ROOT

PLACE = ROOT / "build" / "specs" / "traffic.json"


def keep(days: Mapping[str, Played]) -> None:
    """Writes the file anew; bodies are base64, since they are signed byte by byte."""
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text(json.dumps({name: _told(name, day) for name, day in days.items()}))


def _told(name: str, day: Played) -> dict[str, Any]:
    return {
        "credentials": {key: values[0] for key, values in day.account.credentials.items()},
        "calls": [{"fact": one.fact, **_call(one.call)} for one in built(name)],
        "webhooks": [
            {"account": one.account, "query": one.query, "headers": one.headers, "body": _raw(one.body)}
            for one in day.webhooks
        ],
        "answers": [_answer(one) for one in day.answers],
    }


def _call(call: Sent) -> dict[str, Any]:
    headers = dict(call.headers)
    return {"method": call.method, "url": call.url, "headers": headers, "body": _raw(call.body)}


def _answer(answer: Answered) -> dict[str, Any]:
    return {"call": _call(answer.call), "status": answer.status, "body": answer.body}


def _raw(body: bytes) -> str:
    return b64encode(body).decode()
