"""Foreign unsubscribes: keyed hashes that no list gets past, and consent that ends with its proof."""

from dataclasses import replace

import pytest

from rundruf.aws.suppressions import TableSuppressions
from rundruf.core.consent import Action
from rundruf.core.contact import Claim, Identity
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.tokens import Keys
from rundruf.flows import importing, inbound
from rundruf.flows.importing import BadRow, Known, Told
from rundruf.flows.leaving import Leaving, leave, refused
from rundruf.flows.services import ClaimWish
from rundruf.flows.suppressing import Suppressed, Unwanted, checked, suppress
from rundruf.messengers import messenger
from tests.support.people import DAY, NOW
from tests.support.stack import Stack
from tests.support.world import KEYS, POINT, World

PERSON = Identity("telegram", "main", "4711")
EVERYWHERE = replace(PERSON, account="*")


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def suppressions(world: World, keys: Keys = KEYS) -> TableSuppressions:
    return TableSuppressions(world.contacts.table, lambda: keys)


def given(world: World, *unwanted: Unwanted, document: str = "old-tool.csv") -> Suppressed:
    world.at += 1000
    return suppress(unwanted, document, suppressions(world), world.accounts.ids(), world.services)


def imported(
    world: World, user_id: str = "4711", at: str = "2026-05-01T12:00:00Z", keys: Keys = KEYS
) -> Told:
    known = Known(frozenset(world.accounts.ids()), world.catalogue.topics())
    cells = {
        "messenger": "telegram", "account": "main", "user_id": user_id, "topics": "news",
        "consent_source": "form", "consent_at": at,
    }  # fmt: skip
    row = importing.checked(2, cells, known, world.now())
    (told,) = importing.store([row], world.contacts, suppressions(world, keys))
    return told


@pytest.mark.parametrize("identity", [PERSON, EVERYWHERE], ids=["one account", "all accounts"])
def test_an_import_never_brings_a_listed_person_in(world: World, identity: Identity) -> None:
    assert given(world, Unwanted(2, identity)) == Suppressed(1, 0, 0)
    told = imported(world)
    assert (told.result, told.field) == ("suppressed", "user_id")
    assert world.contacts.get(world.contacts.id_of(PERSON)) is None
    assert imported(world, "4712").result == "imported"


def test_only_a_keyed_hash_is_kept(world: World) -> None:
    given(world, Unwanted(2, Identity("whatsapp", "main", "491709998887")))
    stored = str([item for item in world.stack.items() if item["pk"]["S"].startswith("listed#")])
    assert stored.count("listed#") == 1
    assert "491709998887" not in stored


def test_a_known_persons_consent_ends_with_the_document_as_proof(world: World) -> None:
    world.person(4711, "news", "recipes")
    assert given(world, Unwanted(17, EVERYWHERE)) == Suppressed(1, 0, 1)
    assert not world.held("4711").consent.topics
    entries, _ = world.contacts.ledger(world.held("4711").id)
    fact = entries[-1].fact
    assert (fact.action, fact.source, fact.reference) == (
        Action.WITHDRAWN,
        "suppression list",
        "old-tool.csv, line 17",
    )
    assert fact.topics == ("news", "recipes")
    assert imported(world).result == "suppressed"


def test_the_same_list_again_changes_nothing(world: World) -> None:
    world.person(4711)
    given(world, Unwanted(2, PERSON), Unwanted(3, PERSON))
    before = world.stack.items()
    assert given(world, Unwanted(2, PERSON)) == Suppressed(0, 1, 0)
    assert world.stack.items() == before


def test_only_their_own_yes_in_the_chat_brings_a_person_back(world: World) -> None:
    given(world, Unwanted(2, PERSON))
    inbound.handle(world.says("4711", f"/start {POINT.code}"), world.services)
    assert world.held("4711").consent.asked == ("news",)
    assert imported(world).result == "suppressed"
    inbound.handle(world.says("4711", "yes"), world.services)
    assert world.held("4711").consent.topics == {"news"}
    assert imported(world).result == "updated"
    assert given(world, Unwanted(2, PERSON)) == Suppressed(0, 1, 0)
    assert world.held("4711").consent.topics == {"news"}, "the old list knows nothing of the new yes"


def test_a_later_unsubscribe_ends_the_new_yes(world: World) -> None:
    given(world, Unwanted(2, PERSON))
    inbound.handle(world.says("4711", f"/start {POINT.code}"), world.services)
    inbound.handle(world.says("4711", "yes"), world.services)
    world.at += DAY
    assert given(world, Unwanted(2, PERSON, world.at)) == Suppressed(0, 1, 1)
    assert imported(world).result == "suppressed"


def test_an_unsubscribe_older_than_the_consent_leaves_it(world: World) -> None:
    world.person(4711)
    assert given(world, Unwanted(2, PERSON, NOW - 9 * DAY)) == Suppressed(1, 0, 0)
    assert world.held("4711").consent.topics == {"news"}
    assert imported(world).result == "updated"


def test_the_hash_is_found_after_keys_rotate(world: World) -> None:
    given(world, Unwanted(2, PERSON))
    rotated = Keys("2", {**KEYS.secrets, "2": "n" * 64})
    assert imported(world, keys=rotated).result == "suppressed"
    assert suppressions(world, rotated).key(PERSON) == suppressions(world).key(PERSON)


def test_a_listed_and_erased_person_stays_out(world: World) -> None:
    anna = world.person(4711)
    given(world, Unwanted(2, PERSON))
    world.contacts.erase(anna.id)
    assert suppressions(world).of([PERSON])
    assert imported(world).result == "suppressed"


@pytest.mark.parametrize(
    ("code", "topics"), [("block", set()), ("131050", {"news"})], ids=["blocked", "opted out on the platform"]
)
def test_a_providers_refusal_keeps_later_imports_out(world: World, code: str, topics: set[str]) -> None:
    anna = world.person(4711)
    rules = replace(messenger("telegram").rules, platform_stop_codes=frozenset({"131050"}))
    world.at += DAY
    refused(anna.id, Outcome(OutcomeKind.WITHDRAW, code=code), rules, world.services)
    assert world.held("4711").consent.topics == topics
    world.catalogue.put_topic(replace(world.catalogue.topics()["news"], id="offers"))
    world.at += DAY
    known = Known(frozenset(world.accounts.ids()), world.catalogue.topics())
    cells = {
        "messenger": "telegram", "account": "main", "user_id": "4711", "topics": "offers",
        "consent_source": "form", "consent_at": "2026-05-28T22:00:00Z",
    }  # fmt: skip
    row = importing.checked(2, cells, known, world.now() + 30 * DAY)
    (told,) = importing.store([row], world.contacts, suppressions(world))
    assert told.result == "suppressed"


def test_a_stop_keeps_a_later_document_out(world: World) -> None:
    world.person(4711)
    leave(world.held("4711").id, Leaving(world.at, "keyword"), world.services)
    world.at += DAY
    later = imported(world, at="2026-05-29T12:00:00Z")
    assert later.result == "suppressed"


def test_who_is_listed_while_an_import_runs_is_not_let_in(world: World) -> None:
    held = suppressions(world)

    class Meanwhile:
        """The list, to which the person comes right after the import has looked."""

        def of(self, identities):  # type: ignore[no-untyped-def]
            found = held.of(identities)
            given(world, Unwanted(2, PERSON))
            return found

    known = Known(frozenset(world.accounts.ids()), world.catalogue.topics())
    cells = {
        "messenger": "telegram", "account": "main", "user_id": "4711", "topics": "news",
        "consent_source": "form", "consent_at": "2026-05-01T12:00:00Z",
    }  # fmt: skip
    (told,) = importing.store([importing.checked(2, cells, known, NOW)], world.contacts, Meanwhile())
    assert told.result == "suppressed"
    assert not world.held("4711").consent.topics


def test_the_answer_waits_for_a_message_that_is_on_its_way(world: World) -> None:
    world.person(4711)
    world.broadcast()
    world.plan()
    chunk = world.queues.sends[0]
    progress = world.broadcasts.lease(chunk.broadcast, chunk.chunk, "w", world.at, world.at + 90_000)
    assert progress is not None
    opened = replace(progress, window=(0,), opened_at=world.at, owner="w")
    world.broadcasts.write(chunk.broadcast, chunk.chunk, opened)
    claim = Claim(chunk.broadcast, chunk.chunk, 0, "a1", world.at + 2_000)
    world.contacts.claim([ClaimWish(world.held("4711").id, claim, "news")])
    began = world.at
    given(world, Unwanted(2, PERSON))
    assert world.at - began > 2_000
    assert not world.held("4711").consent.topics


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"messenger": "pigeon"}, "messenger"),
        ({"account": "elsewhere"}, "account"),
        ({"user_id": "anna"}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "1" * 201}, "user_id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"name": "Anna"}, "name"),
        ({"": "not a JSON object"}, "row"),
    ],
)
def test_a_wrong_line_is_named(cells: dict[str, str], field: str) -> None:
    good = {"messenger": "telegram", "account": "main", "user_id": "4711", "at": ""}
    assert checked(2, good, frozenset({"telegram/main"}), NOW).identity == PERSON
    with pytest.raises(BadRow) as bad:
        checked(2, good | cells, frozenset({"telegram/main"}), NOW)
    assert bad.value.field == field
