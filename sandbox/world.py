"""People, their phones and chats: what the simulated phones show."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sandbox.times import now_ms

CHAT_KEPT = 200
SILENT_KEPT = 5
LISTENER_QUEUE = 1000

Side = Literal["business", "person"]


@dataclass(slots=True)
class Key:
    """A button below a message: ``url`` opens a page, else ``payload`` goes back."""

    label: str
    payload: str = ""
    url: str = ""
    kind: str = ""


@dataclass(slots=True)
class Bubble:
    """One message in a chat. ``state`` of a person's own one: sending, acknowledged (our webhook was answered
    well) or lost (given up); ``receipts`` of a business's one: status to ms."""

    id: str
    side: Side
    at_ms: int
    kind: str = "text"
    text: str = ""
    picture: str = ""
    footer: str = ""
    keys: list[Key] = field(default_factory=list)
    state: str = ""
    acknowledged_ms: int | None = None
    receipts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Chat:
    """One person's chat with one account of a business; ``wrote_ms`` is when the person last wrote.

    ``notes`` is for the fake's own use: JSON values, kept over a restart.
    """

    account: str
    bubbles: deque[Bubble]
    wrote_ms: int = 0
    started: bool = False
    blocked: bool = False
    marketing_stopped: bool = False
    counter: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    def find(self, message_id: str) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if bubble.id == message_id), None)


@dataclass(slots=True)
class Person:
    """Somebody on one messenger; a ``silent`` one was only ever written to, nobody looks at that phone.

    ``alias`` is the messenger's other id (WhatsApp: BSUID); ``hidden`` keeps the number from businesses.
    """

    messenger: str
    user: str
    name: str
    language: str = "de"
    silent: bool = True
    alias: str = ""
    hidden: bool = False
    chats: dict[str, Chat] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The phone's path below /api/phones."""
        return f"{self.messenger}/{quote(self.user, safe='')}"

    def chat(self, account: str) -> Chat:
        if account not in self.chats:
            kept = SILENT_KEPT if self.silent else CHAT_KEPT
            self.chats[account] = Chat(account, deque(maxlen=kept))
        return self.chats[account]

    def wake(self) -> None:
        """Somebody looks at this phone from now on: keep more of its chats."""
        if not self.silent:
            return
        self.silent = False
        for chat in self.chats.values():
            chat.bubbles = deque(chat.bubbles, maxlen=CHAT_KEPT)

    def told(self) -> dict[str, Any]:
        """The phone without its messages."""
        return {
            "id": self.id,
            "messenger": self.messenger,
            "user": self.user,
            "name": self.name,
            "language": self.language,
            "silent": self.silent,
            "hidden": self.hidden,
            "chats": [
                {
                    "account": chat.account,
                    "started": chat.started,
                    "blocked": chat.blocked,
                    "marketing_stopped": chat.marketing_stopped,
                    "messages": len(chat.bubbles),
                    "last_ms": chat.bubbles[-1].at_ms if chat.bubbles else 0,
                }
                for chat in self.chats.values()
            ],
        }


class World:
    """Everybody, and whoever watches."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], Person] = {}
        self.aliases: dict[tuple[str, str], Person] = {}
        self.listeners: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self.silent_received = 0
        self.dirty = False
        self._numbers = itertools.count(5_300_000_100)

    def person(self, messenger: str, user: str) -> Person | None:
        return self.people.get((messenger, user))

    def add(self, person: Person) -> Person:
        self.people[person.messenger, person.user] = person
        self.dirty = True
        if person.alias:
            self.aliases[person.messenger, person.alias] = person
        if not person.silent:
            self.tell({"type": "phone", "phone": person.told()})
        return person

    def renumber(self, person: Person, user: str, alias: str) -> None:
        """The same person with another id; whoever watches reads everything anew."""
        self.people.pop((person.messenger, person.user), None)
        self.aliases.pop((person.messenger, person.alias), None)
        person.user, person.alias = user, alias
        self.add(person)
        self.tell({"type": "reset"})

    def typing(self, person: Person, account: str) -> None:
        """The business is seen typing."""
        self.tell({"type": "typing", "phone": person.id, "account": account})

    def unused(self, taken: Callable[[int], bool]) -> int:
        """The next number that is not ``taken``."""
        return next(number for number in self._numbers if not taken(number))

    def awake(self) -> Iterator[Person]:
        return (person for person in self.people.values() if not person.silent)

    def put(self, person: Person, account: str, bubble: Bubble) -> Bubble:
        """Shows a message on a phone."""
        self.dirty = True
        person.chat(account).bubbles.append(bubble)
        if person.silent:
            self.silent_received += bubble.side == "business"
        else:
            self.changed(person, account, bubble)
        return bubble

    def changed(self, person: Person, account: str, bubble: Bubble | None = None) -> None:
        """Tells the watchers that a message (None: the chat itself) looks different now."""
        self.dirty = True
        if person.silent:
            return
        if bubble is None:
            self.tell({"type": "phone", "phone": person.told()})
        else:
            self.tell({"type": "message", "phone": person.id, "account": account, "message": asdict(bubble)})

    def tell(self, event: dict[str, Any]) -> None:
        for queue in tuple(self.listeners):
            if queue.qsize() < LISTENER_QUEUE:
                queue.put_nowait(event)
            else:
                # Too slow: its page will come back and read everything anew.
                self.listeners.discard(queue)
                queue.put_nowait(None)

    def forget(self) -> None:
        """Nobody exists any more."""
        self.people.clear()
        self.aliases.clear()
        self.silent_received = 0
        self.tell({"type": "reset"})

    def saved(self) -> dict[str, Any]:
        """Everything worth keeping over a restart: phones somebody looks at, and whoever started a chat."""
        worth = (
            person
            for person in self.people.values()
            if not person.silent or any(chat.started or chat.wrote_ms for chat in person.chats.values())
        )
        return {"people": [_person_saved(person) for person in worth]}

    def restore(self, saved: dict[str, Any]) -> None:
        for one in saved.get("people", []):
            chats = one.pop("chats", [])
            person = Person(**one)
            for chat in chats:
                bubbles = [
                    Bubble(**{**bubble, "keys": [Key(**key) for key in bubble["keys"]]})
                    for bubble in chat.pop("bubbles")
                ]
                kept = person.chat(chat["account"])
                kept.bubbles.extend(bubbles)
                for name, value in chat.items():
                    setattr(kept, name, value)
            self.add(person)


def _person_saved(person: Person) -> dict[str, Any]:
    return {
        "messenger": person.messenger,
        "user": person.user,
        "name": person.name,
        "language": person.language,
        "silent": person.silent,
        "alias": person.alias,
        "hidden": person.hidden,
        "chats": [
            {
                "account": chat.account,
                "wrote_ms": chat.wrote_ms,
                "started": chat.started,
                "blocked": chat.blocked,
                "marketing_stopped": chat.marketing_stopped,
                "counter": chat.counter,
                "notes": chat.notes,
                "bubbles": [asdict(bubble) for bubble in chat.bubbles],
            }
            for chat in person.chats.values()
        ],
    }


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Replaces the state file in one go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def arrived(side: Side, message_id: str, **more: Any) -> Bubble:
    """A message that comes about now."""
    return Bubble(id=message_id, side=side, at_ms=now_ms(), **more)
