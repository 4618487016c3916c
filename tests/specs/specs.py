"""The official specs: where they lie, and which of them speaks for a messenger."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.specs.botframework import Connector
from tests.specs.calls import Answered, Sent
from tests.specs.findings import Finding
from tests.specs.line import Line
from tests.specs.meta import Node, WhatsApp
from tests.specs.telegram import BotApi

ROOT = Path(__file__).parents[2]

WITHOUT = {
    "viber": "no machine-readable description is published (2026-11-22)",
    "wechat": "no machine-readable description is published (2026-11-22)",
    "vkteams": "documented as a page only; the file behind it is in no public repository (2026-11-22)",
    "icq": "the same API as VK Teams",
}
"""Messengers that no spec speaks for, and why."""


def folder() -> Path:
    """Where the specs lie: SPECS, or beside the project; raises FileNotFoundError with what to do."""
    place = ROOT / os.environ.get("SPECS", "../shared/specs")
    if not (place / "line").is_dir():
        raise FileNotFoundError(f"no specs in {place}; SPECS=/path/to/specs names another folder")
    return place


@dataclass(frozen=True)
class Judge:
    """What a spec says of calls to a messenger, of its answers and of its webhooks."""

    request: Callable[[Sent, bool], list[Finding]]
    answer: Callable[[Answered], list[Finding]]
    webhook: Callable[[Any], list[Finding]]


@cache
def judges() -> Mapping[str, Judge]:
    """A judge for each messenger that has a spec."""
    place = folder()
    line, connector, whatsapp = Line.read(place), Connector.read(place), WhatsApp.read(place)
    api = BotApi(json.loads((place / "telegram" / "api.json").read_bytes()))
    teams = Judge(lambda call, _: connector.request(call), connector.answer, connector.webhook)
    page, instagram = Node.read(place, "Page"), Node.read(place, "IGUserForIGOnlyAPI")
    return {
        "line": Judge(lambda call, real: line.request(call, real=real), line.answer, line.webhook),
        "telegram": Judge(
            lambda call, _: api.parameters(_method(call), call.content or {}),
            lambda answer: api.answer(_method(answer.call), answer.status, answer.body),
            api.update,
        ),
        "teams": teams,
        "skype": teams,
        "whatsapp": Judge(lambda call, _: whatsapp.request(call), whatsapp.answer, whatsapp.webhook),
        # Nothing is published about these two's webhooks and answers.
        "messenger": Judge(lambda call, _: page.request(call), lambda _: [], lambda _: []),
        "instagram": Judge(
            lambda call, _: (page if "graph.facebook.com" in call.host else instagram).request(call),
            lambda _: [],
            lambda _: [],
        ),
    }


def _method(call: Sent) -> str:
    return call.path.rpartition("/")[2]
