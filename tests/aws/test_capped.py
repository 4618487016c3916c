"""Caps and lapsed consents at the claim: still one conditional write for each person."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rundruf.aws.contacts import ClaimBodies, TableContacts, _claiming
from rundruf.aws.keys import contact as contact_key
from rundruf.aws.table import Table
from rundruf.core.caps import DAY, NO_CAPS, Cap, Caps, caps_of
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Claim, Contact
from rundruf.core.policy import Refusal
from rundruf.core.tokens import Keys
from rundruf.flows.services import ClaimedEarlier, ClaimResult, ClaimWish, TooSoon
from tests.support.memory import TABLE, Memory
from tests.support.people import ANNA, HOUR, NOW

TWO_A_DAY = Caps((Cap(2, DAY),))
YEAR = 365 * DAY


def in_memory() -> TableContacts:
    table = Table(Memory(lambda: NOW), TABLE)
    return TableContacts(table, lambda: Keys("1", {"1": "k" * 64}), lambda: NOW)


@pytest.fixture(params=["moto", "memory"])
def held(request: pytest.FixtureRequest) -> TableContacts:
    """The same on both tables, with Anna, who joined two topics a year ago."""
    store: TableContacts = in_memory() if request.param == "memory" else request.getfixturevalue("contacts")
    return joined(store)


def joined(store: TableContacts) -> TableContacts:
    grant = Fact(Action.IMPORTED, NOW - YEAR, ("news", "offers"), source="desk")
    store.enter(Contact(store.id_of(ANNA), ANNA, Consent()), [grant])
    return store


def claim(
    store: TableContacts, broadcast: str, at: int, caps: Caps = NO_CAPS, attempt: str = "a1", **more: Any
) -> ClaimResult:
    mine = Claim(broadcast, "0-0", 3, attempt, at)
    topic = str(more.pop("topic", "news"))
    (result,) = store.claim([ClaimWish(store.id_of(ANNA), mine, topic, caps=caps, **more)])
    return result


def test_no_more_than_the_cap_in_any_day(held: TableContacts) -> None:
    results = [claim(held, f"b{hour}", NOW + hour * HOUR, TWO_A_DAY) for hour in (0, 1, 2, 23, 24, 25)]
    refused = [one is Refusal.CAP for one in results]
    assert refused == [False, False, True, True, False, False]


def test_messages_from_before_there_was_a_cap_do_not_count(held: TableContacts) -> None:
    for number in range(5):
        claim(held, f"a{number}", NOW)
    assert isinstance(claim(held, "b1", NOW + 1, TWO_A_DAY), Contact)


def test_what_is_sent_again_counts_once(held: TableContacts) -> None:
    caps = Caps((Cap(1, DAY),), (Cap(1, DAY),))
    claim(held, "b1", NOW, caps)
    assert isinstance(claim(held, "b1", NOW + 1, caps, "a2", again=True), Contact)
    assert isinstance(claim(held, "b1", NOW + DAY, caps, "a3", again=True), Contact)
    assert claim(held, "b2", NOW + DAY - 1, caps) is Refusal.CAP
    assert isinstance(claim(held, "b3", NOW + DAY, caps), Contact)


def test_who_waited_without_having_been_claimed_counts_when_they_are(held: TableContacts) -> None:
    claim(held, "b0", NOW, TWO_A_DAY)
    assert isinstance(claim(held, "b1", NOW + 1, TWO_A_DAY, again=True), Contact)
    assert claim(held, "b2", NOW + 2, TWO_A_DAY) is Refusal.CAP


def test_a_broadcast_without_an_outcome_is_not_claimed_again(held: TableContacts) -> None:
    claim(held, "b1", NOW, TWO_A_DAY)
    assert isinstance(claim(held, "b1", NOW + 1, TWO_A_DAY, "a2"), ClaimedEarlier)


def test_the_same_claim_whose_answer_was_lost_is_ours(held: TableContacts) -> None:
    once = Caps((Cap(1, DAY),))
    claim(held, "b1", NOW, once)
    assert isinstance(claim(held, "b1", NOW, once), Contact)


def test_a_topics_own_cap_leaves_the_others_alone(held: TableContacts) -> None:
    caps = Caps(of_topic=(Cap(1, DAY),))
    claim(held, "b1", NOW, caps)
    assert claim(held, "b2", NOW + 1, caps) is Refusal.CAP
    assert isinstance(claim(held, "b3", NOW + 1, caps, topic="offers"), Contact)


def test_the_messengers_gap_is_waited_for_and_a_cap_is_not(held: TableContacts) -> None:
    once = Caps((Cap(1, HOUR),))
    claim(held, "b1", NOW, once)
    more: dict[str, Any] = {"cap_before": NOW, "patient": True}
    assert claim(held, "b2", NOW + 1, once, **more) is Refusal.CAP
    assert isinstance(claim(held, "b3", NOW + 1, NO_CAPS, **more), TooSoon)


def test_a_consent_that_was_not_used_has_lapsed(held: TableContacts) -> None:
    assert claim(held, "b1", NOW, lapse=YEAR) is Refusal.LAPSED
    assert isinstance(claim(held, "b1", NOW, lapse=YEAR + 1), Contact)
    assert isinstance(claim(held, "b2", NOW + YEAR - 1, lapse=YEAR), Contact)
    assert claim(held, "b3", NOW + 2 * YEAR, lapse=YEAR) is Refusal.LAPSED


CLAIMS = st.lists(st.tuples(st.integers(0, 30 * HOUR), st.integers(0, 9), st.booleans()), max_size=40)
COUNTS = st.fixed_dictionaries({"day": st.integers(0, 3), "week": st.integers(0, 5)})


@settings(max_examples=60, deadline=None)
@given(CLAIMS, COUNTS, COUNTS)
def test_however_broadcasts_follow_each_other_no_window_holds_too_many(
    wishes: list[tuple[int, int, bool]], overall: dict[str, int], of_topic: dict[str, int]
) -> None:
    store, now = joined(in_memory()), NOW
    caps, sent = Caps(caps_of(overall), caps_of(of_topic)), dict[str, int]()
    for number, (gap, broadcast, again) in enumerate(wishes):
        now += gap
        name = f"b{broadcast}"
        result = claim(store, name, now, caps, f"a{number}", again=again and name in sent)
        if isinstance(result, Contact) and name not in sent:
            sent[name] = now
    for cap in (*caps.overall, *caps.of_topic):
        for at in sent.values():
            assert sum(at <= one < at + cap.period for one in sent.values()) <= cap.most


@pytest.mark.parametrize("cap_before", [0, NOW - 5])
@pytest.mark.parametrize("lapse", [0, YEAR])
@pytest.mark.parametrize(
    "caps", [NO_CAPS, TWO_A_DAY, Caps(caps_of({"day": 1, "week": 9}), caps_of({"month": 31}))]
)
def test_the_body_that_is_made_once_says_the_same(cap_before: int, lapse: int, caps: Caps) -> None:
    table = Table(Memory(lambda: NOW), TABLE)
    bodies = ClaimBodies(table)
    for number in (1, 2):
        mine = Claim("b1", f"0-{number}", number, f"a{number}", NOW + number)
        wish = ClaimWish(f"c{number}", mine, "news", cap_before=cap_before, caps=caps, lapse=lapse)
        plain = table.update_body(contact_key(wish.contact), _claiming(wish))
        assert json.loads(bodies.body(wish)) == json.loads(json.dumps(plain))


def test_without_caps_a_claim_is_as_short_as_ever() -> None:
    table = Table(Memory(lambda: NOW), TABLE)
    wish = ClaimWish("c", Claim("b1", "0-0", 0, "a", NOW), "news")
    body = table.update_body(contact_key("c"), _claiming(wish))
    assert not [name for name in body["ExpressionAttributeNames"] if name.startswith("#s")]
    assert "lapse" not in json.dumps(body)
    assert replace(wish, again=True) != wish
