"""A newsletter: a message that goes out again and again, or once, at its time."""

from dataclasses import dataclass

from rundruf.core.audience import Audience
from rundruf.core.message import Message


@dataclass(frozen=True, slots=True)
class Newsletter:
    """``cron`` (five fields) in the IANA zone ``zone``, or ``at`` (ms) for once; ``next_at`` 0: none left."""

    id: str
    name: str
    topic: str
    audience: Audience
    message: Message
    cron: str = ""
    zone: str = "UTC"
    at: int = 0
    next_at: int = 0
    paused: bool = False
    created: int = 0
    language: str = "de"
