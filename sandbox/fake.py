"""What the control API can ask of every fake messenger, and how a faulty answer is given."""

import asyncio
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from aiohttp import web

from sandbox.behaviour import Behaviour
from sandbox.hooks import Hook, Hooks
from sandbox.kind import Account
from sandbox.oracle import Entry, Oracle
from sandbox.throttle import Throttle
from sandbox.times import now_ms
from sandbox.world import Bubble, Chat, Key, Person, World

Values = Mapping[str, Any]


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
    """An entry link: the account it opens, and what ``enter`` gets ("" for nothing): mostly the text that the
    person then sends, elsewhere a code."""

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
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)  # set by the business's own calls
    urls: dict[str, str] = field(default_factory=dict)  # messenger to where its API is served

    def address(self, messenger: str, account: str) -> str:
        """Where webhooks of an account go; "" for nowhere."""
        known = self.addresses.get((messenger, account))
        if known is not None:
            return known
        return f"{self.base}/webhooks/{messenger}/{account}" if self.base else ""


class Fake(ABC):
    """One messenger as its people and the control API meet it; methods raise Impossible.

    A fake serves its API (``app``) and says what comes of people's acts; what is defined here fits most.
    ``ORDERS`` are names for ``order``.
    """

    ORDERS: ClassVar[tuple[str, ...]] = ()
    BEHAVIOUR: ClassVar[type[Behaviour]] = Behaviour

    def __init__(self, name: str, accounts: Iterable[Account], stage: Stage) -> None:
        self.name = name
        self.stage = stage
        self.accounts = {one.account: one for one in accounts}
        self.behaviours = {account: self.BEHAVIOUR(rate=one.rate) for account, one in self.accounts.items()}
        self.throttles = {account: Throttle(one.rate) for account, one in self.accounts.items()}

    @abstractmethod
    def app(self) -> web.Application:
        """The messenger's API for all its accounts; it is served at ``stage.urls[name]``."""

    @abstractmethod
    def canonical(self, user: str) -> str:
        """A person's id as the messenger writes it, from what somebody typed."""

    @abstractmethod
    def say(self, person: Person, account: str, text: str) -> Said:
        """The person writes."""

    @abstractmethod
    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        """The person sends a picture of the stage, given by its id."""

    @abstractmethod
    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        """The person taps a button (one without ``url``) below a message of the business."""

    @abstractmethod
    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """The person blocks or unblocks the business; "unfollow" or "unsubscribe" is this too."""

    @abstractmethod
    def link(self, link: str) -> Link | None:
        """What an entry link or the text of a QR code leads to; None if it is no link of this messenger."""

    def enter(self, person: Person, account: str, text: str) -> Said:
        """What happens when the link of ``Link.text`` is opened; here: the text is sent as it is."""
        if text:
            return self.say(person, account, text)
        person.chat(account)
        self.stage.world.changed(person, account)
        return Said(None, None)

    def start(self, person: Person, account: str) -> Said:
        """The person opens the chat without any link: Start, follow, subscribe, add."""
        return self.enter(person, account, "")

    def marketing(self, person: Person, account: str, *, stopped: bool) -> Said:
        """The messenger's own switch for advertising."""
        raise Impossible("no_such_thing", f"{self.name} has no switch for marketing alone")

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        """A deed of ``Phone.deeds``; ``bubble``: what it is done to, ``values``: what else was given."""
        raise Impossible("no_such_thing", f"nobody can do that on {self.name}")

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        """Something the messenger does by itself, on demand: one of ``ORDERS``."""
        raise Impossible("no_such_thing", f"{self.name} does nothing of this name")

    def newcomer(self, user: str, name: str, language: str, *, hidden: bool, silent: bool) -> Person:
        """A new person with a canonical id."""
        return self.stage.world.add(Person(self.name, user, name, language, silent=silent))

    def new_user(self) -> str:
        """An id that nobody has."""
        return self.crowd_user(self.stage.world.unused(lambda n: self.taken(self.crowd_user(n))))

    def crowd_user(self, number: int) -> str:
        """The id of the person with this number in a crowd; numbers are at least 1000."""
        return self.canonical(str(number))

    def taken(self, user: str) -> bool:
        return self.stage.world.person(self.name, user) is not None

    def crowd(self, account: str, person: Person) -> None:
        """This person has opened the chat a moment ago, without anybody being told."""
        chat = person.chat(account)
        chat.started, chat.wrote_ms = True, now_ms()

    def titles(self) -> dict[str, str]:
        return {name: one.title or name for name, one in self.accounts.items()}

    def shown(self, account: str) -> str:
        """The account's address as a phone shows it."""
        return self.accounts[account].shown

    def open_chat(self, person: Person, account: str) -> Chat:
        """The chat, if the person has not blocked the business."""
        chat = person.chat(account)
        if chat.blocked:
            raise Impossible("blocked", "unblock the business first")
        return chat

    def wrote(
        self, person: Person, account: str, bubble: Bubble, post: "Callable[[], asyncio.Future[bool]]"
    ) -> Said:
        """Shows a person's message and posts its webhook, whose answer puts the ticks on it."""
        chat = self.open_chat(person, account)
        first = not chat.started
        chat.started, chat.wrote_ms, bubble.state = True, now_ms(), "sending"
        self.stage.world.put(person, account, bubble)
        if first:
            self.stage.world.changed(person, account)
        future = post()
        watch(self.stage.world, person, account, bubble, future)
        return Said(bubble, future)

    def post(self, hook: Hook) -> "asyncio.Future[bool]":
        """Sends a webhook, twice if the account's switches say so."""
        twice = self.behaviours[hook.account].duplicate_events
        futures = [self.stage.hooks.post(replace(hook)) for _ in range(2 if twice else 1)]
        return futures[0]

    def lane(self, account: str, person: Person) -> str:
        """The lane of a person's webhooks: one waits for the other unless the switches say otherwise."""
        return "" if self.behaviours[account].reorder_events else f"{self.name}/{account}/{person.user}"

    def reset(self) -> None:
        """As at the start; the people are gone already."""
        for account, one in self.accounts.items():
            self.behaviours[account].restore(one.rate)
            self.throttles[account] = Throttle(one.rate)

    def settings_changed(self, account: str) -> None:
        """The switches of an account were changed."""
        rate = self.behaviours[account].rate
        if self.throttles[account].rate != rate:
            self.throttles[account] = Throttle(rate)

    def saved(self) -> list[dict[str, Any]]:
        """What is under way and must outlive a restart, as JSON."""
        return []

    def restore(self, saved: list[dict[str, Any]]) -> None:  # noqa: B027 - most have nothing
        """Takes up what ``saved`` gave."""


async def give(
    request: web.Request,
    answer: web.Response,
    behaviour: Behaviour,
    oracle: Oracle,
    entries: Entry | Sequence[Entry],
) -> web.Response:
    """Answers as the account's switches say: late, or after acceptance not at all.

    ``entries``: what the call asked for, in the oracle's log; one for each person of a call to several.
    """
    if behaviour.slow_ms:
        await asyncio.sleep(behaviour.slow_ms / 1000)
    asked = entries if isinstance(entries, Sequence) else [entries]
    lost = any(entry["lost"] for entry in asked)
    for entry in asked:
        oracle.replied(entry, None if lost else now_ms())
    if lost and request.transport is not None:
        request.transport.abort()
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
