"""The token of a preflight: whole, of this broadcast, fresh, and of what was looked at."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest

from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.canary import USUAL
from rundruf.core.message import Message, MessageKind
from rundruf.core.plan import FRESH, Plan, Stale, content_of, read, signed
from rundruf.core.tokens import Keys

AT = 1_795_000_000_000
OLD = Keys("1", {"1": "a" * 64})
KEYS = Keys("2", {"1": "a" * 64, "2": "b" * 64})
FOUND = Broadcast(
    id="b1",
    name="Autumn",
    kind=MessageKind.MARKETING,
    topic="news",
    audience=Audience(any_tag=frozenset({"a", "b"}), where={"tags": {"any": ["x"]}}),
    message=Message("Hello"),
    state=State.DRAFT,
    created=AT,
    canary=USUAL,
)
PLAN = Plan(1_000, {"EUR": "113.10"}, 3, AT + 60_000, AT, content_of(FOUND), "0123456789ab")


def test_a_token_says_what_was_planned() -> None:
    assert read(KEYS, signed(KEYS, "b1", PLAN), FOUND, AT) == PLAN
    assert read(KEYS, signed(KEYS, "b1", PLAN), FOUND, AT + FRESH) == PLAN
    assert read(KEYS, signed(OLD, "b1", PLAN), FOUND, AT) == PLAN


@pytest.mark.parametrize(
    ("found", "now"),
    [
        pytest.param(FOUND, AT + FRESH + 1, id="too old"),
        pytest.param(replace(FOUND, id="b2"), AT, id="another broadcast"),
        pytest.param(replace(FOUND, message=Message("Hallo")), AT, id="another text"),
        pytest.param(replace(FOUND, audience=Audience()), AT, id="another audience"),
        pytest.param(replace(FOUND, send_at=AT + 1), AT, id="another time"),
        pytest.param(replace(FOUND, expires_at=AT + 1), AT, id="another end"),
        pytest.param(replace(FOUND, topic="recipes"), AT, id="another topic"),
        pytest.param(replace(FOUND, canary=None), AT, id="another canary"),
    ],
)
def test_a_token_starts_only_what_was_looked_at(found: Broadcast, now: int) -> None:
    with pytest.raises(Stale):
        read(KEYS, signed(KEYS, "b1", PLAN), found, now)


def test_a_name_or_a_state_changes_nothing_that_was_looked_at() -> None:
    assert content_of(replace(FOUND, name="x", state=State.SENDING, started=1)) == PLAN.content


def test_an_altered_token_is_none() -> None:
    token = signed(KEYS, "b1", PLAN)
    for at in range(len(token)):
        altered = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(Stale):
            read(KEYS, altered, FOUND, AT)


def test_only_our_keys_sign() -> None:
    key, told, mac = signed(KEYS, "b1", PLAN).split(".")
    more = urlsafe_b64decode(told + "=" * (-len(told) % 4)).replace(b"1000", b"9999")
    forged = urlsafe_b64encode(more).decode().rstrip("=")
    others = (f"{key}.{forged}.{mac}", f"3.{told}.{mac}", f"{key}.{told}.")
    for token in ("", "..", "é", "2", "x" * 3000, *others):
        with pytest.raises(Stale):
            read(KEYS, token, FOUND, AT)
