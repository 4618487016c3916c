"""A whole small business in a test: real flows on real stores (moto), with queues one can drain by hand,
a messenger that answers as scripted, and a clock that only moves when told."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rundruf.aws.accounts import StoredAccounts
from rundruf.aws.boto import Boto
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.calls import Aws
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.guard import TableGuard
from rundruf.aws.pacer import TablePacer
from rundruf.aws.persons import TablePersons
from rundruf.aws.polls import TablePolls
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.table import Table
from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message, MessageKind
from rundruf.core.report import Figures, total
from rundruf.core.tokens import Keys
from rundruf.core.topic import EntryPoint, Topic
from rundruf.core.wording import Business
from rundruf.flows import inbound, planning, receipts, sending
from rundruf.flows.reporting import figures
from rundruf.flows.services import InboxItem, Profile, SendTask, Services, Settings
from rundruf.messengers.contract import Answer, Event, EventKind, Receipt, Request
from tests.support.driving import Driving
from tests.support.memory import TABLE, Memory
from tests.support.people import DAY, NOW
from tests.support.stack import Stack

KEYS = Keys("1", {"1": "k" * 64})
BUSINESS = Business(
    "Café Morgenrot", "https://morgenrot.example/imprint", "https://morgenrot.example/privacy"
)
WHATSAPP = Account(
    "whatsapp",
    "main",
    "+4930123456",
    credentials={
        "app_secret": ("a" * 32,),
        "access_token": ("EAAtoken" + "x" * 40,),
        "verify_token": ("verify-me-please",),
        "phone_number_id": ("106540352242922",),
    },
)
TELEGRAM = Account(
    "telegram",
    "main",
    "morgenrot_bot",
    credentials={"bot_token": ("123456789:" + "A" * 35,), "secret_token": ("s" * 32,)},
)
POINT = EntryPoint("KRTMBXZV", "Poster", "telegram", "main", ("news",), language="en")
FAR = 10_000_000.0


def accepted(number: int) -> Answer:
    """A messenger's yes, in Telegram's and WhatsApp's words at once."""
    body = {
        "ok": True,
        "result": {"message_id": number + 1},
        "messaging_product": "whatsapp",
        "contacts": [{"input": "x", "wa_id": "x"}],
        "messages": [{"id": f"wamid.{number}"}],
    }
    return Answer(200, body=json.dumps(body).encode())


@dataclass
class Messengers(Driving):
    """Plays all messengers: remembers every request in order and answers as scripted."""

    requests: list[Request] = field(default_factory=list)
    script: Callable[[int, Request], Answer] = lambda number, _: accepted(number)

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        answers = []
        for request in requests:
            self.requests.append(request)
            answers.append(self.script(len(self.requests) - 1, request))
        return answers

    def get(self, request: Request, own: str, limit: int, timeout: float) -> Answer:
        return self.window([request])[0]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]

    def sent_to(self) -> list[str]:
        """The addressee of every message, in the order of arrival."""
        return [str(body.get("chat_id") or body.get("to", "").lstrip("+")) for body in self.bodies]

    def texts(self, person: str) -> list[str]:
        """The texts of all messages to one person."""
        mine = [body for to, body in zip(self.sent_to(), self.bodies, strict=True) if to == person]
        return [str(body.get("text", body)) for body in mine]


@dataclass
class HandQueues:
    """Queues that hold still until drained."""

    plans: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    sends: list[SendTask] = field(default_factory=list)
    items: list[InboxItem] = field(default_factory=list)
    told: list[tuple[str, Receipt]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def plan(self, broadcast: str, delay: float = 0) -> None:
        self.plans.append(broadcast)
        self.waits.append(delay)

    def send(self, tasks: Sequence[SendTask], delay: float = 0) -> None:
        self.sends += tasks
        self.delays += [delay] * len(tasks)

    def inbox(self, items: Sequence[InboxItem]) -> None:
        self.items += items

    def receipts(self, account: str, receipts: Sequence[Receipt], delay: float = 0) -> None:
        self.told += [(account, receipt) for receipt in receipts]


class QuickTable(Table):
    """For setting up newcomers only: plain puts, since moto copies every table for a transaction."""

    def transact(self, steps: Iterable[dict[str, Any]]) -> None:
        for step in steps:
            ((kind, asked),) = step.items()
            if kind == "ConditionCheck":
                continue
            item = asked["Item"] if kind == "Put" else _as_item(asked)
            self.aws.call("dynamodb", "PutItem", {"TableName": self.name, "Item": item})


def _as_item(update: dict[str, Any]) -> dict[str, Any]:
    """What an update that only sets values makes of nothing."""
    settings = update["UpdateExpression"].partition(" REMOVE ")[0].removeprefix("SET ").split(", ")
    pairs = [setting.split(" = ") for setting in settings]
    names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
    item: dict[str, Any] = update["Key"] | {names[name]: values[value] for name, value in pairs}
    return item


class World:
    """Services and the verbs that tests use; on a ``Memory`` it is many times faster and has no ``stack``."""

    def __init__(
        self, stack: Stack | None, language: str = "en", cap: int = 0, aws: Aws | None = None
    ) -> None:
        """Without a stack the table is one in memory (``aws`` or a new one), much quicker than moto's."""
        if stack:
            self.stack = stack
        self.at = NOW
        self.messengers, self.queues = Messengers(), HandQueues()
        table = Table(Boto(stack.client), stack.table) if stack else Table(aws or Memory(self.now), TABLE)
        self.contacts = TableContacts(table, lambda: KEYS, self.now)
        self.newcomers = TableContacts(QuickTable(table.aws, table.name), lambda: KEYS, lambda: NOW - DAY)
        self.broadcasts = TableBroadcasts(table, self.now)
        self.catalogue = TableCatalogue(table, self.now)
        self.accounts = StoredAccounts(table, "/t/accounts", self.now)
        for account in (WHATSAPP, TELEGRAM):
            self.accounts.put(account)
        for topic, german, english in (("news", "Neues", "News"), ("recipes", "Rezepte", "Recipes")):
            self.catalogue.put_topic(Topic(topic, {"de": german, "en": english}))
        self.catalogue.add_entry_point(POINT)
        self.services = Services(
            settings=Settings(BUSINESS, language, "Europe/Berlin", cap),
            keys=lambda: KEYS,
            contacts=self.contacts,
            broadcasts=self.broadcasts,
            catalogue=self.catalogue,
            accounts=self.accounts,
            pacer=TablePacer(table),
            queues=self.queues,
            http=self.messengers,
            downloads=self.messengers,
            gate=TableGate(table, lambda: KEYS, "worker"),
            guard=TableGuard(table),
            renewables=TableRenewables(table),
            polls=TablePolls(table),
            persons=TablePersons(table, lambda: KEYS, self.now),
            public_url=lambda: "https://r.example",
            now=self.now,
            ticks=lambda: float(self.at),
            sleep=self.sleep,
            random=os.urandom,
        )

    def now(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += round(seconds * 1000)

    def person(self, number: int, *topics: str, messenger: str = "telegram", **profile: Any) -> Contact:
        """Somebody who joined these topics a day ago."""
        identity = Identity(messenger, "main", str(number))
        contact = Contact(self.contacts.id_of(identity), identity, Consent())
        fact = Fact(Action.IMPORTED, NOW - DAY, topics or ("news",), source="desk")
        return self.newcomers.enter(contact, [fact], Profile(**profile))

    def people(self, count: int, *topics: str) -> list[Contact]:
        return [self.person(1000 + number, *topics) for number in range(count)]

    def broadcast(self, text: str = "Hello", name: str = "b1", **more: Any) -> Broadcast:
        """Made and started, not yet planned."""
        made = Broadcast(
            id=name,
            name=name,
            kind=MessageKind.MARKETING,
            topic=more.pop("topic", "news"),
            audience=more.pop("audience", Audience()),
            message=more.pop("message", Message(text)),
            state=State.SCHEDULED,
            created=self.at,
            **more,
        )
        self.broadcasts.create(made)
        planning.start(made.id, self.services)
        return made

    def plan(self, time_left: float = FAR) -> None:
        waiting, self.queues.plans, self.queues.waits = self.queues.plans, [], []
        for each in waiting:
            planning.plan(each, self.services, lambda: time_left)

    def send_one(self, time_left: float = FAR) -> None:
        sending.send(self.queues.sends.pop(0), self.services, lambda: time_left)

    def drain(self, rounds: int = 200) -> None:
        """Until every queue is empty; delays pass."""
        for _ in range(rounds):
            if self.queues.plans and (not self.queues.sends or not min(self.queues.waits, default=0)):
                self.at += round(1000 * min(self.queues.waits, default=0))
                self.plan()
            elif self.queues.sends:
                self.at += 1000
                self.send_one()
            elif self.queues.items:
                inbound.handle(self.queues.items.pop(0), self.services)
            elif self.queues.told:
                told, self.queues.told = self.queues.told, []
                receipts.take(told, self.services)
            else:
                return
        raise AssertionError("the queues never end")

    def figures(self, broadcast: str = "b1") -> Figures:
        found = self.broadcasts.get(broadcast)
        assert found is not None
        counted = total(figures(found, self.services).values())
        assert counted.balanced
        return counted

    def state(self, broadcast: str = "b1") -> State:
        found = self.broadcasts.get(broadcast)
        assert found is not None
        return found.state

    def says(self, person: str, text: str = "", event: str = "", **more: Any) -> InboxItem:
        """An event of a person on Telegram, as the webhook would queue it."""
        self.at += 1000
        made = Event(
            id=event or f"e{self.at}",
            kind=more.pop("kind", EventKind.MESSAGE),
            user_id=person,
            at=more.pop("at", self.at),
            text=text,
            **more,
        )
        contact = self.contacts.id_of(Identity("telegram", "main", person))
        return InboxItem("telegram/main", contact, made)

    def held(self, person: str, messenger: str = "telegram") -> Contact:
        found = self.contacts.get(self.contacts.id_of(Identity(messenger, "main", person)))
        assert found is not None
        return found
