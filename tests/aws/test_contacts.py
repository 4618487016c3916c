"""Contacts in the table: consent with its proof, claims, the index, erasure."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws.contacts import TableContacts
from rundruf.aws.table import Table
from rundruf.core.audience import Audience
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import SHARDS, Claim, Contact
from rundruf.core.ledger import first_altered, replay
from rundruf.core.policy import Refusal
from rundruf.flows.services import Changed, ClaimedEarlier, ClaimWish, Erased, Profile, Seek
from tests.aws.conftest import Clock
from tests.support.people import ANNA, BEN, DAY, HOUR, NOW, wrote
from tests.support.stack import Stack

GRANT = Fact(Action.IMPORTED, NOW - DAY, ("news",), source="desk", reference="form 7")
STOP = Fact(Action.WITHDRAWN, NOW, ("news",), source="keyword")


def joined(contacts: TableContacts) -> Contact:
    contact = Contact(contacts.id_of(ANNA), ANNA, Consent())
    return contacts.enter(contact, [GRANT], Profile(name="Anna", tags=frozenset({"vegan"})))


EVERYBODY = Seek("news", Audience())


def indexed(contacts: TableContacts, seek: Seek = EVERYBODY) -> list[str]:
    """Whom the index shows of those that are sought, as the planner looks at it."""
    pages = [contacts.page(ANNA.account_id, shard, "", seek) for shard in range(SHARDS)]
    found = [candidate for page in pages for candidate in page.candidates]
    return [candidate.id for candidate in found if seek.audience.takes(seek.topic, candidate)]


def wish(contacts: TableContacts, broadcast: str, attempt: str = "a1", **more: int | bool) -> ClaimWish:
    claim = Claim(broadcast, "0-0", 3, attempt, NOW + len(broadcast))
    return ClaimWish(contacts.id_of(ANNA), claim, "news", **more)  # type: ignore[arg-type]


def test_the_same_identity_has_one_id_that_tells_nothing(contacts: TableContacts) -> None:
    assert contacts.id_of(ANNA) == contacts.id_of(replace(ANNA))
    assert contacts.id_of(ANNA) != contacts.id_of(BEN)
    assert ANNA.user_id not in contacts.id_of(ANNA)


def test_consent_and_its_proof_are_stored_together(contacts: TableContacts) -> None:
    contact = joined(contacts)
    held = contacts.get(contact.id)
    entries, head = contacts.ledger(contact.id)
    assert held is not None
    assert held.consent == replay(entries)
    assert (held.name, held.tags) == ("Anna", frozenset({"vegan"}))
    assert first_altered(entries, head) is None
    assert indexed(contacts) == [contact.id]


def test_a_stale_view_cannot_change_consent(contacts: TableContacts) -> None:
    stale = joined(contacts)
    contacts.enter(stale, [STOP])
    with pytest.raises(Changed):
        contacts.enter(stale, [GRANT])
    entries, _ = contacts.ledger(stale.id)
    assert [entry.fact.action for entry in entries] == [Action.IMPORTED, Action.WITHDRAWN]


def test_a_new_contact_is_not_made_twice(contacts: TableContacts) -> None:
    joined(contacts)
    with pytest.raises(Changed):
        joined(contacts)


def test_who_left_is_out_of_the_audience_but_still_a_contact(contacts: TableContacts) -> None:
    contact = contacts.enter(joined(contacts), [STOP])
    assert indexed(contacts) == []
    held = contacts.get(contact.id)
    assert held is not None
    assert held.consent.topics == frozenset()


def test_meeting_somebody_opens_the_window_and_keeps_consent(contacts: TableContacts) -> None:
    contact = joined(contacts)
    contacts.unreachable(contact.id, "gone")
    met = contacts.meet(contacts.id_of(ANNA), ANNA, wrote(ANNA, NOW + HOUR, language="de"))
    assert (met.seen, met.unreachable, met.name, met.language) == (NOW + HOUR, "", "Anna", "de")
    assert met.consent.topics == {"news"}
    assert contacts.meet(contacts.id_of(ANNA), ANNA, wrote(ANNA, NOW)).seen == NOW + HOUR


def test_meeting_a_stranger_makes_a_contact_without_consent(contacts: TableContacts) -> None:
    met = contacts.meet(contacts.id_of(BEN), BEN, wrote(BEN, NOW, name="Ben", language="en"))
    assert (met.name, met.seen, met.consent) == ("Ben", NOW, Consent())
    assert contacts.enter(met, [replace(GRANT, action=Action.ASKED)]).consent.asked == ("news",)


def test_a_claim_is_given_once_for_a_broadcast(contacts: TableContacts) -> None:
    joined(contacts)
    (first,) = contacts.claim([wish(contacts, "b1")])
    (second,) = contacts.claim([wish(contacts, "b1", "a2")])
    assert isinstance(first, Contact)
    assert isinstance(second, ClaimedEarlier)


def test_a_claim_whose_answer_was_lost_is_known_as_ones_own(contacts: TableContacts) -> None:
    joined(contacts)
    contacts.claim([wish(contacts, "b1")])
    (again,) = contacts.claim([wish(contacts, "b1")])
    assert isinstance(again, Contact)


def test_the_last_four_claims_are_kept_newest_first(contacts: TableContacts) -> None:
    joined(contacts)
    for number in range(5):
        (claimed,) = contacts.claim([wish(contacts, f"b{number}")])
    assert isinstance(claimed, Contact)
    assert [claim.broadcast for claim in claimed.claims] == ["b4", "b3", "b2", "b1"]


def test_what_was_definitely_not_sent_may_be_claimed_again(contacts: TableContacts) -> None:
    joined(contacts)
    contacts.claim([wish(contacts, "b1")])
    (again,) = contacts.claim([wish(contacts, "b1", "a2", again=True)])
    assert isinstance(again, Contact)


def test_nobody_is_claimed_after_a_stop(contacts: TableContacts) -> None:
    contacts.enter(joined(contacts), [STOP])
    assert contacts.claim([wish(contacts, "b1"), wish(contacts, "b1", again=True)]) == [Refusal.CONSENT] * 2


def test_nobody_is_claimed_during_a_pause(contacts: TableContacts) -> None:
    until = NOW + DAY
    contacts.enter(joined(contacts), [Fact(Action.PAUSED, NOW, until=until, source="keyword")])
    assert contacts.claim([wish(contacts, "b1"), wish(contacts, "b1", again=True)]) == [Refusal.PAUSED] * 2
    early, over = (replace(wish(contacts, "b2").claim, at=at) for at in (until - 1, until))
    assert contacts.claim([replace(wish(contacts, "b2"), claim=early)]) == [Refusal.PAUSED]
    (claimed,) = contacts.claim([replace(wish(contacts, "b2"), claim=over)])
    assert isinstance(claimed, Contact)
    assert claimed.consent.last_used_at == until


def test_the_new_words_of_the_ledger_are_the_state(contacts: TableContacts) -> None:
    held = joined(contacts)
    for fact in (
        Fact(Action.PAUSED, NOW, until=NOW + DAY),
        Fact(Action.LAPSED, NOW, ("news",)),
        Fact(Action.OBJECTED, NOW + 1),
        Fact(Action.RESUMED, NOW + 2),
        Fact(Action.CONFIRMED, NOW + 3, ("news",)),
    ):
        contacts.enter(held, [fact])
        stored = contacts.get(held.id)
        assert stored is not None
        assert stored.consent == replay(contacts.ledger(held.id)[0])
        held = stored
    assert (held.consent.paused_until, held.consent.lapsed, held.consent.objected) == (0, (), False)


def test_nobody_is_claimed_after_erasure(contacts: TableContacts) -> None:
    contacts.erase(joined(contacts).id)
    assert contacts.claim([wish(contacts, "b1")]) == [Refusal.ERASED]


def test_the_cap_refuses_a_second_broadcast_too_soon(contacts: TableContacts) -> None:
    joined(contacts)
    contacts.claim([wish(contacts, "b1")])
    assert contacts.claim([wish(contacts, "b22", cap_before=NOW)]) == [Refusal.CAP]
    (late,) = contacts.claim([wish(contacts, "b22", cap_before=NOW + DAY)])
    assert isinstance(late, Contact)


def test_when_the_table_fails_there_is_no_claim(contacts: TableContacts, stack: Stack) -> None:
    joined(contacts)
    stack.client("dynamodb").delete_table(TableName=stack.table)
    assert contacts.claim([wish(contacts, "b1")]) == [None]


def test_the_contact_item_stays_below_a_kilobyte(contacts: TableContacts, stack: Stack) -> None:
    contact = Contact(contacts.id_of(ANNA), ANNA, Consent())
    fact = replace(GRANT, topics=("news", "offers", "recipes"))
    profile = Profile(
        "Anna-Katharina Schmidt-Hohenfels",
        "de",
        "Europe/Berlin",
        frozenset({"vegan", "köln"}),
        {"city": "Köln"},
    )
    contacts.enter(contact, [fact], profile)
    for number in range(5):
        contacts.claim([wish(contacts, f"0123456789abc{number}", "deadbeef")])
    item = next(one for one in stack.items() if one["sk"]["S"] == "contact")
    size = sum(
        len(name.encode()) + len(str(next(iter(value.values()))).encode()) for name, value in item.items()
    )
    assert size < 1024


def test_erasing_leaves_only_a_keyed_hash_and_keeps_out(contacts: TableContacts, stack: Stack) -> None:
    contact = joined(contacts)
    assert contacts.erase(contact.id)
    assert not contacts.erase(contact.id)
    (left,) = stack.items()
    assert ANNA.user_id not in str(left)
    assert "Anna" not in str(left)
    assert contacts.erased([contacts.id_of(ANNA)])
    assert not contacts.erased([contacts.id_of(BEN)])


def test_what_was_said_before_an_erasure_that_found_nothing_stores_nobody(
    contacts: TableContacts, clock: Clock
) -> None:
    """They were erased, wrote, and were erased again before what they wrote was handled."""
    me = joined(contacts).id
    contacts.erase(me)
    clock.at += 2 * HOUR
    assert not contacts.erase(me)
    with pytest.raises(Erased):
        contacts.meet(me, ANNA, wrote(ANNA, clock.at - HOUR))
    assert contacts.meet(me, ANNA, wrote(ANNA, clock.at + HOUR)).stored


def test_an_erasure_at_the_moment_of_storing_wins(
    contacts: TableContacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, real = contacts.id_of(ANNA), contacts.table.update

    def late(*asked: Any) -> Any:
        monkeypatch.setattr(contacts.table, "update", real)
        assert not contacts.erase(me)
        return real(*asked)

    monkeypatch.setattr(contacts.table, "update", late)
    with pytest.raises(Erased):
        contacts.meet(me, ANNA, wrote(ANNA, NOW - HOUR))
    assert contacts.get(me) is None


def test_who_joined_later_is_left_out(contacts: TableContacts, clock: Clock) -> None:
    clock.at = NOW + 77
    contact = joined(contacts)
    assert indexed(contacts, Seek("news", Audience(), NOW + 76)) == []
    assert indexed(contacts, Seek("news", Audience(), NOW + 77)) == [contact.id]


@pytest.mark.parametrize(
    "audience",
    [
        Audience(any_tag=frozenset({"vegan", "regular"})),
        Audience(all_tags=frozenset({"vegan", "regular"})),
        Audience(no_tag=frozenset({"vegan"})),
        Audience(languages=("en", "de")),
        Audience(languages=("fr",)),
        Audience(attributes={"city": "Köln"}),
        Audience(attributes={"city": "Köln", "shop": "Nord"}),
        Audience(languages=("de",), any_tag=frozenset({"vegan"}), attributes={"shop": "Nord"}),
    ],
)
@pytest.mark.parametrize("topic", ["news", "offers"])
def test_the_index_shows_all_that_an_audience_asks_of_people(
    contacts: TableContacts, audience: Audience, topic: str
) -> None:
    profiles = (
        Profile(),
        Profile(tags=frozenset({"vegan"}), language="de", attributes={"city": "Köln"}),
        Profile(tags=frozenset({"vegan", "regular"}), attributes={"city": "Köln", "shop": "Nord"}),
        Profile(tags=frozenset({"vegan"}), language="de", attributes={"shop": "Nord"}),
        Profile(language="en", attributes={"city": "Bonn"}),
    )
    people = []
    for number, profile in enumerate(profiles):
        identity = replace(ANNA, user_id=f"49170000{number}")
        fact = replace(GRANT, topics=("news", "offers") if number % 2 else ("news",))
        contact = contacts.enter(Contact(contacts.id_of(identity), identity, Consent()), [fact], profile)
        people.append(contacts.get(contact.id))
    meant = [one.id for one in people if one and audience.takes(topic, one.candidate())]
    assert sorted(indexed(contacts, Seek(topic, audience))) == sorted(meant)


def test_pages_go_on_where_they_ended(contacts: TableContacts, table: Table) -> None:
    contact = joined(contacts)
    shards = [one for one in range(SHARDS) if contacts.page(ANNA.account_id, one, "", EVERYBODY).candidates]
    assert contacts.page(ANNA.account_id, shards[0], contact.id, EVERYBODY).candidates == []


def test_a_person_is_found_under_any_id_they_were_seen_with(contacts: TableContacts) -> None:
    contact = joined(contacts)
    hidden = replace(ANNA, user_id="DE.1349")
    assert contacts.find(hidden) != contact.id
    assert contacts.find(ANNA, ["DE.1349"]) == contact.id
    assert contacts.find(hidden) == contact.id
    contacts.erase(contact.id)
    assert contacts.erased([contacts.id_of(hidden)])
    assert contacts.erased([contacts.id_of(ANNA)])


def test_a_person_first_seen_without_a_number_stays_the_same_with_it(contacts: TableContacts) -> None:
    hidden = replace(ANNA, user_id="DE.1349")
    first = contacts.find(hidden)
    contacts.meet(first, hidden, wrote(hidden, NOW))
    assert contacts.find(ANNA, ["DE.1349"]) == first
    assert contacts.find(ANNA) == first


def test_an_erasure_that_stood_still_leaves_alone_who_came_back(
    contacts: TableContacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two erase at once; the slower one goes on after the person has joined again."""
    me = contacts.id_of(ANNA)
    contacts.meet(me, ANNA, wrote(ANNA, NOW))
    real = contacts._remove

    def slow(item: dict[str, object], joined: bool = True) -> None:
        monkeypatch.setattr(contacts, "_remove", real)
        contacts.erase(me)
        monkeypatch.setattr(contacts, "now", lambda: NOW + HOUR)
        contacts.meet(me, ANNA, wrote(ANNA, NOW + HOUR))
        real(item, joined)

    monkeypatch.setattr(contacts, "_remove", slow)
    contacts.erase(me)
    assert contacts.get(me) is not None


def test_an_import_that_was_begun_before_an_erasure_brings_nobody_back(contacts: TableContacts) -> None:
    me = contacts.id_of(ANNA)
    unknown = Contact(me, ANNA, Consent())
    contacts.erase(me)
    with pytest.raises(Changed):
        contacts.enter(unknown, [Fact(Action.IMPORTED, NOW, ("news",), source="desk")])
    assert contacts.get(me) is None


def test_somebody_who_joined_again_is_not_erased_before_they_have_left_again(contacts: TableContacts) -> None:
    contact = joined(contacts)
    with pytest.raises(Changed):
        contacts.erase(contact.id, joined=False)
    held = contacts.get(contact.id)
    assert held is not None
    assert held.consent == contact.consent
    assert contacts.erase(contact.id)
