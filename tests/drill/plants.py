"""What the drill does inside its own workers: small sizes, flows to be called, and the planted faults.

A planted fault is a mistake that bulk senders are known for. It lives here and nowhere else; the drill has to
catch each (tests/drill/test_plants.py).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rundruf.aws import contacts
from rundruf.core.broadcast import Broadcast, Cursor, Wish
from rundruf.core.chunk import Mark, Progress, marked
from rundruf.flows import attempt, claiming, gathering, leaving, planning, receiving, sending
from rundruf.flows.second import Made
from rundruf.flows.services import Services


def small_chunks(size: int = 16, a_commit: int = 1) -> None:
    """Chunks and commits small enough to have many of them."""
    vars(planning).update(SIZE=size, CHUNKS_A_COMMIT=a_commit)


def poisoned(person: str) -> None:
    """A message that cannot be made for one person."""
    real = vars(claiming)["outgoing"]

    def made(message: Any, contact: Any, *rest: Any, **more: Any) -> Any:
        if contact.identity.user_id == person:
            raise RuntimeError("poison")
        return real(message, contact, *rest, **more)

    vars(claiming)["outgoing"] = made


def wish(services: Services, broadcast: str, asked: str) -> str:
    """What the API does for a pause, a resume or a cancel."""
    found = planning.wish(broadcast, Wish(asked), services)
    return found.state.value if found else ""


def start(services: Services, broadcast: str) -> str:
    found = planning.start(broadcast, services)
    return found.state.value if found else ""


def marks_before_sending() -> None:
    """Mark, then send: what listmonk did; a crash loses everybody in the window."""
    real = attempt.open_window

    def opened(run: attempt.Run, window: tuple[int, ...]) -> None:
        real(run, window)
        early: Progress = replace(
            run.progress,
            marks=marked(run.progress.marks, dict.fromkeys(window, Mark.SENT)),
            window=(),
            opened_at=0,
        )
        run.progress = early
        attempt.write(run)

    for module in (sending, gathering):
        vars(module)["open_window"] = opened


def marks_after_the_chunk() -> None:
    """Nothing is written until the chunk is done and the claims are free to all: a crash sends again."""
    real_claiming = contacts._claiming

    def written(run: attempt.Run) -> None:
        del run

    vars(attempt)["write"] = written
    vars(contacts)["_claiming"] = lambda one: real_claiming(replace(one, again=True))


def consent_only_at_planning() -> None:
    """The claim forgets to ask for consent."""
    real = contacts._claiming

    def claimed(one: Any) -> Any:
        change = real(one)
        change._when = [
            condition.replace("contains(#topics, :topic)", "(attribute_exists(pk) OR #topics = :topic)")
            for condition in change._when
        ]
        return change

    vars(contacts)["_claiming"] = claimed
    vars(claiming)["policy"] = _Lenient()


class _Lenient:
    """A policy that refuses nobody."""

    @staticmethod
    def refusal(*_: Any, **__: Any) -> None:
        return None

    @staticmethod
    def window_open(*_: Any, **__: Any) -> bool:
        return True


def cursor_before_queue() -> None:
    """The cursor says that chunks are queued before they are."""
    real = planning._commit

    def committed(
        found: Broadcast,
        cursor: Cursor,
        made: Sequence[Made],
        position: Any,
        services: Services,
    ) -> Cursor:
        ahead = replace(cursor, queued=cursor.chunks + len(made))
        return real(found, ahead, made, position, services)

    vars(planning)["_commit"] = committed


def stop_without_looking() -> None:
    """The yes to a STOP comes before anybody has looked for a message on its way."""

    def at_once(*_: Any, **__: Any) -> None:
        return

    for module in (leaving, receiving):
        vars(module)["await_claims"] = at_once
