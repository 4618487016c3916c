"""What a flow is given of the outside world, as one record."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from rundruf.core.account import Account
from rundruf.core.audience import Audience, Candidate, StoredSegment
from rundruf.core.broadcast import Broadcast, Cursor, Scope, State
from rundruf.core.budget import Budget, Hold
from rundruf.core.canary import WAIT, Trial, Tried
from rundruf.core.caps import NO_CAPS, Cap, Caps
from rundruf.core.chunk import REQUEST_TIMEOUT, Chunk, Progress
from rundruf.core.consent import Fact
from rundruf.core.contact import Claim, Contact, Identity
from rundruf.core.contest import Rate
from rundruf.core.fallback import Turn
from rundruf.core.ledger import Entry, Head
from rundruf.core.message import Message
from rundruf.core.newsletter import FeedState, Newsletter
from rundruf.core.pace import Slots
from rundruf.core.policy import Refusal
from rundruf.core.quiet import NEVER, Quiet
from rundruf.core.report import Receipts
from rundruf.core.stopping import Stop
from rundruf.core.summing import KeptSum
from rundruf.core.tokens import Keys
from rundruf.core.topic import EntryPoint, Topic
from rundruf.core.wording import Business
from rundruf.messengers.contract import Answer, Event, Notice, Quota, Receipt, Request

if TYPE_CHECKING:
    from rundruf.core.price import Price


class Changed(Exception):
    """Somebody else changed the item first; read it again."""


class Erased(Exception):
    """The person was erased after they said this; they are not brought back by it."""


class Unfinished(Exception):
    """The work is durable but not at its end; the caller must be asked again later."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What may be known of a contact besides its consent; None leaves a field as it is."""

    name: str | None = None
    language: str | None = None
    zone: str | None = None
    tags: frozenset[str] | None = None
    attributes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ClaimWish:
    """A claim to be tried: for which topic, and (``again``) although this broadcast claimed before.

    ``cap_before`` (ms) refuses people whose last marketing claim is younger, 0 nobody; ``patient`` says that
    they wait for that instead of being left out. ``caps`` say how many messages are too many, and a consent
    that was neither given nor used for ``lapse`` ms has lapsed (0: it never does). With ``over`` a claim
    of the issue does not matter to its late issue, for it is known that nothing came of it.
    """

    contact: str
    claim: Claim
    topic: str
    again: bool = False
    cap_before: int = 0
    patient: bool = False
    caps: Caps = NO_CAPS
    lapse: int = 0
    over: bool = False


class TooSoon(Exception):
    """The messenger wants a moment between two messages to one person; they are claimed after it."""


class ClaimedEarlier(Exception):
    """Another attempt of this broadcast holds a claim whose end nobody knows."""


# None: the store failed, nothing may be sent
ClaimResult = Contact | Refusal | ClaimedEarlier | TooSoon | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the audience index in the order of ids; ``last`` is "" at the shard's end."""

    candidates: Sequence[Candidate]
    last: str


@dataclass(frozen=True, slots=True)
class Seek:
    """Whom a page of the audience index is for: a topic's people who joined by ``until`` (ms, None: ever).

    A candidate shows at least what ``audience`` asks of it, and ``fields`` (of Facts) that a segment asks
    for; whether that holds is asked of the candidate.
    """

    topic: str
    audience: Audience
    until: int | None = None
    fields: frozenset[str] = frozenset()


class Contacts(Protocol):
    def id_of(self, identity: Identity) -> str: ...
    def find(self, identity: Identity, aliases: Sequence[str] = ()) -> str:
        """The contact this person is known as under any of these ids; a new one's id if under none."""

    def get(self, contact: str) -> Contact | None: ...
    def meet(self, contact: str, identity: Identity, event: Event) -> Contact:
        """The contact, made with this identity if new, with what the event tells of the person.

        Raises Changed, and Erased for an event from before the erasure.
        """

    def enter(self, contact: Contact, facts: Sequence[Fact], profile: Profile | None = None) -> Contact:
        """Append to the ledger and move the state with it, all or nothing; raises Changed."""

    def claim(self, wishes: Sequence[ClaimWish]) -> list[ClaimResult]: ...
    def claiming(self, wish: ClaimWish) -> "Steps[ClaimResult]": ...
    def foreseen(self, wishes: Sequence[ClaimWish]) -> list[ClaimResult]:
        """What claims would come to now; nobody is claimed."""

    def known(self, contacts: Sequence[str]) -> Mapping[str, Contact]:
        """Those of these contacts that are stored, by id."""

    def unreachable(self, contact: str, reason: str) -> None: ...
    def erase(self, contact: str, joined: bool = True) -> bool:
        """Remove everything but the keyed hash; False when there was nothing.

        With ``joined`` False only while no topic is granted; raises Changed when one is.
        """

    def ledger(self, contact: str) -> tuple[list[Entry], Head]: ...
    def page(self, account_id: str, shard: int, after: str, seek: "Seek") -> Page: ...


class Broadcasts(Protocol):
    def create(self, broadcast: Broadcast) -> bool: ...
    def get(self, broadcast: str) -> Broadcast | None: ...
    def add_late(self, issue: Broadcast, last: Broadcast | None, made: Broadcast) -> bool:
        """A late issue after the ``last``, from now on the only way for who has not got it.

        False if it is not the time for one, or somebody else made it."""

    def move(
        self, broadcast: str, to: State, sources: Iterable[State], reason: str = "", at: int = 0
    ) -> Broadcast | None: ...
    def aim(self, broadcast: str, accounts: Sequence[str], started: int) -> Broadcast | None: ...
    def stop(self, broadcast: str, account: int, stop: Stop, since: int) -> Broadcast | None:
        """One account (by its number) waits; None if it does already, or went on after ``since`` (ms)."""

    def pause_stopped(self, broadcast: str, accounts: Iterable[int], reason: str) -> Broadcast | None:
        """Paused as a whole, as long as these accounts are stopped."""

    def resume(
        self, found: Broadcast, to: State, sources: Iterable[State], scope: Scope | None = None
    ) -> Broadcast | None:
        """Every account goes on; with a scope its people are made free first. None in none of the sources."""

    def freed(self, broadcast: str, scope: Scope) -> Broadcast | None: ...
    def finish(self, broadcast: str) -> Broadcast | None:
        """Finished, if every chunk has come to its end and nobody is being made free again."""

    def fall_back(self, broadcast: str) -> Broadcast | None:
        """Its fallback begins; None for one that is not finished, has begun it, or whose fallback is off."""

    def fall_back_off(self, broadcast: str) -> Broadcast | None:
        """Its fallback is called off; None if it was before."""

    def settles(self, broadcast: str, at: int) -> Broadcast | None:
        """The canary is decided upon at this time (ms); None if that was said before."""

    def judged(self, broadcast: str, trial: Trial, tried: Tried, reason: str = "") -> Broadcast | None:
        """The canary's end: the rest goes, or the broadcast waits with this reason."""

    def compares(self, broadcast: str, at: int) -> Broadcast | None:
        """Its variants are on their way since then (ms); None if that was said before."""

    def undecided(self, broadcast: str, why: str) -> Broadcast | None:
        """There is no winner yet, and why."""

    def win(self, found: Broadcast, winner: str, by: str, on: Mapping[str, Rate]) -> Broadcast | None:
        """The winner, for good; the rest is to be queued. None if there is one, or it is too early."""

    def looked(self, broadcast: str, seen: int, stalled: int, requeue: bool = False) -> None:
        """Keep what the last look at its progress saw; ``requeue`` has its open chunks queued again."""

    def requeued(self, found: Broadcast, chunks: int) -> None:
        """So many chunks were looked through and queued again since this was asked for."""

    def cursor(self, broadcast: str) -> Cursor: ...
    def commit(
        self, broadcast: str, cursor: Cursor, chunks: Sequence[Chunk], marks: Mapping[str, bytes] = {}
    ) -> None:
        """Chunks and the new cursor in one transaction; raises Changed if the cursor moved meanwhile.

        ``marks`` are those with which chunks begin, by id, where somebody in them gets nothing.
        """

    def planned(self, broadcast: str, cursor: Cursor, trial: Trial = Trial.NONE) -> Broadcast | None:
        """Every chunk exists; None if that was said before."""

    def chunk(self, broadcast: str, chunk: str) -> Chunk | None: ...
    def chunks(self, broadcast: str, chunks: Sequence[str]) -> list[Chunk]:
        """Those that there are."""

    def issues(self, newsletter: str, last: int) -> list[Broadcast]:
        """A newsletter's latest issues, newest first."""

    def these(self, broadcasts: Sequence[str]) -> Mapping[str, Broadcast]:
        """Those of these broadcasts that there are, by id."""

    def accepted(self, broadcasts: Sequence[Broadcast]) -> frozenset[str]:
        """Of which of them a messenger took a message, as their accounts' first chunks tell."""

    def lease(self, broadcast: str, chunk: str, owner: str, now: int, until: int) -> Progress | None:
        """The progress, leased; None while somebody else's lease lives."""

    def write(self, broadcast: str, chunk: str, progress: Progress) -> None:
        """Store the progress of the lease's owner; raises Changed if the lease was lost."""

    def close(self, broadcast: str, chunk: str, progress: Progress, account: int = 0) -> Broadcast | None: ...
    def reopen(self, broadcast: str, chunk: str, held: Progress, marks: bytes, account: int) -> bool:
        """An ended chunk with these marks instead, to be sent again; False if it is not what it was."""

    def progress(self, broadcast: str, chunk: str) -> Progress | None: ...
    def progresses(self, broadcast: str, chunks: Sequence[str]) -> Mapping[str, tuple[str, Progress]]:
        """Account and progress by chunk id."""

    def receipts(self, broadcast: str, chunks: Sequence[str]) -> Mapping[str, Receipts]: ...
    def set_budget(self, broadcast: str, budget: Budget) -> Broadcast | None: ...
    def hold(self, broadcast: str, chunk: str) -> Hold | None:
        """What a chunk holds of the budget."""

    def keep_hold(
        self,
        purse: str,
        broadcast: str,
        chunk: str,
        hold: Hold,
        before: Hold | None,
        limit: int | None = None,
    ) -> bool:
        """Hold this instead of ``before``; False if the purse would hold more than ``limit`` (billionths).

        Raises Changed where somebody else has changed it.
        """

    def held(self, purse: str) -> int:
        """What all chunks of a purse hold (billionths)."""

    def sums(self, broadcast: str) -> Mapping[int, KeptSum]:
        """What groups of chunks added up to when they were last looked at, by their number."""

    def keep_sum(self, broadcast: str, group: int, held: KeptSum) -> None: ...
    def touched(self, broadcast: str, group: int) -> None:
        """Something new was told of a group; said after that was written."""

    def link(self, broadcast: str, links: Mapping[str, str]) -> None:
        """Keep where counted links (by id) lead; again changes nothing."""

    def leads_to(self, broadcast: str, link: str) -> str:
        """Where a counted link leads; "" for one that is none."""

    def links(self, broadcast: str) -> Mapping[str, str]: ...
    def click(self, broadcast: str, link: str, at: int) -> None: ...
    def clicks(self, broadcast: str) -> Mapping[tuple[str, int], int]:
        """How often by link and hour (hours since 1970)."""

    def report(self, broadcast: str, chunk: str, told: Receipts) -> None: ...
    def name(self, account_id: str, broadcast: str, chunk: str, ids: Mapping[int, str]) -> None:
        """Keep which message id of the messenger belongs to which recipient; one may belong to many."""

    def named(self, account_id: str, message_id: str) -> tuple[str, str, int | None] | None:
        """Broadcast, chunk and index behind a message id; no index where many people share the id."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A notice, and which broadcasts have been stopped for it."""

    notice: Notice
    category_at: int = 0  # when the category was last told, in ms
    heeded: frozenset[str] = frozenset()


class Persons(Protocol):
    """Which identities are one human, as the business says, and which of them a broadcast is for.

    A tie is the keyed hash of the business's own id of the human; it is never made from names.
    """

    def tie(self, contact: str, person: str) -> bool:
        """Say who is behind a contact ("": nobody says any more); False for a contact that is not there.

        Raises TooMany where that id stands at as many contacts as one human can have, and Changed.
        """

    def contacts(self, ties: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """The ids of all contacts of each human, by tie."""

    def take(self, broadcast: str, turns: Sequence[tuple[str, str]]) -> list[bool]:
        """For each (tie, contact): whether this broadcast is for that contact; the first one keeps it."""

    def pass_on(self, broadcast: str, turns: Sequence[tuple[str, Turn]]) -> list[bool]:
        """For each (tie, turn): whether the fallback is for ``second`` now; the first one keeps it."""

    def turns(self, broadcast: str, ties: Iterable[str]) -> Mapping[str, Turn]: ...


class TooMany(Exception):
    """One id of a human stands at more contacts than one human can have."""


class Catalogue(Protocol):
    """The small lists of a business: topics, entry points, newsletters, and what is due."""

    def topics(self) -> Mapping[str, Topic]: ...
    def entry_point(self, code: str) -> EntryPoint | None: ...
    def entry_points(self) -> Sequence[EntryPoint]: ...
    def newsletter(self, newsletter: str) -> Newsletter | None: ...
    def archive(self, newsletter: str, slot: int, broadcast: str) -> None:
        """Have this issue stand in the newsletter's public archive once it has gone out."""

    def archived(self, newsletter: str, before: str, limit: int) -> tuple[list[str], str]:
        """The ids of issues, newest first, after a place ("": all), and where to go on ("": nowhere)."""

    def segment(self, segment: str) -> StoredSegment | None: ...
    def advance(self, newsletter: Newsletter, next_at: int) -> bool: ...
    def feed(self, newsletter: str) -> FeedState: ...
    def put_feed(self, newsletter: str, state: FeedState) -> bool:
        """Keep how far a feed was read; False if somebody else did meanwhile."""

    def composed(self, newsletter: str, slot: int) -> tuple[Message, ...] | None:
        """The messages that a slot of a feed became, if it has been decided."""

    def compose(self, newsletter: str, slot: int, messages: Sequence[Message], state: FeedState) -> bool:
        """Decide it, and keep what was seen with it; False if somebody else did."""

    def due(self, now: int) -> Sequence[tuple[int, str, str]]:
        """(time, kind, id) of what is due, oldest first.

        ``kind`` is "broadcast", "newsletter", "unsettled", "canary", "winner", "expired" or "fallback".
        """

    def note(self, account_id: str, notice: Notice) -> None:
        """Keep what the messenger said of the account or a template; an older notice changes nothing."""

    def notices(self, account_id: str) -> Sequence[Noted]: ...
    def heeded(self, account_id: str, notice: Notice, broadcast: str) -> None:
        """This broadcast has been stopped for this notice; whoever resumes it knows."""

    def remind(self, at: int, kind: str, id: str) -> None: ...
    def not_due(self, at: int, kind: str, id: str) -> None: ...


class Accounts(Protocol):
    def get(self, account_id: str) -> Account:
        """Settings and credentials; raises LookupError for an unknown account."""

    def settings(self, account_id: str) -> Account:
        """The account without its credentials; raises LookupError for an unknown one."""

    def ids(self) -> Sequence[str]: ...
    def forget(self, account_id: str) -> None: ...


class Pacer(Protocol):
    def reserve(self, account_id: str, count: int, rate: float, now: int) -> Slots | int:
        """Room for so many messages, or the ms to wait before asking again."""

    def spend(self, account_id: str, quota: Quota, now: int) -> bool:
        """Count one call against the quota; False when none is left."""

    def unspend(self, account_id: str, quota: Quota, now: int) -> None: ...
    def used(self, account_id: str, quota: Quota, now: int) -> int: ...
    def admit(self, account_id: str, count: int, limit: int, now: int) -> int | None:
        """For how many of so many people there is room in 24 hours, counted at once; None: ask again."""

    def dismiss(self, account_id: str, count: int, now: int) -> None: ...
    def admitted(self, account_id: str, now: int) -> int: ...
    def hold(self, account_id: str, until: int) -> None: ...


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An event on its way to the inbox flow; ``applied`` says what the webhook did at once."""

    account: str
    contact: str
    event: Event
    applied: str = ""


class Queues(Protocol):
    def plan(self, broadcast: str, delay: float = 0) -> None: ...
    def send(self, tasks: Sequence["SendTask"], delay: float = 0) -> None: ...
    def inbox(self, items: Sequence[InboxItem]) -> None: ...
    def receipts(self, account: str, receipts: Sequence[Receipt], delay: float = 0) -> None: ...


@dataclass(frozen=True, slots=True)
class SendTask:
    """A queue message: which chunk of which account; it carries no state."""

    broadcast: str
    chunk: str
    account: str


T = TypeVar("T")

# A conversation over HTTP: it yields a Request and is given the Answer, or yields a pause in ms and is given
# None; it returns what came of it.
Steps = Generator[Request | float, Answer | None, T]


def answered(answer: Answer | None) -> Answer:
    """The answer that a conversation is given for its request."""
    if answer is None:
        raise TypeError("a request is given an answer")
    return answer


class Http(Protocol):
    def window(
        self, requests: Sequence[Request], spacing: float = 0, timeout: float = REQUEST_TIMEOUT
    ) -> list[Answer]:
        """All requests at once, the starts ``spacing`` ms apart, all over after ``timeout`` ms.

        One answer each in the same order, never an exception.
        """

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = REQUEST_TIMEOUT) -> list[T]:
        """All conversations side by side, the starts ``spacing`` ms apart; what each returned, in order.

        A request that begins ``timeout`` ms or more after the start is answered as not sent.
        """


class TooLarge(Exception):
    """The file has more bytes than are taken."""


class Downloads(Protocol):
    """Files from messengers, and from wherever they say that a file is."""

    def get(self, request: Request, own: str, limit: int, timeout: float) -> Answer:
        """The answer, of at most ``limit`` bytes, over after ``timeout`` ms.

        ``own`` is the address of the account's own messenger, which is trusted; every other one must be
        public, and gets what the request carries only from the request itself and never by a redirect.
        Raises Barred and TooLarge; an answer that does not come has a failure.
        """


class Guard(Protocol):
    """What one person, or everybody on an account, did of late; times in ms, newest first."""

    def times(self, contact: str, what: str) -> Sequence[int]: ...
    def keep(self, contact: str, what: str, times: Sequence[int]) -> None: ...
    def counted(self, account_id: str, what: str, now: int) -> int:
        """How often in the present hour."""

    def count(self, account_id: str, what: str, now: int, more: int) -> None: ...


class Gate(Protocol):
    def open(self, account_id: str, event: str, now: int) -> bool:
        """Whether this event's effect is still to be done; False if done. Raises Unfinished if in work."""

    def done(self, account_id: str, event: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Held:
    """A renewable value as all workers share it; times in ms since 1970.

    ``value`` is "" before the first fetch; ``at`` is when it was fetched, ``until`` when it runs out,
    ``forced`` when a fetch was last begun because a value had been refused. Before ``lease`` nobody else
    may fetch: somebody does, or ``trouble`` (a code) came of it, ``denied`` if the messenger refused.
    """

    value: str = field(default="", repr=False)
    at: int = 0
    until: int = 0
    forced: int = 0
    lease: int = 0
    trouble: str = ""
    denied: bool = False


class Renewables(Protocol):
    """Short-lived values by key, shared by all workers."""

    def recalled(self, key: str) -> Held | None:
        """What this process was last told; it may be out of date."""

    def get(self, key: str) -> Held: ...
    def lease(self, key: str, seen: Held, owner: str, until: int, forced: int) -> bool:
        """Whether this owner may fetch now; False if somebody fetches or has since ``seen``."""

    def put(self, key: str, owner: str, value: str, at: int, until: int) -> bool:
        """Keep what the lease's owner fetched and end the lease; False if the lease was lost."""

    def fail(self, key: str, owner: str, until: int, trouble: str, denied: bool) -> None:
        """Nobody fetches before ``until``."""


class Polls(Protocol):
    """How far each polled account has been read; only one worker reads an account at a time."""

    def lease(self, key: str, owner: str, now: int, until: int) -> str | None:
        """The cursor ("" at first), for this owner alone until then (ms); None while another has it."""

    def move(self, key: str, owner: str, before: str, cursor: str) -> bool:
        """On to the next cursor; False if the lease or the cursor is not what it was."""

    def release(self, key: str, owner: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What the business says about itself and its limits; ``cap`` in ms between marketing messages, ``caps``
    how many of them are too many, ``quiet`` when there are none at all, ``lapse`` (ms, 0: never) when an
    unused consent lapses, ``canary_wait`` (ms) how long the usual canary waits for receipts and people.
    Broadcasts to more than ``approval_above`` people (0: any number may go) need a second API key's word.
    """

    business: Business
    language: str
    zone: str
    cap: int = 0
    canary_wait: int = WAIT
    feeds_from: str = ""  # an address whose feeds are read though it is not public
    caps: tuple[Cap, ...] = ()
    lapse: int = 0
    quiet: Quiet = NEVER
    approval_above: int = 0


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a flow may touch; ``now`` gives ms since 1970, ``ticks`` a monotonic clock in ms."""

    settings: Settings
    keys: Callable[[], Keys]
    contacts: Contacts
    broadcasts: Broadcasts
    catalogue: Catalogue
    accounts: Accounts
    pacer: Pacer
    queues: Queues
    http: Http
    downloads: Downloads
    gate: Gate
    guard: Guard
    renewables: Renewables
    polls: Polls
    persons: Persons
    public_url: Callable[[], str]
    now: Callable[[], int]
    ticks: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[int], bytes]
    log: Callable[..., None] = field(default=lambda *_, **__: None)
    prices: "Callable[[], Sequence[Price]]" = field(default=lambda: ())  # what messengers charge
    webhooks: Callable[[], str] = field(default=lambda: "")  # the webhooks' own address, where they have one

    def webhook_of(self, account_id: str) -> str:
        """Where an account's messenger delivers to."""
        return f"{self.webhooks() or self.public_url()}/webhooks/{account_id}"
