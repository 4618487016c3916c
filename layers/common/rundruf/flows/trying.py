"""Canary: first chunk alone -> its end -> a while for receipts and people -> the rest goes, or all waits."""

from rundruf.core.broadcast import Broadcast
from rundruf.core.canary import FIRST, USUAL, Trial, counted, objections, reason
from rundruf.core.chunk import fresh
from rundruf.core.report import Receipts
from rundruf.flows.services import SendTask, Services
from rundruf.flows.settling import account_of_first


def weigh(found: Broadcast, services: Services) -> Broadcast:
    """The broadcast after a look at its canary; asked by the planner as often as anybody likes."""
    if not found.done and not found.settles:
        services.queues.send([SendTask(found.id, FIRST, account_of_first(found))])
        return found
    now = services.now()
    if not found.expired(now) and (not found.settles or now < found.settles):
        if found.settles:
            services.queues.plan(found.id, delay=(found.settles - now) / 1000)
        return found
    canary = found.canary or USUAL
    progress = services.broadcasts.progress(found.id, FIRST) or fresh(0)
    receipts = services.broadcasts.receipts(found.id, [FIRST]).get(FIRST, Receipts())
    tried = counted(progress.marks, receipts)
    failed = bool(objections(canary, tried)) and not found.expired(now)
    judged = services.broadcasts.judged(
        found.id, Trial.FAILED if failed else Trial.PASSED, tried, reason(canary, tried) if failed else ""
    )
    if judged:
        services.log("canary", broadcast=found.id, trial=judged.trial.value, asked=tried.asked)
    return judged or found
