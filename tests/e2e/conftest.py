"""The running local suite, as a user sees it: the API, and the phones of the sandbox."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import requests

TIMEOUT = 40


@dataclass
class Suite:
    """HTTP against the suite; answers are checked to be of the given status."""

    url: str
    key: str
    phones: str
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        answer = self.session.request(
            method, self.url + path, json=body, headers=headers, timeout=TIMEOUT, **more
        )
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:1000]}"
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        return self.call("POST", path, body, status, **more)

    def phone(self, path: str, **body: Any) -> Any:
        """An act at the phones' control API."""
        answer = self.session.post(f"{self.phones}/api{path}", json=body, timeout=TIMEOUT)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def asked(self, path: str, **query: Any) -> Any:
        """What the sandbox knows: the oracle."""
        answer = self.session.get(f"{self.phones}/api{path}", params=query, timeout=TIMEOUT)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def chat(self, messenger: str, user: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.asked(f"/phones/{messenger}/{quote(user, safe='')}/chat")[
            "messages"
        ]
        return found

    def said(self, messenger: str, user: str) -> list[dict[str, Any]]:
        """What the business said in a chat."""
        return [message for message in self.chat(messenger, user) if message["side"] == "business"]

    def log(self, since: int = 0, **query: Any) -> list[dict[str, Any]]:
        """The oracle's log: every send that a messenger was asked for."""
        answer = self.asked("/log", since=since, **query)
        entries: list[dict[str, Any]] = answer["entries"] if isinstance(answer, dict) else answer
        return entries

    def contact(self, messenger: str, user: str) -> dict[str, Any]:
        """The contact of this person; fails if there is none."""
        found = self.get(f"/v1/contacts?messenger={messenger}&account=main&user_id={quote(user)}")["contacts"]
        assert len(found) == 1
        person: dict[str, Any] = found[0]
        return person


def until(what: Callable[[], Any], within: float = 60, every: float = 0.25) -> Any:
    """The first true value of ``what``; fails when none comes in time (seconds)."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(every)
    return found


def balanced(figures: dict[str, Any]) -> bool:
    settled = sum(figures[name] for name in ("sent", "unknown", "expired", "pending"))
    return bool(
        figures["audience"] == settled + sum(figures["failed"].values()) + sum(figures["skipped"].values())
    )


@pytest.fixture(scope="session")
def suite() -> Suite:
    return Suite(os.environ["RUNDRUF_URL"], os.environ["RUNDRUF_API_KEY"], os.environ["SANDBOX_URL"])
