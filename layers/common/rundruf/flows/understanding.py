"""Event -> what the person wants, said by a button or in words."""

from rundruf.core import keywords
from rundruf.core.keywords import LEAVING, Command, CommandKind
from rundruf.flows.leaving import Leaving
from rundruf.flows.services import Services
from rundruf.messengers.contract import Event, EventKind

STOPPED = "stop"  # how an InboxItem says that the webhook has ended consent
DELETE = "delete"  # the source of a withdrawal by somebody who wants to be erased
SPOKEN = (EventKind.MESSAGE, EventKind.BUTTON, EventKind.OPENED)


def command_of(event: Event, services: Services, language: str = "") -> Command | None:
    """What the person wants, said by a button or in words, of their language if it is known."""
    if event.kind not in SPOKEN:
        return None
    if event.payload:
        by_button = keywords.understand_payload(event.payload)
        if by_button:
            return by_button
    if not event.text:
        return None
    topics = {one.id: tuple(one.name.values()) for one in services.catalogue.topics().values()}
    return keywords.understand(event.text, topics, language or event.language)


def wish_of(command: Command | None, event: Event) -> Leaving | None:
    """What a command ends; who wants to be erased gets nothing more, whatever they answer our question."""
    if command is None or command.kind not in LEAVING:
        return None
    source = DELETE if command.kind is CommandKind.DELETE else "keyword"
    everything = command.kind is not CommandKind.STOP
    return Leaving(event.at, source, event.id, command.topic, everything)
