"""What can be switched on one account while the sandbox runs: faults, receipts, rates."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Span = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]


class Refuse(BaseModel):
    """Refuse the next ``next`` sends with the messenger's own ``code``; ``status`` replaces the HTTP status
    that belongs to it, ``retry_after`` (seconds) is told with a 429. Where errors are words, ``word`` is the
    error and ``code`` the HTTP status."""

    model_config = ConfigDict(extra="forbid")

    next: int = Field(ge=0)
    code: int
    word: str = ""
    status: int | None = Field(default=None, ge=400, le=599)
    retry_after: int = Field(default=1, ge=1)


class Behaviour(BaseModel):
    """One account's switches; times in ms, shares from 0 to 1, ``rate`` in messages a second.

    ``slow_ms`` delays every answer *after* the message was taken; ``lose_answers`` takes the next n messages
    and closes the connection instead of answering. Receipt times are drawn from (from, to) after the send;
    where receipts come in batches, one leaves when it is full or ``gather_ms`` after its first.
    A fake with switches of its own has a subclass (``Fake.BEHAVIOUR``), each with a default.
    """

    model_config = ConfigDict(extra="forbid")

    rate: float = Field(gt=0)
    slow_ms: int = Field(default=0, ge=0, le=600_000)
    refuse: Refuse | None = None
    lose_answers: int = Field(default=0, ge=0)
    late_refusals: bool = False
    delivered_share: Share = 1.0
    read_share: Share = 0.6
    open_chat_share: Share = 0.0
    sent_ms: Span = (40, 150)
    delivered_ms: Span = (300, 1200)
    read_ms: Span = (1500, 5000)
    receipt_batch: int = Field(default=25, ge=1, le=1000)
    gather_ms: int = Field(default=50, ge=0, le=60_000)
    duplicate_receipts: bool = False
    reorder_receipts: bool = False
    duplicate_events: bool = False
    reorder_events: bool = False
    window_seconds: float = Field(default=86_400, ge=0)

    def refusal(self) -> Refuse | None:
        """The refusal ordered for the next send, counted down; None if there is none."""
        if self.refuse is None or self.refuse.next == 0:
            return None
        self.refuse.next -= 1
        return self.refuse

    def loses_answer(self) -> bool:
        """True if the answer of this accepted message is to be lost (counted down)."""
        if self.lose_answers == 0:
            return False
        self.lose_answers -= 1
        return True

    def restore(self, rate: float) -> None:
        """Every switch as at the start."""
        fresh = type(self)(rate=rate)
        for name in type(self).model_fields:
            setattr(self, name, getattr(fresh, name))
