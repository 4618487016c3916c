"""How long each class of data is kept: one table, used by every item that may die."""

from collections.abc import Mapping
from enum import Enum

DAY = 24 * 3600


class Keep(Enum):
    """Seconds from the moment of writing."""

    EVENT = 14 * DAY  # dedupe record of an inbound event, beyond every messenger's redelivery
    DELIVERY = 400 * DAY  # who was in which chunk and what became of it
    IDEMPOTENCY = 1 * DAY  # stored answers of API calls
    REMINDER = 30 * DAY
    CURSOR = 90 * DAY  # how far a polled account was read, after the last poll
    RENEWABLE = 2 * DAY  # beyond the end of a token or of public keys
    NOTICE = 400 * DAY  # what a messenger said of an account or a template
    MESSAGE_ID = 30 * DAY  # which recipient a messenger's message id belongs to

    @property
    def days(self) -> int:
        return self.value // DAY

    def until(self, now: int) -> int:
        """The TTL value (seconds since 1970) of an item written at ``now`` (ms)."""
        return now // 1000 + self.value


QUEUED = 14  # days in a dead-letter queue, as in template.yaml

# What is kept about a person, and for how many days: 0 until the person is erased, None for good.
ABOUT_PEOPLE: Mapping[str, int | None] = {
    "contact": 0,
    "ledger": 0,
    "delivery": Keep.DELIVERY.days,
    "message_id": Keep.MESSAGE_ID.days,
    "event": Keep.EVENT.days,
    "queue": QUEUED,
    "idempotency": Keep.IDEMPOTENCY.days,
    "suppression": None,
}
