"""Event -> what the person wants, said by a button or in words."""

from rundruf.core import keywords
from rundruf.core.keywords import Command, CommandKind
from rundruf.flows.services import Services
from rundruf.messengers.contract import Event, EventKind

STOPS = (CommandKind.STOP, CommandKind.STOP_ALL)
SPOKEN = (EventKind.MESSAGE, EventKind.BUTTON, EventKind.OPENED)


def command_of(event: Event, services: Services) -> Command | None:
    """What the person wants, said by a button or in words."""
    if event.kind not in SPOKEN:
        return None
    if event.payload:
        by_button = keywords.understand_payload(event.payload)
        if by_button:
            return by_button
    if not event.text:
        return None
    topics = {one.id: tuple(one.name.values()) for one in services.catalogue.topics().values()}
    return keywords.understand(event.text, topics)
