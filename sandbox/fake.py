"""What the control API can ask of every fake messenger, and how a faulty answer is given."""

import asyncio
import zlib
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from sandbox.behaviour import Behaviour
from sandbox.hooks import Hooks
from sandbox.oracle import Entry, Oracle
from sandbox.times import now_ms
from sandbox.world import Bubble, Key, Person, World


class Impossible(Exception):
    """A phone cannot do this now; the text says why, ``code`` names it for programs."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person did: what the chat shows now, and whether the webhook is acknowledged in the end."""

    bubble: Bubble | None
    acknowledged: "asyncio.Future[bool] | None"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry link: the account it opens, and what the person then sends ("" for nothing)."""

    account: str
    text: str


def picture_id(name: str) -> str:
    """The id by which a business gets a built-in picture: digits as Meta's, the same in every run."""
    return str(10**14 + zlib.crc32(name.encode()))


@dataclass(slots=True)
class Stage:
    """What all fakes share."""

    world: World
    oracle: Oracle
    hooks: Hooks
    pictures: dict[str, tuple[str, bytes]]  # id to media type and bytes
    base: str = ""
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    def address(self, messenger: str, account: str) -> str:
        """Where webhooks of an account go; "" for nowhere."""
        known = self.addresses.get((messenger, account))
        if known is not None:
            return known
        return f"{self.base}/webhooks/{messenger}/{account}" if self.base else ""


class Fake(Protocol):
    """One messenger as its people and the control API meet it; methods raise Impossible."""

    name: str
    behaviours: dict[str, Behaviour]

    def app(self) -> web.Application: ...
    def titles(self) -> dict[str, str]: ...
    def address(self, account: str) -> str: ...
    def canonical(self, user: str) -> str: ...
    def newcomer(self, user: str, name: str, language: str, *, hidden: bool, silent: bool) -> Person: ...
    def crowd(self, account: str, person: Person) -> None: ...
    def link(self, link: str) -> Link | None: ...
    def enter(self, person: Person, account: str, text: str) -> Said: ...
    def say(self, person: Person, account: str, text: str) -> Said: ...
    def show(self, person: Person, account: str, picture: str, caption: str) -> Said: ...
    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said: ...
    def block(self, person: Person, account: str, *, blocked: bool) -> Said: ...
    def marketing(self, person: Person, account: str, *, stopped: bool) -> Said: ...
    def reset(self) -> None: ...
    def settings_changed(self, account: str) -> None: ...
    def saved(self) -> list[dict[str, object]]: ...
    def restore(self, saved: list[dict[str, object]]) -> None: ...


async def give(
    request: web.Request, answer: web.Response, behaviour: Behaviour, oracle: Oracle, entry: Entry
) -> web.Response:
    """Answers as the account's switches say: late, or after acceptance not at all."""
    if behaviour.slow_ms:
        await asyncio.sleep(behaviour.slow_ms / 1000)
    if entry["lost"]:
        oracle.replied(entry, None)
        if request.transport is not None:
            request.transport.abort()
        return answer
    oracle.replied(entry, now_ms())
    return answer


def watch(world: World, person: Person, account: str, bubble: Bubble, future: "asyncio.Future[bool]") -> None:
    """Puts the ticks on a person's message once its webhook is answered."""

    def settled(done: "asyncio.Future[bool]") -> None:
        if done.cancelled():
            return
        bubble.state = "acknowledged" if done.result() else "lost"
        bubble.acknowledged_ms = now_ms() if done.result() else None
        world.changed(person, account, bubble)

    future.add_done_callback(settled)
