"""A small business whose every worker can be stopped, killed or overtaken at any call, on stores in memory.

Six people on two messengers; the flows, the stores and the queues' parsers are the real ones.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rundruf.aws import queues
from rundruf.aws.accounts import StoredAccounts
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.calls import Aws, AwsError
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.guard import TableGuard
from rundruf.aws.pacer import TablePacer
from rundruf.aws.persons import TablePersons
from rundruf.aws.polls import TablePolls
from rundruf.aws.queues import SqsQueues
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.suppressions import TableSuppressions
from rundruf.aws.table import Table
from rundruf.core import tokens
from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State, Wish
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message, MessageKind
from rundruf.core.newsletter import Newsletter
from rundruf.core.tokens import Keys
from rundruf.core.topic import Topic
from rundruf.core.wording import Business as Sender
from rundruf.flows import (
    importing,
    inbound,
    leaving,
    newsletter,
    planning,
    receipts,
    receiving,
    sending,
    unsubscribe,
)
from rundruf.flows.importing import Row
from rundruf.flows.leaving import Leaving
from rundruf.flows.services import Changed, Profile, Services, Settings, Unfinished
from rundruf.messengers.contract import Call, Event, EventKind, NotGenuine, Receipt, ReceiptStatus
from tests.stateful.fakes import RATE, Arrival, Oracle, Says, Wires, body_of
from tests.stateful.stage import TO_THE_END, Act, Clock, End, Pointed, Stage
from tests.support.memory import TABLE, Letter, Memory
from tests.support.people import DAY, NOW

KEYS = Keys("1", {"1": "k" * 64})
QUEUES = {name: name for name in ("plan", "send", "inbox", "receipts")}
VISIBILITY = {"plan": 180_000, "send": 540_000, "inbox": 180_000, "receipts": 182_000}
RECEIVES = 5
CANARY = "canary"  # in every user id, and in nothing else
PEOPLE = tuple(
    Identity(messenger, "main", f"{CANARY}-{number}")
    for number, messenger in enumerate(("plain", "plain", "plain", "plain", "keyed", "keyed"))
)
SLOT = NOW + 60_000
LONG = 250_000.0  # ms that a worker has
STOPPING = ("STOP", "stop.", "ＳＴＯＰ", "STOP ALL")
MOST_ROUNDS = 1_000


def expected(error: Exception) -> bool:
    """Whether a worker may fail with it: its message comes again, and nothing is lost."""
    if isinstance(error, AwsError):
        return error.code in ("ThrottlingException", "http.ambiguous")
    return isinstance(error, Changed | Unfinished)


@dataclass
class Said:
    """Something a person did, as the messenger tells it; ``taken`` once it got its 200."""

    event: Event
    identity: Identity
    taken: bool = False


@dataclass
class Business:
    """The system, its surroundings, and the verbs of the machine; ``aws`` may stand in for the memory."""

    cap: int = 0
    other: Callable[[Memory], Aws] | None = None
    clock: Clock = field(default_factory=lambda: Clock(NOW))
    said: list[Said] = field(default_factory=list)
    sent: list[Letter] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)
    erasing: set[Identity] = field(default_factory=set)
    deaths: int = 0
    history: list[str] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    secrets: tuple[str, ...] = ("secret-0",)
    signs: str = "secret-0"

    def __post_init__(self) -> None:
        self.memory = Memory(self.clock.now)
        self.stage = Stage(self.clock)
        self.oracle = Oracle(self.cap)
        self.chance = random.Random(7)
        self.aws: Aws = self.other(self.memory) if self.other else self.memory
        self.mine = self.services(self.aws)
        self.accounts = StoredAccounts(Table(self.aws, TABLE), "/accounts", self.clock.now)
        self._accounts_put()
        self.catalogue = TableCatalogue(Table(self.aws, TABLE), self.clock.now)
        self.catalogue.put_topic(Topic("news", {"de": "Neues", "en": "News"}))
        for identity in PEOPLE:
            self.joins(identity, NOW - DAY)

    def services(self, aws: Aws) -> Services:
        """A process that has just started."""
        table, now = Table(aws, TABLE), self.clock.now
        wires = Wires(self.oracle, self.stage)
        return Services(
            settings=Settings(
                Sender("Café", "https://c.example/i", "https://c.example/p"), "en", "UTC", self.cap
            ),
            keys=lambda: KEYS,
            contacts=TableContacts(table, lambda: KEYS, now),
            broadcasts=TableBroadcasts(table, now),
            catalogue=TableCatalogue(table, now),
            accounts=StoredAccounts(table, "/accounts", now),
            pacer=TablePacer(table),
            queues=SqsQueues(aws, QUEUES),
            http=wires,
            downloads=wires,
            gate=TableGate(table, lambda: KEYS, f"worker{self.chance.random()}"),
            guard=TableGuard(table),
            renewables=TableRenewables(table),
            polls=TablePolls(table),
            persons=TablePersons(table, lambda: KEYS, now),
            public_url=lambda: "https://r.example",
            now=now,
            ticks=self.clock.ticks,
            sleep=self.stage.sleep,
            random=self.chance.randbytes,
        )

    def worker(self) -> Services:
        """A fresh process whose calls have points."""
        return self.services(Pointed(self.aws, self.stage))

    def _accounts_put(self) -> None:
        for name in ("plain", "keyed"):
            self.accounts.put(
                Account(name, "main", name, rate=RATE, credentials={"app_secret": self.secrets})
            )

    # people

    def contact(self, identity: Identity) -> str:
        return self.mine.contacts.id_of(identity)

    def held(self, identity: Identity) -> Contact | None:
        return self.mine.contacts.get(self.contact(identity))

    def joins(self, identity: Identity, at: int, steps: int = TO_THE_END) -> Act:
        """A list of consents that were given elsewhere is taken over."""
        self.oracle.joins[identity.user_id].append(at)
        row = Row(1, identity, Profile(name="Anna"), ("news",), "desk", at, "shown in the shop")
        contacts = self.worker().contacts
        assert isinstance(contacts, TableContacts)
        listed = TableSuppressions(contacts.table, contacts.secret)
        return self.act("import", lambda: importing.admit(row, contacts, listed), steps)

    def says(self, identity: Identity, text: str, kind: EventKind = EventKind.MESSAGE) -> Said:
        """Somebody does something; nobody has heard of it yet."""
        self.clock.passes(1_000)
        self.oracle.gone.discard(identity.user_id)
        at = self.clock.now() // 1000 * 1000
        said = Said(Event(f"e{len(self.said)}", kind, identity.user_id, at, text=text), identity)
        self.said.append(said)
        return said

    def hears(self, said: Said, steps: int = TO_THE_END) -> Act:
        """The messenger tells us; a refusal means that it will tell us again."""
        services, key = self.worker(), self.signs

        def work() -> None:
            call = Call("POST", {"x-key": key}, {}, body_of([said.event]), self.clock.now())
            if self._told(said.identity.messenger, call, services):
                said.taken = True
                self._ended(said)

        return self.act(f"webhook {said.event.text or said.event.kind}", work, steps)

    def _told(self, messenger: str, call: Call, services: Services) -> bool:
        """Whether we say yes to a webhook; only to a call that got old on its way we may say no."""
        try:
            return receiving.receive(messenger, "main", call, services).status == 200
        except NotGenuine:
            if call.headers["x-key"] in self.secrets:
                raise
            return False

    def _ended(self, said: Said) -> None:
        """What a yes to this event promises."""
        person = said.identity.user_id
        if said.event.kind is EventKind.BLOCKED or said.event.text in STOPPING:
            self.oracle.stops[person].append(said.event.at)
        if said.event.kind is EventKind.PLATFORM_STOP and self.held(said.identity):
            self.oracle.silenced[person] = max(said.event.at, self.oracle.silenced.get(person, 0))

    def forged(self, said: Said) -> bool:
        """Whether a call with a secret of nobody's is refused."""
        call = Call("POST", {"x-key": "secret-none"}, {}, body_of([said.event]), self.clock.now())
        try:
            receiving.receive(said.identity.messenger, said.identity.account, call, self.mine)
        except NotGenuine:
            return True
        return False

    def reports(self, arrival: Arrival, number: int, status: ReceiptStatus, steps: int = TO_THE_END) -> Act:
        """The messenger tells what became of a message."""
        services, now = self.worker(), self.clock.now()
        receipt = Receipt(arrival.deliveries[number], status, now, arrival.people[number])
        call = Call("POST", {"x-key": self.signs}, {}, body_of(receipts=[receipt]), now)

        messenger = arrival.account.partition("/")[0]
        return self.act("webhook receipt", lambda: self._told(messenger, call, services), steps)

    def leaves_by_page(self, identity: Identity, steps: int = TO_THE_END) -> Act:
        services = self.worker()
        token = tokens.sign_for(KEYS, tokens.Purpose.LEAVE, self.contact(identity))

        def work() -> None:
            at = self.clock.now()
            visitor = unsubscribe.visitor(token, services)
            if unsubscribe.act(visitor, unsubscribe.Choice(), services).state == "left":
                self.oracle.stops[identity.user_id].append(at)

        return self.act("page", work, steps)

    def erases(self, identity: Identity, steps: int = TO_THE_END) -> Act:
        """What the API does."""
        services = self.worker()

        def work() -> None:
            wish = Leaving(self.clock.now(), "api", everything=True)
            contact, before = self.contact(identity), len(self.said)
            self.erasing.add(identity)
            self.oracle.erased.add(identity.user_id)
            leaving.forget(contact, wish, services)
            self.erasing.discard(identity)
            if all(one.identity != identity for one in self.said[before:]):
                self.oracle.gone.add(identity.user_id)
            self.oracle.silenced.pop(identity.user_id, None)

        return self.act("erase", work, steps)

    # the business

    def broadcast(self, name: str) -> None:
        made = Broadcast(
            id=name,
            name=name,
            kind=MessageKind.MARKETING,
            topic="news",
            audience=Audience(),
            message=Message(f"This is {name}"),
            state=State.SCHEDULED,
            created=self.clock.now(),
        )
        self.mine.broadcasts.create(made)

    def starts(self, name: str, steps: int = TO_THE_END) -> Act:
        services = self.worker()
        return self.act(f"start {name}", lambda: planning.start(name, services), steps)

    def wishes(self, name: str, wish: Wish, steps: int = TO_THE_END) -> Act:
        services = self.worker()
        return self.act(f"{wish} {name}", lambda: planning.wish(name, wish, services), steps)

    def newsletter(self) -> None:
        made = Newsletter(
            "n", "n", "news", Audience(), Message("This is n"), cron="0 0 1 1 *", next_at=SLOT, created=NOW
        )
        self.catalogue.add_newsletter(made)

    def fires(self, steps: int = TO_THE_END) -> Act:
        services = self.worker()
        return self.act("schedule", lambda: newsletter.tick(services), steps)

    def rotates(self) -> None:
        """A new secret beside the newest old one; the messenger signs with it once every process knows it."""
        self.secrets = (f"secret-{len(self.tries) + self.clock.now()}", self.signs)
        self._accounts_put()

    # queues

    def waiting(self) -> list[Letter]:
        """What may be received now; of each group of the inbox only the first, and one at a time."""
        now, groups, found = self.clock.now(), set[str](), []
        for letter in self.memory.letters:
            first = letter.queue != "inbox" or letter.group not in groups
            groups.add(letter.group)
            if first and letter.visible <= now:
                found.append(letter)
        return found

    def receives(self, letter: Letter, steps: int = TO_THE_END) -> Act:
        """A worker takes a message; it comes again unless the worker says that it is done."""
        letter.received += 1
        letter.visible = self.clock.now() + VISIBILITY[letter.queue]
        if letter not in self.sent:
            self.sent.append(letter)
        return self.handles(letter, steps, own=True)

    def handles(self, letter: Letter, steps: int = TO_THE_END, own: bool = False) -> Act:
        """A worker is given a message (``own``: and removes it), which may have been handled before."""
        services, overtaken = self.worker(), letter.queue == "send" and self._busy(letter)
        self.deaths += overtaken

        def work() -> None:
            self.tries[letter.queue] += 1
            getattr(self, f"_{letter.queue}")(letter.body, services)
            if own and letter in self.memory.letters:
                self.memory.letters.remove(letter)

        return self.act(f"{letter.queue} {letter.number}", work, steps, letter)

    def _busy(self, letter: Letter) -> bool:
        return any(act.detail and act.detail.body == letter.body for act in self.stage.playing)

    def _plan(self, body: str, services: Services) -> None:
        planning.plan(queues.planned_broadcast(body), services, lambda: LONG)

    def _send(self, body: str, services: Services) -> None:
        sending.send(queues.send_task(body), services, lambda: LONG)

    def _inbox(self, body: str, services: Services) -> None:
        item = queues.inbox_item(body)
        person, event = item.event.user_id, item.event
        if event.text == "YES":
            self.oracle.joins[person].append(event.at)
        if event.kind is EventKind.PLATFORM_RESUME and event.at > self.oracle.silenced.get(person, event.at):
            self.oracle.silenced.pop(person)
        inbound.handle(item, services)

    def _receipts(self, body: str, services: Services) -> None:
        receipts.take(queues.receipts_in(body), services)

    def buries(self) -> None:
        """What was received too often goes to the dead letters."""
        for letter in [one for one in self.waiting() if one.received >= RECEIVES]:
            self.memory.letters.remove(letter)
            self.dead.append(letter)

    def redrives(self) -> None:
        """The dead letters come again, as new messages."""
        for letter in self.dead:
            self.memory.letters.append(replace(letter, received=0, visible=self.clock.now()))
        self.dead.clear()

    # time

    def act(self, about: str, work: Callable[[], object], steps: int, detail: Any = None) -> Act:
        return self.over(self.stage.begin(about, work, steps, detail))

    def goes_on(self, act: Act, steps: int) -> Act:
        self.stage.run(act, steps)
        return self.over(act)

    def crashes(self, act: Act) -> None:
        self.stage.crash(act)
        self.over(act)

    def over(self, act: Act) -> Act:
        """Count an act of a sender that ended without a result: its window stays open."""
        if act.end:
            self.history.append(f"{act.about} {act.end.value} {act.error or ''}".strip())
        if act.error and not expected(act.error):
            self.oracle.wrong.append(f"{act.about}: {act.error!r}")
        if act.end in (End.CRASHED, End.FAILED) and act.detail and act.detail.queue == "send":
            self.deaths += 1
        return act

    def passes(self, seconds: float) -> None:
        self.clock.passes(seconds * 1000)

    def answers(self, account: str, says: Sequence[Says]) -> None:
        self.oracle.scripts[account] = list(says)

    def broadcasts(self) -> list[Broadcast]:
        found, _ = self.mine.broadcasts.page("", 100)  # type: ignore[attr-defined]
        return list(found)

    def in_window(self, letter: Letter) -> list[Identity]:
        """Everybody to whom a message of this chunk may be on its way."""
        task, stored = queues.send_task(letter.body), self.mine.broadcasts
        chunk, progress = (
            stored.chunk(task.broadcast, task.chunk),
            stored.progress(task.broadcast, task.chunk),
        )
        if chunk is None or progress is None:
            return []
        ids = {chunk.recipients[index] for index in progress.window}
        return [one for one in PEOPLE if self.contact(one) in ids]

    def drain(self) -> None:
        """No new faults: everything comes to its end, in finitely many steps."""
        self.oracle.scripts.clear()
        while self.stage.playing:
            self.goes_on(self.stage.playing[0], TO_THE_END)
        for _ in range(MOST_ROUNDS):
            if not self._round():
                return
        raise AssertionError(f"it never ends: {self.history[-12:]}")

    def _round(self) -> bool:
        """One step on the way to the end; False at it."""
        self.buries()
        self.redrives()
        untold = [one for one in self.said if not one.taken]
        for said in untold:
            self.hears(said)
        for identity in sorted(self.erasing, key=str):
            self.erases(identity)
        if self.erasing or any(not one.taken for one in untold):
            self.passes(15)
        waiting = self.waiting()
        if waiting:
            self.receives(waiting[0])
            return True
        if self.memory.letters:
            now = self.clock.now()
            self.clock.at = min(
                (one.visible for one in self.memory.letters if one.visible > now), default=now
            )
            return True
        for found in self.broadcasts():
            if not found.state.ended and (found.state is State.PAUSED or found.stopped):
                self.wishes(found.id, Wish.RESUME)
                return True
        if any(found.started and not found.state.ended for found in self.broadcasts()):
            self.passes(300)
            self.fires()
            return True
        return False

    def answers_inbox(self, identity: Identity) -> None:
        """Everything this person said is handled."""
        group = self.contact(identity)
        while mine := [one for one in self.waiting() if one.queue == "inbox" and one.group == group]:
            if self.receives(mine[0]).end is not End.DONE:
                return
