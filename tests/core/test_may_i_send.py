"""May I send? Person by messenger, for each purpose and content, as a table to read.

Each row is a person; each letter one messenger in the order of MESSENGERS, by its rules as they stand: ``.``
yes, else the first letter of the reason (``s`` stopped in the messenger, ``w`` window, ``q`` quiet time).
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rundruf.core.consent import FOREVER, Action, Fact
from rundruf.core.contact import Contact
from rundruf.core.message import Block, Message, MessageKind, Template
from rundruf.core.policy import Refusal, refusal
from rundruf.core.quiet import NEVER, quiet_of
from rundruf.messengers import messenger
from tests.support.people import ANNA, DAY, HOUR, NOW, contact

MESSENGERS = (
    "whatsapp", "messenger", "instagram", "line", "viber", "wechat",
    "telegram", "teams", "skype", "vkteams", "icq",
)  # fmt: skip
LETTERS = {
    ".": None, "c": Refusal.CONSENT, "p": Refusal.PAUSED, "l": Refusal.LAPSED, "s": Refusal.PLATFORM_STOP,
    "u": Refusal.UNREACHABLE, "w": Refusal.WINDOW, "a": Refusal.ADVERTISING, "r": Refusal.RETIRED,
    "q": Refusal.QUIET,
}  # fmt: skip
NIGHT = quiet_of("22:00", "08:00", "", "Europe/Berlin")  # NOW is in the night of Berlin
LAPSE = 1_000 * DAY


def after(person: Contact, *facts: Fact) -> Contact:
    consent = person.consent
    for fact in facts:
        consent = consent.after(fact)
    return replace(person, consent=consent)


JOINED = contact(ANNA, "news")
WROTE = replace(JOINED, seen=NOW - HOUR)
PEOPLE = {
    "a stranger": contact(ANNA),
    "joined": JOINED,
    "wrote": WROTE,
    "wrote long ago": replace(JOINED, seen=NOW - 3 * DAY),
    "joined another topic": replace(contact(ANNA, "offers"), seen=NOW - HOUR),
    "paused": after(WROTE, Fact(Action.PAUSED, NOW - HOUR, until=NOW + 1)),
    "paused for ever": after(WROTE, Fact(Action.PAUSED, NOW - HOUR, until=FOREVER)),
    "paused until now": after(WROTE, Fact(Action.PAUSED, NOW - HOUR, until=NOW)),
    "resumed": after(WROTE, Fact(Action.PAUSED, NOW - HOUR, until=FOREVER), Fact(Action.RESUMED, NOW - 1)),
    "unused for long": replace(WROTE, consent=replace(WROTE.consent, granted_at=NOW - LAPSE)),
    "used": replace(
        WROTE, consent=replace(WROTE.consent, granted_at=NOW - LAPSE, last_used_at=NOW - LAPSE + 1)
    ),
    "lapsed": after(WROTE, Fact(Action.LAPSED, NOW - 1, ("news",))),
    "stopped in the messenger": after(WROTE, Fact(Action.PLATFORM_STOP, NOW - 1)),
    "left": after(WROTE, Fact(Action.WITHDRAWN, NOW - 1, ("news",))),
    "left everything": after(WROTE, Fact(Action.WITHDRAWN, NOW - 1, ("news",), everything=True)),
    "objected": after(WROTE, Fact(Action.OBJECTED, NOW - 1, ("news",))),
    "unreachable": replace(WROTE, unreachable="gone"),
}
MARKETING, SERVICE, REPLY = MessageKind.MARKETING, MessageKind.TRANSACTIONAL, MessageKind.REPLY
TEXT = Message("Hello")
TEMPLATE = Message("Hello", template=Template("autumn", "de"))
REVIEW = Message("How was it?", blocks=(Block.REVIEW,))
TABLE = {
    (MARKETING, "text"): {
        "a stranger": "ccccccccrcr",
        "joined": "www....ar.r",
        "wrote": ".......ar.r",
        "wrote long ago": "www....ar.r",
        "joined another topic": "ccccccccrcr",
        "paused": "pppppppprpr",
        "paused for ever": "pppppppprpr",
        "paused until now": ".......ar.r",
        "resumed": ".......ar.r",
        "unused for long": "llllllllrlr",
        "used": ".......ar.r",
        "lapsed": "ccccccccrcr",
        "stopped in the messenger": "ssssssssrsr",
        "left": "ccccccccrcr",
        "left everything": "ccccccccrcr",
        "objected": "ccccccccrcr",
        "unreachable": "uuuuuuuurur",
    },
    (MARKETING, "template"): {
        "joined": ".ww....ar.r",
        "wrote": ".......ar.r",
        "wrote long ago": ".ww....ar.r",
        "paused": "pppppppprpr",
        "objected": "ccccccccrcr",
    },
    (MARKETING, "at night"): {
        "wrote": "qqqqqqqarqr",
        "joined": "qqqqqqqarqr",
        "paused": "pppppppprpr",
        "a stranger": "ccccccccrcr",
    },
    (SERVICE, "text"): {
        "a stranger": "www..w..r.r",
        "wrote": "........r.r",
        "wrote long ago": "www..w..r.r",
        "paused for ever": "........r.r",
        "unused for long": "........r.r",
        "lapsed": "........r.r",
        "stopped in the messenger": "........r.r",
        "left": "........r.r",
        "left everything": "ccccccccrcr",
        "objected": "........r.r",
        "unreachable": "uuuuuuuurur",
    },
    (SERVICE, "template"): {"a stranger": "..w.....r.r", "wrote long ago": "..w.....r.r"},
    (SERVICE, "at night"): {"wrote": "........r.r"},
    (SERVICE, "review"): {
        "a stranger": "ccccccccrcr",
        "wrote": ".......ar.r",
        "left": "ccccccccrcr",
        "paused": "pppppppprpr",
    },
    (REPLY, "text"): {
        "a stranger": "www..w..r.r",
        "wrote": "........r.r",
        "wrote long ago": "www..w..r.r",
        "paused for ever": "........r.r",
        "left everything": "........r.r",
        "objected": "........r.r",
        "unreachable": "........r.r",
    },
    (REPLY, "at night"): {"wrote": "........r.r"},
    (REPLY, "review"): {"left": "ccccccccrcr", "wrote": ".......ar.r"},
}
CONTENT = {"text": TEXT, "template": TEMPLATE, "at night": TEXT, "review": REVIEW}
CASES = [
    pytest.param(kind, content, who, name, letter, id=f"{kind} {content}, {who}, {name}")
    for (kind, content), rows in TABLE.items()
    for who, letters in rows.items()
    for name, letter in zip(MESSENGERS, letters, strict=True)
]


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(CASES) > 400


@pytest.mark.parametrize(("kind", "content", "who", "name", "letter"), CASES)
def test_may_i_send(kind: MessageKind, content: str, who: str, name: str, letter: str) -> None:
    quiet = NIGHT if content == "at night" else NEVER
    at = NOW + (DAY - NOW % DAY if content == "at night" else 0)
    person = PEOPLE[who]
    if content == "at night":
        person = replace(person, seen=person.seen and at - HOUR)
        if who == "paused":
            person = after(person, Fact(Action.PAUSED, NOW, until=FOREVER))
    rules = messenger(name).rules
    found = refusal(person, kind, "news", CONTENT[content], rules, at, quiet=quiet, lapse=LAPSE)
    assert found is LETTERS[letter]


@pytest.mark.parametrize(("name", "last"), [("skype", "2025-05-04T23:59"), ("icq", "2024-06-25T23:59")])
def test_a_rule_with_a_date_holds_from_that_date(name: str, last: str) -> None:
    before = int(datetime.fromisoformat(last).replace(tzinfo=UTC).timestamp() * 1000)
    person = replace(contact(ANNA, "news"), seen=before - HOUR)
    rules = messenger(name).rules
    assert refusal(person, SERVICE, None, TEXT, rules, before) is None
    assert refusal(person, SERVICE, None, TEXT, rules, before + 60_000) is Refusal.RETIRED
    assert refusal(person, SERVICE, None, TEXT, rules, before + 60_000, live=False) is None


def test_a_block_that_advertises_needs_a_topic() -> None:
    rules = messenger("telegram").rules
    for block in Block:
        message = Message("x", blocks=(block,))
        assert refusal(WROTE, SERVICE, None, message, rules, NOW) is Refusal.CONSENT
