"""Mistakes that bulk senders are known for, to be found by the machine (tests/stateful/test_plants.py)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.contacts import TableContacts
from rundruf.aws.table import Change, Table
from rundruf.core import policy
from rundruf.core.broadcast import Broadcast, Cursor
from rundruf.core.chunk import Chunk, Mark, marked
from rundruf.core.policy import Refusal
from rundruf.core.report import Figures, Receipts
from rundruf.flows import attempt, leaving, receiving, reporting, sending

Plant = Callable[[pytest.MonkeyPatch], None]


def claims_again_and_again(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether this broadcast has claimed a person before."""
    claim, claiming = TableContacts.claim, TableContacts.claiming
    patch.setattr(
        TableContacts, "claim", lambda self, wishes: claim(self, [replace(one, again=True) for one in wishes])
    )
    patch.setattr(TableContacts, "claiming", lambda self, wish: claiming(self, replace(wish, again=True)))
    patch.setattr(attempt, "left_open", lambda *_: Mark.PENDING)


def marks_before_sending(patch: pytest.MonkeyPatch) -> None:
    """Everybody of a window counts as sent before anybody is."""
    real = attempt.open_window

    def opened(run: attempt.Run, window: tuple[int, ...]) -> None:
        real(run, window)
        marks = marked(run.progress.marks, dict.fromkeys(window, Mark.SENT))
        run.progress = replace(run.progress, marks=marks, window=(), opened_at=0)
        attempt.write(run)

    patch.setattr(sending, "open_window", opened)


def stops_without_looking(patch: pytest.MonkeyPatch) -> None:
    """The yes to a STOP does not wait for a message on its way."""
    for module in (leaving, receiving):
        patch.setattr(module, "await_claims", lambda *_: None)


def asks_only_at_planning(patch: pytest.MonkeyPatch) -> None:
    """Consent counts as it was when the chunks were made."""
    when, refusal = Change.when, policy.refusal

    def unasked(self: Change, condition: str, **values: Any) -> Change:
        if "contains(#topics" in condition:
            return when(self, "attribute_exists(pk)")
        return when(self, condition, **values)

    def unrefused(*told: Any) -> Refusal | None:
        refused = refusal(*told)
        return None if refused is Refusal.CONSENT else refused

    patch.setattr(Change, "when", unasked)
    patch.setattr(policy, "refusal", unrefused)


class _Torn(Table):
    """The first step of a transaction comes before the others."""

    def transact(self, steps: Iterable[dict[str, Any]]) -> None:
        first, *others = steps
        super().transact([first])
        if others:
            super().transact(others)


def cursor_before_chunks(patch: pytest.MonkeyPatch) -> None:
    """The planner's position is kept before the chunks are."""
    real = TableBroadcasts.commit

    def commit(
        self: TableBroadcasts, broadcast: str, cursor: Cursor, chunks: list[Chunk], marks: dict[str, bytes]
    ) -> None:
        torn = TableBroadcasts(_Torn(self.table.aws, self.table.name), self.now)
        real(torn, broadcast, cursor, chunks, marks)

    patch.setattr(TableBroadcasts, "commit", commit)


def counts_receipts(patch: pytest.MonkeyPatch) -> None:
    """Every receipt counts, also one that came before."""
    report, figures = TableBroadcasts.report, reporting.figures

    def key(broadcast: str) -> dict[str, str]:
        return {"pk": f"counted#{broadcast}", "sk": "counted"}

    def reported(self: TableBroadcasts, broadcast: str, chunk: str, told: Receipts) -> None:
        report(self, broadcast, chunk, told)
        self.table.update(key(broadcast), Change().add(arrived=len(told.arrived)))

    def figured(found: Broadcast, services: Any) -> dict[str, Figures]:
        whole = dict(figures(found, services))
        counted = services.broadcasts.table.get(key(found.id)) or {"arrived": 0}
        for each in whole.values():
            each.delivered = counted["arrived"] if each.delivered else 0
        return whole

    patch.setattr(TableBroadcasts, "report", reported)
    patch.setattr(reporting, "figures", figured)


PLANTS: tuple[Plant, ...] = (
    claims_again_and_again,
    marks_before_sending,
    stops_without_looking,
    asks_only_at_planning,
    cursor_before_chunks,
    counts_receipts,
)
