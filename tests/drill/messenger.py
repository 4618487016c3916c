"""The fake messenger of the drill and its log, which is the oracle: what arrived, when, and what was said.

It plays Telegram's ``sendMessage``, WhatsApp's ``messages`` and LINE's ``push`` and ``multicast`` on one
address, as far as a broadcast needs them. A message counts as accepted at the moment it is decided, also
where the answer is lost on its way.
"""

import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.drill.loop import Asked, Reset, Server

Told = tuple[int, dict[str, str], bytes]


@dataclass
class Arrival:
    """One call as the messenger saw it; ticks of the monotonic clock in seconds."""

    number: int
    people: tuple[str, ...]
    account: str
    key: str
    body: str
    tag: str
    at: float
    accepted: bool = False
    repeated: bool = False
    replied: float | None = None
    status: int = 0


@dataclass(frozen=True)
class Saying:
    """How one call is answered: ``accept`` takes the message, ``status``, ``body`` and ``headers`` are told
    after ``wait`` seconds, unless ``mute`` (the connection is kept and nothing said) or ``cut``.
    """

    accept: bool = True
    wait: float = 0
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    mute: bool = False
    cut: bool = False


YES = Saying()
SILENCE = 60.0


class FakeMessenger:
    """``script`` says how to answer an arrival; ``before`` and ``after`` are called around each answer."""

    def __init__(self, script: Callable[[Arrival], Saying] = lambda _: YES) -> None:
        self.script = script
        self.before: Callable[[Arrival], None] = lambda _: None
        self.after: Callable[[Arrival], None] = lambda _: None
        self.log: list[Arrival] = []
        self.keys: dict[str, str] = {}
        self.server = Server(self._answer)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    @property
    def url(self) -> str:
        return self.server.url

    def accepted(self, account: str = "") -> Counter[str]:
        """How often each person was sent something."""
        return Counter(
            person
            for one in self.log
            if one.accepted and (not account or one.account == account)
            for person in one.people
        )

    def by_body(self) -> Counter[tuple[str, str]]:
        """How often each person was sent each text."""
        return Counter((person, one.body) for one in self.log if one.accepted for person in one.people)

    def arrivals(self, person: str, bodies: Collection[str]) -> list[float]:
        """When calls with one of these texts came for a person."""
        return [one.at for one in self.log if person in one.people and one.body in bodies]

    async def _answer(self, asked: Asked) -> Told:
        arrival = self._arrived(asked)
        if arrival is None:
            return 404, {}, b"{}"
        saying = self.script(arrival)
        if arrival.key and saying.accept:
            if arrival.key in self.keys:
                same = self.keys[arrival.key] == hashlib.sha256(asked.body).hexdigest()
                arrival.repeated = True
                saying = replace(saying, accept=False, status=409 if same else 400, body=b"{}")
            else:
                self.keys[arrival.key] = hashlib.sha256(asked.body).hexdigest()
        arrival.accepted = saying.accept
        self.before(arrival)
        if saying.mute:
            await asyncio.sleep(SILENCE)
            raise Reset
        if saying.wait:
            await asyncio.sleep(saying.wait)
        if saying.cut:
            raise Reset
        arrival.replied, arrival.status = time.monotonic(), saying.status
        asyncio.get_running_loop().call_later(0, self.after, arrival)
        return saying.status, saying.headers, _yes(arrival) if saying.body is None else saying.body

    def _arrived(self, asked: Asked) -> Arrival | None:
        found = _read(asked)
        if found is None:
            return None
        account, people, said = found
        arrival = Arrival(
            number=len(self.log),
            people=tuple(people),
            account=account,
            key=asked.headers.get("x-line-retry-key", ""),
            body=body_of(said),
            tag=_tag(asked),
            at=time.monotonic(),
        )
        self.log.append(arrival)
        return arrival


def _read(asked: Asked) -> tuple[str, Iterable[str], str] | None:
    """Account (its token's end), people, and what was said, without what differs from person to person."""
    body: dict[str, Any] = json.loads(asked.body or b"{}")
    if asked.path.endswith("/sendMessage"):
        token = asked.path.split("/")[1]
        return token[-8:], [str(body["chat_id"])], _first_line(body["text"])
    if asked.path.startswith("/v2/bot/message/"):
        people = body["to"] if isinstance(body["to"], list) else [body["to"]]
        token = asked.headers.get("authorization", "")
        return token[-8:], people, _first_line(body["messages"][0]["text"])
    if asked.path.endswith("/messages"):
        said = body.get("text", {}).get("body") or json.dumps(body.get("template"))
        return asked.headers.get("authorization", "")[-8:], [str(body["to"]).lstrip("+")], _first_line(said)
    return None


def _tag(asked: Asked) -> str:
    """Our own id in a WhatsApp message, which its receipts bring back."""
    found = json.loads(asked.body or b"{}").get("biz_opaque_callback_data", "")
    return str(found)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def body_of(text: str) -> str:
    """What the log keeps of a text that begins with this line."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _yes(arrival: Arrival) -> bytes:
    """A yes in every messenger's words at once."""
    number = arrival.number + 1
    told = {
        "ok": True,
        "result": {"message_id": number},
        "messaging_product": "whatsapp",
        "contacts": [{"input": "x", "wa_id": "x"}],
        "messages": [{"id": f"wamid.{number}"}],
        "sentMessages": [{"id": str(number)}],
    }
    return json.dumps(told).encode()


def refusal(status: int, description: str = "", retry_after: float | None = None) -> Saying:
    """Telegram's no."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return Saying(accept=False, status=status, body=json.dumps(body).encode())
