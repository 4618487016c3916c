"""Dead letters -> what is each, and is it worth another try? -> back into its queue, away, or to a person.

Sending back is always safe, however old a letter is: chunks are known by their progress, people by their
claims, events by the messenger's id, receipts by being marks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rundruf.core.broadcast import ACTIVE
from rundruf.flows.services import SendTask, Services


@dataclass(frozen=True, slots=True)
class Letter:
    """A queue message that was given up; ``at`` is when it was first sent (ms), ``tries`` how often it came.

    ``task`` names the chunk of a message of ``send``, ``broadcast`` the broadcast of one of ``plan``,
    ``contact`` the person of one of ``inbox``; ``readable`` is False where a message is none of its queue.
    """

    queue: str
    id: str
    at: int
    tries: int = 0
    task: SendTask | None = None
    broadcast: str = ""
    contact: str = ""
    readable: bool = True
    body: str = field(default="", repr=False)
    handle: str = field(default="", repr=False)
    group: str = ""
    dedupe: str = ""


class Fate(StrEnum):
    """What becomes of a letter when the dead letters are sent back."""

    AGAIN = "again"  # back into its queue
    OVER = "over"  # thrown away: nothing is left to do
    KEPT = "kept"  # left where it is: a person has to look


class Post(Protocol):
    """The dead letters of all queues, which nobody else sees while somebody has taken them."""

    def queues(self) -> Sequence[str]: ...
    def take(self, queue: str, most: int) -> Sequence[Letter]: ...
    def put_back(self, letters: Sequence[Letter]) -> None: ...
    def send_again(self, letter: Letter) -> None: ...
    def remove(self, letter: Letter) -> None: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A letter, what becomes of it, and why, as a word that ``sentence`` explains."""

    letter: Letter
    fate: Fate
    reason: str


def letters(post: Post, services: Services, queues: Iterable[str], most: int) -> tuple[list[Judged], bool]:
    """Up to so many letters of these queues with their fates, and whether there are more. Changes nothing."""
    found: list[Judged] = []
    more = False
    for queue in queues:
        taken = post.take(queue, most + 1 - len(found))
        post.put_back(taken)
        more = more or len(found) + len(taken) > most
        found += [judged(letter, services) for letter in taken[: most - len(found)]]
    return found, more


def redrive(
    post: Post, services: Services, queues: Iterable[str], most: int, chosen: frozenset[str] = frozenset()
) -> tuple[list[Judged], bool]:
    """Send back up to so many letters (only the ``chosen`` ids, if any), and say whether there are more.

    Each is sent before it is removed: a crash in between makes two of it, which does no harm.
    """
    done: list[Judged] = []
    more = False
    for queue in queues:
        taken = post.take(queue, most - len(done))
        more = more or len(done) + len(taken) >= most
        for letter in sorted(taken, key=lambda one: one.at):
            found = judged(letter, services)
            if found.fate is Fate.KEPT or (chosen and letter.id not in chosen):
                post.put_back([letter])
                continue
            if found.fate is Fate.AGAIN:
                post.send_again(letter)
            post.remove(letter)
            done.append(found)
    return done, more


def judged(letter: Letter, services: Services) -> Judged:
    """What a letter is worth now."""
    if letter.queue == "tick":
        return Judged(letter, Fate.OVER, "tick")
    if not letter.readable or letter.queue == "archive":
        return Judged(letter, Fate.KEPT, "unreadable" if not letter.readable else letter.queue)
    if letter.task:
        return Judged(letter, *_of_chunk(letter.task, services))
    if letter.broadcast:
        found = services.broadcasts.get(letter.broadcast)
        ended = found is None or found.state not in ACTIVE
        return Judged(letter, Fate.OVER if ended else Fate.AGAIN, "ended" if ended else "plan")
    return Judged(letter, Fate.AGAIN, letter.queue)


def _of_chunk(task: SendTask, services: Services) -> tuple[Fate, str]:
    found = services.broadcasts.get(task.broadcast)
    progress = services.broadcasts.progress(task.broadcast, task.chunk) if found else None
    if found is None or progress is None:
        return Fate.OVER, "gone"
    if progress.done or found.state.ended:
        return Fate.OVER, "ended"
    if found.state not in ACTIVE or task.account in found.stopped:
        return Fate.OVER, "waits"
    untouched = not any(progress.marks) and not progress.window and not progress.attempts
    return Fate.AGAIN, "never_started" if untouched else "under_way"


_SENTENCES = {
    "never_started": (
        "Dieser Teil eines Rundrufs hat nie begonnen; er wird wieder eingereiht.",
        "This part of a broadcast never began; it is queued again.",
    ),
    "under_way": (
        "Dieser Teil eines Rundrufs war in Arbeit; er geht weiter, wo er stehen blieb. Von wem niemand weiß, "
        "ob er die Nachricht hat, der zählt als unbekannt.",
        "This part of a broadcast was under way; it goes on where it stopped. People of whom nobody knows "
        "whether they got the message count as unknown.",
    ),
    "ended": (
        "Der Rundruf oder dieser Teil ist zu Ende; es ist nichts mehr zu tun.",
        "The broadcast or this part of it has ended; nothing is left to do.",
    ),
    "waits": (
        "Der Rundruf oder das Konto ist angehalten; das Fortsetzen reiht alles Offene wieder ein.",
        "The broadcast or the account is stopped; resuming queues again all that is open.",
    ),
    "gone": (
        "Diesen Rundruf gibt es nicht (mehr).",
        "There is no such broadcast (any more).",
    ),
    "plan": (
        "Ein Rundruf soll geplant oder fortgesetzt werden; das wird wieder eingereiht.",
        "A broadcast is to be planned or to go on; that is queued again.",
    ),
    "inbox": (
        "Was eine Person schrieb; es wird wieder eingereiht. Ein STOP war schon gebucht.",
        "What a person wrote; it is queued again. A STOP was booked already.",
    ),
    "receipts": (
        "Zustellberichte; sie werden wieder eingereiht.",
        "Receipts; they are queued again.",
    ),
    "tick": (
        "Ein Minutentakt, der misslang; der nächste hat ihn nachgeholt.",
        "A minute tick that failed; the next one made up for it.",
    ),
    "archive": (
        "Einwilligungen, die nicht archiviert wurden; siehe „Archive“ in der Betriebsanleitung.",
        "Consents that were not archived; see \"Archive\" in the operations manual.",
    ),
    "unreadable": (
        "Diese Nachricht ist keine von uns; jemand muss sie ansehen.",
        "This message is none of ours; somebody has to look at it.",
    ),
}  # fmt: skip


def sentence(reason: str) -> dict[str, str]:
    """The explanation by language."""
    german, english = _SENTENCES[reason]
    return {"de": german, "en": english}
