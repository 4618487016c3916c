"""What may happen to the business in any order, and what must hold after every step.

Numbers in brackets are those of the properties in docs/reliability.md; the oracle is what arrived at the
messengers, never our tables.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rundruf.core.broadcast import Broadcast, State, Wish
from rundruf.core.chunk import Mark
from rundruf.core.consent import Action
from rundruf.core.contact import Identity
from rundruf.core.ledger import first_altered, replay
from rundruf.core.report import total
from rundruf.flows import reporting
from rundruf.messengers.contract import EventKind, ReceiptStatus
from tests.stateful.business import CANARY, PEOPLE, STOPPING, Business
from tests.stateful.fakes import RATE, WIDTH, Says
from tests.stateful.stage import TO_THE_END, Act, End, Fault
from tests.support.memory import Letter
from tests.support.people import DAY

AT_ONCE = 4  # acts
BROADCASTS = 3
POINTS = st.integers(1, 50)
INSIDE = st.integers(1, 16)
STEPS = st.one_of(st.just(TO_THE_END), POINTS)
QUEUES = ("send", "send", "plan", "plan", "inbox", "receipts")
WISHES = (*(Wish.PAUSE, Wish.RESUME) * 3, Wish.CANCEL)
PERSON = st.sampled_from(PEOPLE)
ANY = st.integers(0, 40)
ACCOUNTS = ("plain/main", "keyed/main")
PROOF = (Action.CONFIRMED, Action.IMPORTED)


def room(machine: "Sending") -> bool:
    return len(machine.business.stage.playing) < AT_ONCE


class Sending(RuleBasedStateMachine):
    """Broadcasts on their way, workers that die or stand still, and people who leave meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[tuple[str, str], bytes] = {}
        self.booked: set[tuple[str, str]] = set()
        self.told: set[tuple[str, str]] = set()  # what messengers began to tell of, and what we took
        self.heard: set[tuple[str, str]] = set()
        self.broken = False
        self.seen = -1

    def make(self, cap: int) -> Business:
        return Business(cap)

    @initialize(cap=st.sampled_from((0, 60_000)), planned=st.booleans())
    def opens(self, cap: int, planned: bool) -> None:
        self.business = self.make(cap)
        self.business.newsletter()
        self.business.broadcast("b0")
        self.business.starts("b0")
        if planned:
            self.business.receives(self.business.waiting()[0])

    # what the business and its workers do

    @precondition(lambda self: len(self.business.broadcasts()) < BROADCASTS and room(self))
    @rule(steps=STEPS)
    def starts(self, steps: int) -> None:
        self.business.starts(self._made(), steps)

    @precondition(lambda self: len(self.business.broadcasts()) < BROADCASTS and room(self))
    @rule(points=st.integers(1, 32), fault=st.none() | st.sampled_from(Fault))
    def starts_badly(self, points: int, fault: Fault | None) -> None:
        """The planner dies or suffers."""
        self.business.starts(self._made())
        act = self.business.receives(self.business.waiting()[-1], points)
        if act.end is None:
            self._suffers(act, fault)

    def _made(self) -> str:
        name = f"b{len(self.business.broadcasts())}"
        self.business.broadcast(name)
        return name

    @precondition(room)
    @rule(which=ANY, queue=st.sampled_from(QUEUES), steps=STEPS)
    def works(self, which: int, queue: str, steps: int) -> None:
        letter = self._letter(which, queue)
        if letter:
            self.business.receives(letter, steps)

    @precondition(room)
    @rule(which=ANY, steps=STEPS)
    def works_again(self, which: int, steps: int) -> None:
        """A message of a queue without order comes once more, however old it is."""
        old = [letter for letter in self.business.sent if letter.queue != "inbox"]
        if old:
            self.business.handles(old[which % len(old)], steps)

    @precondition(room)
    @rule(which=ANY, queue=st.sampled_from(QUEUES), points=POINTS, fault=st.none() | st.sampled_from(Fault))
    def suffers(self, which: int, queue: str, points: int, fault: Fault | None) -> None:
        """A worker dies where it stands, or a call of it to AWS goes wrong."""
        letter = self._letter(which, queue)
        act = self.business.receives(letter, points) if letter else None
        if act and act.end is None:
            self._suffers(act, fault)

    @precondition(room)
    @rule(which=ANY, points=INSIDE, fault=st.none() | st.sampled_from(Fault))
    def suffers_inside(self, which: int, points: int, fault: Fault | None) -> None:
        """The same with a window open."""
        act = self._inside(which, points)
        if act and act.end is None:
            self._suffers(act, fault)

    def _suffers(self, act: Act, fault: Fault | None) -> None:
        act.fault = fault
        if fault:
            self.business.goes_on(act, TO_THE_END)
        else:
            self.business.crashes(act)

    def _inside(self, which: int, points: int) -> Act | None:
        """A sender that has opened a window and has passed so many points since."""
        letter = self._letter(which, "send")
        if letter is None or letter.queue != "send":
            return None
        act = self.business.receives(letter, 1)
        while act.end is None and not self.business.in_window(letter):
            self.business.goes_on(act, 1)
        return act if act.end else self.business.goes_on(act, points)

    @precondition(room)
    @rule(which=ANY, points=INSIDE, seconds=st.sampled_from((1, 13)), steps=STEPS)
    def is_overtaken(self, which: int, points: int, seconds: int, steps: int) -> None:
        """A worker stands still with a window open, and another one is given its message."""
        act = self._inside(which, points)
        if act and act.end is None:
            self.business.passes(seconds)
            self.business.handles(act.detail, steps)

    @precondition(room)
    @rule(which=ANY, points=INSIDE, word=st.sampled_from(STOPPING))
    def stop_inside(self, which: int, points: int, word: str) -> None:
        """A worker stands still with a window open, and everybody in it says STOP."""
        act = self._inside(which, points)
        for person in self.business.in_window(act.detail) if act else ():
            self.business.hears(self.business.says(person, word))

    def _letter(self, which: int, queue: str) -> Letter | None:
        """A message that waits in this queue, or in any."""
        waiting = self.business.waiting()
        found = [letter for letter in waiting if letter.queue == queue] or waiting
        return found[which % len(found)] if found else None

    @precondition(lambda self: self.business.stage.playing)
    @rule(which=ANY, steps=STEPS, dies=st.booleans(), fault=st.none() | st.sampled_from(Fault))
    def goes_on(self, which: int, steps: int, dies: bool, fault: Fault | None) -> None:
        act = self.business.stage.playing[which % len(self.business.stage.playing)]
        act.fault = fault
        if dies and not fault:
            self.business.crashes(act)
        else:
            self.business.goes_on(act, steps)

    @rule(seconds=st.sampled_from((1, 5, 13, 13, 61, 600)))
    def passes(self, seconds: int) -> None:
        self.business.passes(seconds)
        if seconds > 60:
            self.business.signs = self.business.secrets[0]

    # what people and messengers do

    @precondition(room)
    @rule(person=PERSON, word=st.none() | st.sampled_from(STOPPING), steps=STEPS)
    def stops(self, person: Identity, word: str | None, steps: int) -> None:
        """In words, or on the page."""
        if word is None:
            self.business.leaves_by_page(person, steps)
        else:
            self.business.hears(self.business.says(person, word), steps)

    @rule(account=st.sampled_from(ACCOUNTS), says=st.lists(st.sampled_from(Says), min_size=1, max_size=4))
    def answers(self, account: str, says: list[Says]) -> None:
        self.business.answers(account, says)

    @precondition(room)
    @rule(which=ANY, number=ANY, status=st.sampled_from(ReceiptStatus), steps=STEPS)
    def reports(self, which: int, number: int, status: ReceiptStatus, steps: int) -> None:
        taken = [one for one in self.business.oracle.arrivals if one.taken and one.broadcast]
        if taken:
            arrival = taken[which % len(taken)]
            one = number % len(arrival.people)
            place = (arrival.broadcast, arrival.people[one])
            if status in (ReceiptStatus.DELIVERED, ReceiptStatus.READ):
                self.told.add(place)
            act = self.business.reports(arrival, one, status, steps)
            if place in self.told and act.end is End.DONE:
                self.heard.add(place)

    # what must hold

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "business"):
            return
        self.broken = True
        wrong = self.business.oracle.wrong  # (1), (2), (11)
        assert not wrong, wrong
        if self.seen == self.business.memory.writes:
            self.broken = False
            return
        self.seen = self.business.memory.writes
        for found in self.business.broadcasts():
            self._adds_up(found)
        self._explained()
        self.broken = False

    def _adds_up(self, found: Broadcast) -> None:
        """(3), (4), (5)"""
        counted = total(reporting.figures(found, self.business.mine).values())
        assert counted.balanced, counted
        if found.state is State.FINISHED:
            assert counted.pending == 0, counted
        told = sum(1 for broadcast, _ in self.told if broadcast == found.id)
        assert counted.delivered <= told, f"{counted.delivered} of {told} delivered"
        for chunk, (_, progress) in self._progresses(found).items():
            before = self.marks.get((found.id, chunk), progress.marks)
            for was, now in zip(before, progress.marks, strict=True):
                assert was == now or not Mark(was).final, f"{Mark(was).name} became {Mark(now).name}"
            self.marks[found.id, chunk] = progress.marks

    def _progresses(self, found: Broadcast) -> Any:
        count = self.business.mine.broadcasts.cursor(found.id).chunks
        return self.business.mine.broadcasts.progresses(found.id, [f"0-{one}" for one in range(count)])

    def _explained(self) -> None:
        """(7), (9)"""
        for identity in PEOPLE:
            held = self.business.held(identity)
            if held is None or identity in self.business.erasing:
                continue
            entries, head = self.business.mine.contacts.ledger(held.id)
            assert first_altered(entries, head) is None
            assert replay(entries) == held.consent
            proofs = [one.fact for one in entries if one.fact.action in PROOF]
            for topic in held.consent.topics:
                assert any(topic in fact.topics and fact.source and fact.reference for fact in proofs)

    def teardown(self) -> None:
        if not hasattr(self, "business"):
            return
        if self.broken:
            self._kills()
            return
        try:
            self.business.drain()
            self.holds()
            self._ended()
        finally:
            self._kills()

    def _kills(self) -> None:
        while self.business.stage.playing:
            self.business.crashes(self.business.stage.playing[0])

    def _ended(self) -> None:
        oracle = self.business.oracle
        unknown = set[tuple[str, str]]()
        for found in self.business.broadcasts():
            unknown |= self._sent_is_sent(found)
        unexplained, deaths = unknown - oracle.unclear, self.business.deaths
        assert len(unexplained) <= WIDTH * deaths, f"{unexplained} after {deaths} deaths"  # (4)
        capped = oracle.sooner_than_capped()
        assert not capped, capped  # (8)
        self._forgotten()
        for account in ACCOUNTS:  # (16); a worker that stood still sends its window late
            faster = oracle.faster_than(account, RATE, WIDTH * (AT_ONCE + 1))
            assert not faster, faster

    def _sent_is_sent(self, found: Broadcast) -> set[tuple[str, str]]:
        """Everybody who got it is counted so, and nobody else; gives who is unknown."""
        oracle, unknown = self.business.oracle, set[tuple[str, str]]()
        people = {self.business.contact(one): one.user_id for one in PEOPLE}
        lines: dict[str, reporting.Line] = {}
        chunk: int | None = 0
        while chunk is not None:
            told, chunk = reporting.lines(found, chunk, self.business.mine)
            for line in told:
                assert line.contact not in lines, "in two chunks"
                lines[line.contact] = line
        for contact, line in lines.items():
            place = (found.id, people[contact])
            if line.outcome == "unknown":
                unknown.add(place)
            if line.outcome == "sent":
                assert place in oracle.taken, f"{place} counts as sent"
                assert (place in self.heard) <= line.delivered <= (place in self.told), line
            if place in oracle.taken:
                assert line.outcome in ("sent", "unknown", "failed"), f"{place} was sent: {line}"
        assert not found.started or found.state in (State.FINISHED, State.CANCELLED), found.state
        return unknown

    def _forgotten(self) -> None:
        """(9)"""
        for person in self.business.oracle.gone:
            assert person.startswith(CANARY)
            for item in self.business.memory.items():
                assert person not in repr(item), f"{person} is in {item['pk']}"


class Fire(Sending):
    """All of it, and everything else that people, messengers and the business do."""

    @precondition(room)
    @rule(which=ANY, wish=st.sampled_from(WISHES), steps=STEPS)
    def wishes(self, which: int, wish: Wish, steps: int) -> None:
        found = self.business.broadcasts()
        self.business.wishes(found[which % len(found)].id, wish, steps)

    @precondition(room)
    @rule(steps=STEPS)
    def fires(self, steps: int) -> None:
        self.business.fires(steps)

    @rule(rotates=st.booleans())
    def administers(self, rotates: bool) -> None:
        if rotates:
            self.business.rotates()
        self.business.buries()
        self.business.redrives()

    @precondition(room)
    @rule(
        person=PERSON,
        kind=st.sampled_from(
            (EventKind.BLOCKED, EventKind.UNBLOCKED, EventKind.PLATFORM_STOP, EventKind.PLATFORM_RESUME)
        ),
        steps=STEPS,
    )
    def signals(self, person: Identity, kind: EventKind, steps: int) -> None:
        self.business.hears(self.business.says(person, "", kind), steps)

    @precondition(room)
    @rule(person=PERSON, word=st.sampled_from(("START", "YES", "NO", "HELP", "Hi")), steps=STEPS)
    def speaks(self, person: Identity, word: str, steps: int) -> None:
        self.business.hears(self.business.says(person, word), steps)

    @rule(person=PERSON)
    def joins(self, person: Identity) -> None:
        """START and YES, with all that belongs to it."""
        for word in ("START", "YES"):
            self.business.hears(self.business.says(person, word))
            self.business.answers_inbox(person)

    @precondition(room)
    @rule(person=PERSON, age=st.sampled_from((0, 2_000, DAY)), steps=STEPS)
    def imports(self, person: Identity, age: int, steps: int) -> None:
        self.business.joins(person, self.business.clock.now() - age, steps)

    @precondition(lambda self: self.business.said and room(self))
    @rule(which=ANY, steps=STEPS)
    def tells_again(self, which: int, steps: int) -> None:
        """A messenger repeats what it told, in any order."""
        said = self.business.said[which % len(self.business.said)]
        assert self.business.forged(said)
        self.business.hears(said, steps)

    @precondition(room)
    @rule(person=PERSON, steps=STEPS)
    def erases(self, person: Identity, steps: int) -> None:
        self.business.erases(person, steps)
