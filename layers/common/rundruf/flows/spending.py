"""Chunk -> its end -> it holds no more of the budget than was spent."""

from rundruf.core.broadcast import Broadcast
from rundruf.core.chunk import Progress
from rundruf.flows.services import SendTask, Services


def booked(task: SendTask, found: Broadcast, progress: Progress, services: Services) -> None:
    """Give back what the chunk did not need, once its marks are written down.

    A crash in between leaves too much held, never too little, and the chunk comes again.
    """
    if found.budget is None:
        return
    held = services.broadcasts.hold(task.broadcast, task.chunk)
    if held is None:
        return
    spent = held.holding(progress.marks)
    if spent != held:
        services.broadcasts.write(task.broadcast, task.chunk, progress)
        services.broadcasts.keep_hold(found.purse, task.broadcast, task.chunk, spent, held)
