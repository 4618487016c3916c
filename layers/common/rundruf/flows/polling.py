"""Every minute -> lease -> poll -> events durable -> cursor -> next poll: messengers without webhooks.

The cursor acknowledges events, so it moves only after everything before it is durable; what comes twice
after a crash is known by its event id. One account's trouble never stops another's polls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rundruf.core.account import Account
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows.receiving import taken
from rundruf.flows.renewing import Refused, armed, fingerprint
from rundruf.flows.services import Services, Unfinished
from rundruf.messengers import UnknownMessenger, messenger
from rundruf.messengers.contract import Answer, Messenger, Poll, Polled, Reading, Request

LEASE = 90_000  # longer than the function may run
MARGIN = 5_000  # ms an answer may need beyond the time the messenger was told to wait
SEVERAL_WAIT = 3  # seconds: polls of several accounts are waited for together
LEAST_PAUSE = 1_000  # between two polls that bring nothing, whatever the messenger does with its waiting time
FIRST_PAUSE = 1_000
LONGEST_PAUSE = 30_000
_DATA_ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
_PASSING = (OutcomeKind.RETRY, OutcomeKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to; ``trouble`` is a short word by account that could not be read to its end."""

    accounts: int = 0
    polls: int = 0
    events: int = 0
    dropped: int = 0
    trouble: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Line:
    """One account that we read."""

    account: Account
    speaks: Messenger
    poll: Poll
    key: str
    cursor: str
    resume: float = 0
    pause: float = FIRST_PAUSE
    polls: int = 0
    events: int = 0
    dropped: int = 0
    trouble: str = ""
    ended: bool = False

    def wait(self, why: str, now: float, seconds: float | None = None) -> None:
        """Not again before a pause that doubles each time."""
        self.trouble, self.resume = why, now + max(self.pause, (seconds or 0) * 1000)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def end(self, why: str) -> None:
        self.trouble, self.ended = why, True

    def well(self) -> None:
        self.trouble, self.pause = "", FIRST_PAUSE


def poll(services: Services, wait: int, run: float, time_left: Callable[[], float]) -> Run:
    """Read every account of messengers that are polled, for ``run`` ms or as long as ``time_left`` says.

    ``wait`` is how many seconds a messenger may wait for something to happen before it answers.
    """
    owner, end = services.random(6).hex(), services.ticks() + min(run, time_left() - MARGIN)
    lines = list(filter(None, (_opened(one, owner, services) for one in services.accounts.ids())))
    try:
        while going := [line for line in lines if not line.ended]:
            if not _round(going, owner, services, wait, end):
                break
    finally:
        for line in lines:
            services.polls.release(line.key, owner)
    return Run(
        accounts=len(lines),
        polls=sum(line.polls for line in lines),
        events=sum(line.events for line in lines),
        dropped=sum(line.dropped for line in lines),
        trouble={line.account.id: line.trouble for line in lines if line.trouble},
    )


def _opened(account_id: str, owner: str, services: Services) -> _Line | None:
    """The account with its cursor; None where it is not polled, or is by somebody else."""
    try:
        speaks = messenger(account_id.partition("/")[0])
        if speaks.poll is None:
            return None
        account = services.accounts.get(account_id)
    except (UnknownMessenger, LookupError):
        return None
    key, now = f"{account_id}#{fingerprint(account, speaks, services)}", services.now()
    cursor = services.polls.lease(key, owner, now, now + LEASE)
    return None if cursor is None else _Line(account, speaks, speaks.poll, key, cursor)


def _round(lines: Sequence[_Line], owner: str, services: Services, wait: int, end: float) -> bool:
    """One poll of every account that is not to pause; False when the time is over."""
    now = services.ticks()
    seconds = min(wait, SEVERAL_WAIT if len(lines) > 1 else wait, int((end - now - MARGIN) // 1000))
    if seconds < min(wait, 1):
        return False
    ready = [line for line in lines if line.resume <= now]
    if not ready:
        services.sleep(max(0.0, min(*(line.resume for line in lines), end) - now) / 1000)
        return services.ticks() < end
    asked = [(line, request) for line in ready if (request := _request(line, seconds, services))]
    answers = services.http.window([request for _, request in asked], timeout=seconds * 1000 + MARGIN)
    for (line, _), answer in zip(asked, answers, strict=True):
        line.polls, line.resume = line.polls + 1, now + LEAST_PAUSE
        _heard(line, answer, owner, services)
    return True


def _request(line: _Line, seconds: int, services: Services) -> Request | None:
    try:
        account = armed(line.account, line.speaks, services)
        return line.poll.request(account, line.cursor, seconds)
    except Refused as refused:
        line.end(refused.code)
    except Unfinished:
        line.wait("token", services.ticks())
    except KeyError:
        line.end("credential_missing")
    return None


def _heard(line: _Line, answer: Answer, owner: str, services: Services) -> None:
    """Make durable what came, then move the cursor; whatever fails before that comes again."""
    if answer.failure is not None:
        return line.wait(answer.failure.value, services.ticks())
    try:
        found = line.poll.read(answer, line.account, line.cursor)
        if isinstance(found, Polled):
            _durable(line, found, services)
    except Exception as error:
        # Whatever it was, nothing is acknowledged, and other accounts go on.
        return line.wait(type(error).__name__, services.ticks())
    if isinstance(found, Outcome):
        code = found.code or found.kind.value
        if found.kind in _PASSING:
            return line.wait(code, services.ticks(), found.retry_after)
        return line.end(code)
    if found.cursor != line.cursor:
        if not services.polls.move(line.key, owner, line.cursor, found.cursor):
            return line.end("lease_lost")
        line.cursor, line.resume = found.cursor, 0
    line.events += len(found.reading.events)
    line.well()


def _durable(line: _Line, found: Polled, services: Services) -> None:
    """The reading as a webhook would take it; what of it breaks our code is dropped, and told of."""
    try:
        return taken(found.reading, line.account, services)
    except _DATA_ERRORS:
        pass
    rest = replace(found.reading, events=())
    for part in (rest, *(Reading(events=(event,)) for event in found.reading.events)):
        try:
            taken(part, line.account, services)
        except _DATA_ERRORS as error:
            line.dropped += 1
            services.log("poll dropped", account=line.account.id, error=type(error).__name__)
