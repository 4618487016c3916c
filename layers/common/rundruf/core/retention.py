"""How long each class of data is kept: one table, used by every item that may die."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

DAY = 24 * 3600


class Keep(Enum):
    """Seconds from the moment of writing."""

    EVENT = 14 * DAY  # dedupe record of an inbound event, beyond every messenger's redelivery
    DELIVERY = 400 * DAY  # who was in which chunk and what became of it
    IDEMPOTENCY = 1 * DAY  # stored answers of API calls
    REMINDER = 30 * DAY
    GUARD = 1 * DAY  # when somebody wrote or guessed of late
    CURSOR = 90 * DAY  # how far a polled account was read, after the last poll
    RENEWABLE = 2 * DAY  # beyond the end of a token or of public keys
    NOTICE = 400 * DAY  # what a messenger said of an account or a template
    MESSAGE_ID = 30 * DAY  # which recipient a messenger's message id belongs to
    QUOTA = 62 * DAY  # how many of an account's counted calls are used up
    AUDIT = 5 * 365 * DAY  # who did what through the API: as long as a consent must be provable (UWG 7a)

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
    "audit": Keep.AUDIT.days,
    "suppression": None,
}


@dataclass(frozen=True, slots=True)
class DataClass:
    """What the table keeps under keys that begin like ``keys`` ("partition|sort key").

    ``days`` is how long from writing (the item's TTL), None for what has no time of its own; ``until`` says
    what ends it then. ``erased`` is what erasing a person does with it.
    """

    name: str
    keys: tuple[str, ...]
    days: int | None
    about: str
    until: str = ""
    erased: str = "nothing of a person in it"


HASHED = "stays; it names the person only by the keyed hash that leads to nobody any more"
CLASSES = (
    DataClass(
        "contact", ("c#|contact",), None, "profile, consent, last four claims", "erasure", "removed, at last"
    ),
    DataClass(
        "ledger",
        ("c#|ledger#",),
        None,
        "every consent entry with its proof; the archive outside of the table holds it too",
        "erasure",
        "removed, from the archive too: erasure goes before proof",
    ),
    DataClass("alias", ("alias#|",), None, "further ids of a person, as keyed hashes", "erasure", "removed"),
    DataClass(
        "person",
        ("person#|",),
        None,
        "which contacts are one human, as keyed hashes, where the business said so",
        "erasure",
        "the contact is removed from it, and it goes with the last one",
    ),
    DataClass(
        "suppression",
        ("suppressed#|",),
        None,
        "that somebody was erased, as a keyed hash",
        "for good",
        "written first: all that is left",
    ),
    DataClass(
        "suppression list",
        ("listed#|",),
        None,
        "that somebody unsubscribed elsewhere, as a keyed hash",
        "for good",
        "stays, so that no list brings the person back",
    ),
    DataClass(
        "delivery",
        ("b#|",),
        Keep.DELIVERY.days,
        "chunks: who was in a broadcast and what became of it",
        erased=HASHED,
    ),
    DataClass(
        "figures",
        ("link#|", "clicks#|", "sum#|", "growth#|"),
        Keep.DELIVERY.days,
        "figures of broadcasts and topics, where links lead, and how often they were clicked in each hour",
    ),
    DataClass(
        "message id",
        ("message#|",),
        Keep.MESSAGE_ID.days,
        "which place in a chunk a messenger's message id belongs to",
        erased="stays; it leads to a place in a chunk, as above",
    ),
    DataClass(
        "event",
        ("event#|",),
        Keep.EVENT.days,
        "that an event was dealt with, as a keyed hash of its id",
        erased="stays; it leads to nobody",
    ),
    DataClass(
        "guard",
        ("c#|guard#", "guard#|"),
        Keep.GUARD.days,
        "when somebody, or everybody on an account, wrote or guessed too much",
        erased="removed",
    ),
    DataClass(
        "idempotency",
        ("idempotency|", "given#|"),
        Keep.IDEMPOTENCY.days,
        "answers of the API; those about a person hold only the contact's number",
        erased=HASHED,
    ),
    DataClass(
        "audit",
        ("audit#|",),
        Keep.AUDIT.days,
        "who did what through the API, and to which contact's number",
        erased=HASHED,
    ),
    DataClass("reminder", ("due|",), None, "what has its time", "it is done, or 30 days after its time"),
    DataClass(
        "feed issue",
        ("feed#|slot#",),
        Keep.REMINDER.days,
        "what was made of a feed for one slot",
    ),
    DataClass("quota", ("quota#|",), Keep.QUOTA.days, "used up calls of an account"),
    DataClass("renewable", ("renewable#|",), None, "short-lived tokens", "two days after their end"),
    DataClass("poll", ("poll#|",), Keep.CURSOR.days, "how far an account was read"),
    DataClass("notice", ("notice#|",), Keep.NOTICE.days, "what a messenger said of an account or template"),
    DataClass("pace", ("pace#|",), None, "when an account may send next", "the account is deleted"),
    DataClass(
        "settings",
        (
            "account|",
            "segment|",
            "topic|",
            "entry|",
            "newsletter|",
            "issues#|",
            "feed#|state",
            "broadcast|",
            "key|",
            "setting|",
        ),
        None,
        "what the business made: senders, topics, entry points, messages, API keys; how far a feed was read",
        "it is deleted",
    ),
)
OTHER = "unknown"


def class_of(pk: str, sk: str) -> DataClass | None:
    """The class of an item by its key; None for one that nobody has thought of."""
    for one in CLASSES:
        for begins in one.keys:
            partition, _, sort = begins.partition("|")
            whole = pk.startswith(partition) if partition.endswith("#") else pk == partition
            if whole and sk.startswith(sort):
                return one
    return None
