"""One attempt at one chunk: its lease, its windows, and how it ends or is given back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rundruf.core import pace
from rundruf.core.account import Account
from rundruf.core.broadcast import ACTIVE, Broadcast
from rundruf.core.canary import FIRST, Trial
from rundruf.core.caps import NO_CAPS, Caps
from rundruf.core.chunk import (
    RETRIES,
    WINDOW,
    Chunk,
    Mark,
    Progress,
    chunk_number,
    left_open,
    marked,
)
from rundruf.core.message import Message
from rundruf.core.stopping import Stop, Why, why
from rundruf.flows.clicking import NO_LINKS, Links
from rundruf.flows.personalise import Personaliser
from rundruf.flows.renewing import Refused, renewed
from rundruf.flows.services import SendTask, Services, Unfinished
from rundruf.flows.settling import settle
from rundruf.flows.spending import booked
from rundruf.messengers.contract import Messenger


@dataclass(slots=True)
class Trouble:
    """What a window met that concerns more than one person; ``hold`` in seconds.

    ``stop`` is the code for which the account stops, ``why`` what kind of trouble that is, where the code
    alone does not tell. ``wait`` is the longest time (seconds) that the messenger wants to be left in peace
    for one person's sake, ``gap`` that we leave one in peace who has just been written to. ``spoiled``: some
    were not sent to for another person's sake.
    """

    hold: float | None = None
    stop: str = ""
    token: str = ""
    personal: bool = False
    why: Why | None = None
    wait: float = 0
    gap: float = 0
    spoiled: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """What a part of the audience gets: the message in its languages, and links that may tell who clicks."""

    messages: tuple[Message, ...]
    links: Links = NO_LINKS


@dataclass(slots=True)
class Run:
    """One attempt at one chunk; ``common`` says that many people share a call, and so one text,
    ``carried`` holds the longest text known to fit for each shape of a message, ``caps`` say how many
    messages are too many for one person, ``asleep`` when who may be written to at last (ms, by index).

    ``asked`` and ``broken`` count what the messenger was asked in this attempt and what of it failed for no
    reason that lies in the person, ``again`` how much of that was definitely not sent; ``since`` is when this
    attempt last looked whether the account may go on (ms). ``versions`` are what people get by the part of a
    split audience that they are in; without variants there is one alone ("").
    """

    task: SendTask
    broadcast: Broadcast
    chunk: Chunk
    account: Account
    messenger: Messenger
    versions: Mapping[str, Version]
    personaliser: Personaliser
    owner: str
    progress: Progress
    services: Services
    common: bool
    carried: dict[Message, int] = field(default_factory=dict)
    caps: Caps = NO_CAPS
    asleep: Mapping[int, int] = field(default_factory=dict)
    over: frozenset[str] = frozenset()

    since: int = 0
    asked: int = 0
    broken: int = 0
    again: int = 0

    def version(self, index: int) -> Version:
        """What this recipient gets; raises KeyError for somebody who waits for the winner."""
        return self.versions[self.broadcast.variant_of(self.chunk.recipients[index])]

    def message(self, index: int) -> Message:
        """The message in the language that was chosen for this recipient."""
        languages = self.progress.languages
        return self.version(index).messages[languages[index] if languages else 0]

    @property
    def width(self) -> int:
        """How many people make one window."""
        rules = self.messenger.rules
        return rules.group if self.common else max(1, min(WINDOW, int(self.rate)))

    @property
    def rate(self) -> float:
        """Calls a second."""
        rules = self.messenger.rules
        return rules.group_rate if self.common else self.account.rate or rules.rate

    def calls(self, window: Sequence[int]) -> int:
        """How many calls carry to these recipients; people who share one get the very same."""
        if not self.common:
            return len(window)
        languages = self.progress.languages
        if languages or len(self.versions) > 1:
            alike = Counter(id(self.message(index)) for index in window)
        else:
            alike = Counter({0: len(window)})
        return sum(-(-people // self.messenger.rules.group) for people in alike.values())


def recovered(chunk: Chunk, progress: Progress, services: Services) -> Progress:
    """The progress with the window that a dead worker left open sorted into unknown and still free."""
    if not progress.window:
        return progress
    known = services.contacts.known([chunk.recipients[index] for index in progress.window])
    changes = {
        index: left_open(known.get(chunk.recipients[index]), chunk.broadcast, progress.opened_at)
        for index in progress.window
    }
    return replace(progress, marks=marked(progress.marks, changes), window=(), opened_at=0)


def open_window(run: Run, window: tuple[int, ...]) -> None:
    """Close the last window and open the next in one write, before anybody in it is claimed."""
    now = run.services.now()
    run.progress = replace(
        run.progress,
        marks=marked(run.progress.marks, dict.fromkeys(window, Mark.PENDING)),
        window=window,
        opened_at=now,
        lease_until=now + run.progress.lease + pace.HORIZON,
    )
    write(run)


def renew(run: Run, trouble: Trouble) -> Trouble:
    """Another token for the one that was refused, or the reason to stop; nobody was sent to with it."""
    try:
        fresh = renewed(run.account, run.messenger, run.services)
    except Refused as refused:
        return replace(trouble, stop=refused.code, why=Why.TOKEN)
    except Unfinished:
        return replace(trouble, hold=pace.SHORTEST_WAIT)
    if fresh is None:
        return replace(trouble, stop=trouble.stop or trouble.token, why=Why.TOKEN)
    run.account = fresh
    return trouble


def troubled(run: Run, trouble: Trouble) -> None:
    """The account is in trouble: nobody is lost, the chunk waits until it is its turn or the account's."""
    services = run.services
    if trouble.stop:
        services.accounts.forget(run.task.account)
        run.progress = replace(run.progress, attempts=0)
        kind = trouble.why or why(trouble.stop, run.messenger.rules.quota_codes)
        stop = Stop(kind, trouble.stop, services.now())
        if halted(run.task, run.broadcast, stop, run.since, services):
            return release(run)
        return give_back(run, pace.SHORTEST_WAIT)
    wait = trouble.hold or pace.SHORTEST_WAIT
    services.pacer.hold(run.task.account, services.now() + int(wait * 1000))
    return give_back(run, wait)


def end(run: Run, personal: bool, wait: float = 0, gap: float = 0) -> None:
    """The chunk's end, or another try later for those who were definitely not reached or have quiet time.

    Waiting for the ``gap`` between two messages to one person (seconds) is nobody's try.
    """
    awake = [index for index in run.progress.leftover() if index not in run.asleep]
    if awake:
        if gap and (not personal or run.progress.attempts >= RETRIES):
            return give_back(run, gap)
        if not personal or run.progress.attempts < RETRIES:
            attempts = run.progress.attempts + 1
            run.progress = replace(run.progress, attempts=attempts)
            return give_back(run, max(pace.backoff(attempts), wait, gap))
        failed = dict.fromkeys(awake, Mark.FAILED_RETRY)
        run.progress = replace(run.progress, marks=marked(run.progress.marks, failed))
    if list(run.progress.leftover()):
        return rest(run)
    close(run.task, run.broadcast, replace(run.progress, owner=run.owner), run.services)
    return None


def rest(run: Run) -> None:
    """It is nobody's time who is left: the chunk comes again until it is the time of the first of them."""
    until = min(run.asleep.values())
    run.progress = replace(run.progress, quiet_until=until, attempts=0)
    give_back(run, max(0, until - run.services.now()) / 1000)
    if run.broadcast.local_time and run.task.chunk == FIRST:
        settle(run.task.broadcast, run.services)  # a canary does not wait for all zones


def close(task: SendTask, found: Broadcast, progress: Progress, services: Services) -> None:
    """The chunk has come to its end, and maybe the broadcast with it."""
    unknown = progress.marks.count(Mark.UNKNOWN)
    if unknown:
        services.log("recipients unknown", broadcast=task.broadcast, account=task.account, people=unknown)
    booked(task, found, progress, services)
    services.broadcasts.close(task.broadcast, task.chunk, progress, found.number(task.account))
    settle(task.broadcast, services)


def halted(task: SendTask, found: Broadcast, stop: Stop, since: int, services: Services) -> bool:
    """Stop the account's part of the broadcast; others go on. False if it was let go on after ``since``.

    Its chunks are let go of as they come, and resuming queues them again.
    """
    stopped = services.broadcasts.stop(task.broadcast, found.number(task.account), stop, since)
    if stopped:
        told = {"broadcast": task.broadcast, "account": task.account, "why": stop.why.value}
        services.log("account stopped", **told, code=stop.code)
    settle(task.broadcast, services)
    current = stopped or services.broadcasts.get(task.broadcast)
    return current is None or not may_go_on(current, task)


def may_go_on(found: Broadcast, task: SendTask) -> bool:
    """Whether this chunk may be sent now, as far as broadcast, canary, variants and account go."""
    if found.state not in ACTIVE or task.account in found.stopped:
        return False
    if found.split and found.waits(chunk_number(task.chunk)):
        return False
    return found.trial is not Trial.RUNNING or task.chunk == FIRST


def ended(progress: Progress, mark: Mark) -> Progress:
    return replace(progress, marks=marked(progress.marks, dict.fromkeys(progress.leftover(), mark)))


def release(run: Run) -> None:
    run.progress = replace(run.progress, lease_until=0)
    write(run)


def kept(run: Run) -> None:
    """Write down what is known, whatever went wrong; that this goes wrong as well changes nothing."""
    with suppress(Exception):
        release(run)


def give_back(run: Run, delay: float) -> None:
    """Free the chunk and let it come again after ``delay`` seconds; a worker never sleeps for money."""
    release(run)
    run.services.queues.send([run.task], delay=min(delay, pace.LONGEST_WAIT))


def write(run: Run) -> None:
    run.progress = replace(run.progress, owner=run.owner)
    run.services.broadcasts.write(run.task.broadcast, run.task.chunk, run.progress)
