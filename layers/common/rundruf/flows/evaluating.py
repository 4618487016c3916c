"""Broadcast -> chunks, receipts, clicks -> what came of it: by account, by hour, by link."""

from rundruf.core.broadcast import Broadcast
from rundruf.core.clicks import Track
from rundruf.flows.services import Services


def clicked(found: Broadcast, services: Services) -> int | None:
    """How often its links were clicked; None where that is not counted, or there is no link."""
    if found.track is Track.NONE or not found.started or not services.broadcasts.links(found.id):
        return None
    return sum(services.broadcasts.clicks(found.id).values())
