"""Chunk -> whose quiet time is it? -> they wait unclaimed, everybody else is written to."""

from dataclasses import replace

from rundruf.core.chunk import Mark, marked
from rundruf.flows.attempt import Run


def settle_down(run: Run) -> None:
    """Find out who has quiet time before anybody is claimed, and mark them so.

    Whoever waits takes no place under a cap. Whom this broadcast has claimed before keeps the mark that says
    so. Where the business keeps no quiet times nobody is read.
    """
    quiet = run.services.settings.quiet
    if not quiet:
        return
    now, waiting = run.services.now(), list(run.progress.leftover())
    known = run.services.contacts.known([run.chunk.recipients[index] for index in waiting])
    asleep, marks = dict[int, int](), dict[int, Mark]()
    for index in waiting:
        contact = known.get(run.chunk.recipients[index])
        until = quiet.until(contact.zone, now) if contact else 0
        if until:
            asleep[index] = until
        if run.progress.marks[index] != Mark.RETRY:
            marks[index] = Mark.QUIET if until else Mark.PENDING
    run.asleep = asleep
    run.progress = replace(run.progress, marks=marked(run.progress.marks, marks), quiet_until=0)
