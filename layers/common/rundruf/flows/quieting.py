"""Chunk -> whose time is it not? -> they wait unclaimed, everybody else is written to.

It is not somebody's time while they have quiet time, or before the broadcast's time on their own clock.
"""

from dataclasses import replace

from rundruf.core.chunk import Mark, marked
from rundruf.core.local_time import moment
from rundruf.flows.attempt import Run


def settle_down(run: Run) -> None:
    """Find out whose time has not come before anybody is claimed, and mark them so.

    Whoever waits takes no place under a cap. Whom this broadcast has claimed before keeps the mark that says
    so. Where the business keeps no quiet times, and the broadcast has no local time, nobody is read.
    """
    quiet = run.services.settings.quiet
    if not quiet and not run.broadcast.local_time:
        return
    now, waiting = run.services.now(), list(run.progress.leftover())
    known = run.services.contacts.known([run.chunk.recipients[index] for index in waiting])
    asleep, marks = dict[int, int](), dict[int, Mark]()
    for index in waiting:
        contact = known.get(run.chunk.recipients[index])
        comes = _comes(run, contact.zone) if contact else 0
        until = quiet.until(contact.zone, now) if contact else 0
        if comes > now or until:
            asleep[index] = max(comes, until)
        if run.progress.marks[index] != Mark.RETRY:
            marks[index] = Mark.LATER if comes > now else Mark.QUIET if until else Mark.PENDING
    run.asleep = asleep
    run.progress = replace(run.progress, marks=marked(run.progress.marks, marks), quiet_until=0)


def _comes(run: Run, zone: str) -> int:
    """When (ms) the broadcast's time is in this zone; 0 where it has none."""
    local = run.broadcast.local_time
    return moment(local, zone, run.services.settings.zone) if local else 0
