"""Somebody writes -> too often? -> no automatic answer any more, and no code is looked up.

Two bots that answer each other would go on for ever, and entry codes could be guessed by trying. What ends
consent is never held up by this.
"""

from collections.abc import Sequence

from rundruf.core.caps import HOUR, MINUTE, Cap, kept, reached
from rundruf.core.contact import Contact
from rundruf.core.topic import EntryPoint
from rundruf.flows.services import Services

REPLIES = (Cap(10, MINUTE), Cap(60, HOUR))
WRONG_CODES = (Cap(10, HOUR),)
ALL_WRONG_CODES = 300  # of everybody on one account in one hour


def may_answer(contact: Contact, services: Services) -> bool:
    """Whether this person may get one more automatic answer now, which is counted if so."""
    now, times = services.now(), services.guard.times(contact.id, "replies")
    if reached(times, REPLIES, now):
        services.log("replies held back", messenger=contact.identity.messenger)
        return False
    services.guard.keep(contact.id, "replies", [now, *times][: kept(REPLIES)])
    return True


def entry_of(codes: Sequence[str], contact: Contact, services: Services) -> EntryPoint | None:
    """The entry point of this account behind one of these codes.

    None as well for somebody who guessed too often within an hour, and for everybody where too many did:
    nothing tells a right code from a wrong one then.
    """
    if not codes:
        return None
    now, account = services.now(), contact.identity.account_id
    times = services.guard.times(contact.id, "codes")
    everybody = services.guard.counted(account, "codes", now) >= ALL_WRONG_CODES
    if everybody or reached(times, WRONG_CODES, now):
        services.log("codes locked", messenger=contact.identity.messenger, everybody=everybody)
        return None
    for code in codes:
        point = services.catalogue.entry_point(code)
        if point and f"{point.messenger}/{point.account}" == account:
            return point
    wrong = [now] * len(codes)
    services.guard.keep(contact.id, "codes", [*wrong, *times][: kept(WRONG_CODES)])
    services.guard.count(account, "codes", now, len(codes))
    return None
