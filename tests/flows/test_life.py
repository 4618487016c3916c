"""One person's whole life with a business: told by the certificate, and gone afterwards."""

import pytest

from rundruf.core.consent import Action
from rundruf.core.contact import Identity
from rundruf.core.ledger import first_altered, replay
from rundruf.core.wording import PAYLOAD_ERASE
from rundruf.flows import inbound, receiving
from rundruf.flows.papers import Proof, certificate
from rundruf.messengers.contract import EventKind
from tests.support.stack import Stack
from tests.support.traces import traces
from tests.support.world import BUSINESS, POINT, World

ANNA = "4711"


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def hears(world: World, text: str = "", **more: object) -> None:
    """Anna says something; the webhook's part, then the inbox's."""
    world.at += 60_000
    item = world.says(ANNA, text, at=world.at, **more)  # type: ignore[arg-type]
    inbound.handle(receiving.at_once(item.account, item.event, world.services), world.services)


def lives(world: World) -> None:
    """Joins by a poster, confirms, gets two broadcasts, leaves one topic, pauses."""
    hears(world, f"Hello! {POINT.code}", code=POINT.code)
    hears(world, "YES")
    hears(world, "START recipes")
    hears(world, "yes")
    for name, topic in (("b1", "news"), ("b2", "recipes")):
        world.broadcast(f"About {topic}", name=name, topic=topic)
        world.drain()
    hears(world, "STOP recipes")
    hears(world, "PAUSE")


def proof(world: World) -> Proof:
    held = world.held(ANNA)
    entries, head = world.contacts.ledger(held.id)
    topics, zone = world.catalogue.topics(), world.services.settings.zone
    return Proof(BUSINESS, topics, held, entries, first_altered(entries, head), world.at, zone)


def test_the_certificate_tells_it_all(world: World) -> None:
    lives(world)
    shown = proof(world)
    assert [one.fact.action for one in shown.entries] == [
        Action.ASKED,
        Action.CONFIRMED,
        Action.ASKED,
        Action.CONFIRMED,
        Action.WITHDRAWN,
        Action.PAUSED,
    ]
    assert replay(shown.entries) == world.held(ANNA).consent
    for language, words in (
        ("en", ("Certificate of consent", "News", "Recipes", POINT.code)),
        ("de", ("Nachweis der Einwilligung", "Neues", "Rezepte", POINT.code)),
    ):
        page = certificate(shown, language)
        assert [word for word in words if word not in page] == []
        assert [one.number for one in shown.entries if one.hash not in page] == []
    assert len([text for text in world.messengers.texts(ANNA) if text.startswith("About")]) == 2


def test_nobody_writes_to_her_while_she_pauses_or_after_she_is_gone(world: World) -> None:
    lives(world)
    before = len(world.messengers.texts(ANNA))
    world.broadcast("Later", name="b3")
    world.drain()
    assert len(world.messengers.texts(ANNA)) == before
    assert world.figures("b3").skipped == {"paused": 1}
    contact = world.held(ANNA).id
    hears(world, "DELETE")
    hears(world, kind=EventKind.BUTTON, payload=PAYLOAD_ERASE, callback="cb")
    assert world.contacts.get(contact) is None
    assert world.contacts.ledger(contact)[0] == []
    assert world.contacts.erased([world.contacts.id_of(Identity("telegram", "main", ANNA))])
    assert traces(world.stack.items(), contact) == []
    world.broadcast("Much later", name="b4")
    world.drain()
    assert world.figures("b4").audience == 0
