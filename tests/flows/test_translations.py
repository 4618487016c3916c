"""One broadcast in several languages: everybody gets it in theirs, once, and calls stay what they were."""

import json
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws import codec
from rundruf.core.chunk import LEASE, Mark
from rundruf.core.message import Block, Button, Message, Template
from rundruf.core.plan import content_of
from rundruf.flows.reporting import lines
from rundruf.flows.sending import objection
from rundruf.flows.services import Noted, Profile
from rundruf.messengers.contract import Answer, Notice, Request
from tests.flows.test_batches import GATHERED, GROUPED, pager
from tests.support.pager import ACCOUNT, registered, said
from tests.support.stack import Stack
from tests.support.world import TELEGRAM, WHATSAPP, World

HELLO = Message(
    "Hallo {{ name | default('du') }}",
    buttons=(Button("Mehr", url="https://example.org/de"),),
    language="de",
    translations=(
        Message("Hello", buttons=(Button("More", url="https://example.org/en"),), language="en"),
        Message("Bonjour", language="fr"),
    ),
)
SPOKEN = {"4711": "de-AT", "4712": "en", "4713": "fr-CA", "4714": "it", "4715": ""}
FIRST = {"4711": "Hallo du", "4712": "Hello", "4713": "Bonjour", "4714": "Hallo du", "4715": "Hallo du"}


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack, language="de")
    made.accounts.put(TELEGRAM)
    return made


def speakers(world: World, messenger: str = "telegram", **spoken: str) -> None:
    for person, language in (spoken or SPOKEN).items():
        world.person(int(person), messenger=messenger, language=language)


def test_everybody_gets_it_in_their_language_and_the_footer_too(world: World) -> None:
    speakers(world)
    world.broadcast(message=HELLO)
    world.drain()
    got = {person: world.messengers.texts(person) for person in SPOKEN}
    assert {person: texts[0].partition("\n")[0] for person, texts in got.items()} == FIRST
    assert all(len(texts) == 1 for texts in got.values())
    footers = {person: "Leave" in texts[0] for person, texts in got.items()}
    assert footers == {"4711": False, "4712": True, "4713": False, "4714": False, "4715": False}


def test_links_of_every_language_are_counted(world: World) -> None:
    speakers(world)
    made = world.broadcast(message=HELLO)
    world.drain()
    assert sorted(world.broadcasts.links(made.id).values()) == [
        "https://example.org/de",
        "https://example.org/en",
    ]


def test_the_list_of_recipients_says_who_got_which(world: World) -> None:
    speakers(world)
    made = world.broadcast(message=HELLO)
    world.drain()
    told, _ = lines(made, 0, world.services)
    assert sorted(one.language for one in told) == ["de", "de", "de", "en", "fr"]


def test_a_language_that_changes_after_the_planning_changes_nothing(world: World) -> None:
    speakers(world)
    world.broadcast(message=HELLO)
    world.plan()
    held = world.held("4712")
    world.contacts.revise(held, Profile(language="fr"))
    world.drain()
    assert world.messengers.texts("4712")[0].startswith("Hello")


def test_without_translations_nothing_is_kept_of_languages(world: World) -> None:
    speakers(world)
    world.broadcast()
    world.drain()
    progress = world.broadcasts.progress("b1", "0-0")
    assert progress is not None
    assert progress.languages == b""


def test_the_canary_and_later_chunks_keep_everybodys_language(world: World) -> None:
    for number in range(300):
        world.person(1000 + number, language=("de", "en", "fr")[number % 3])
    world.broadcast(message=HELLO)
    world.drain()
    for number in range(300):
        (text,) = world.messengers.texts(str(1000 + number))
        assert text.startswith(("Hallo", "Hello", "Bonjour")[number % 3])
    assert world.figures().sent == 300


def test_the_template_follows_the_language(stack: Stack) -> None:
    world = World(stack)
    world.accounts.put(WHATSAPP)
    for person, language in (("491700000001", "de"), ("491700000002", "en")):
        world.person(int(person), messenger="whatsapp", language=language)
    german, english = Template("herbst", "de"), Template("autumn", "en_GB")
    message = Message(
        template=german, language="de", translations=(Message(template=english, language="en"),)
    )
    world.broadcast(message=message)
    world.drain()
    sent = {
        to: (body["template"]["name"], body["template"]["language"]["code"])
        for to, body in zip(world.messengers.sent_to(), world.messengers.bodies, strict=True)
    }
    assert sent == {"491700000001": ("herbst", "de"), "491700000002": ("autumn", "en_GB")}


def test_trouble_with_the_template_of_one_language_stops_the_account(world: World) -> None:
    translation = Message(template=Template("autumn", "en"), language="en")
    message = Message(template=Template("herbst", "de"), language="de", translations=(translation,))
    made = replace(world.broadcast(), message=message)
    assert objection(Noted(Notice(1, "autumn", "en", trouble="paused")), made) == "template autumn paused"
    assert objection(Noted(Notice(1, "herbst", "de", trouble="paused")), made) == "template herbst paused"
    assert objection(Noted(Notice(1, "autumn", "de", trouble="paused")), made) == ""
    assert objection(Noted(Notice(1, "winter", "en", trouble="paused")), made) == ""
    assert objection(Noted(Notice(1, trouble="banned")), made) == "banned"


@pytest.fixture
def keyed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, pager(replace(GROUPED, retry_key=True)))
    made = World(stack)
    made.accounts.put(ACCOUNT)
    made.messengers.script = lambda number, request: said(id=f"m{number}")
    return made


SHARED = Message("Hallo", language="de", translations=(Message("Hello", language="en"),))


def test_who_speaks_the_same_shares_a_call(keyed: World) -> None:
    for number in range(10):
        keyed.person(5000 + number, messenger="pager", language="de" if number % 2 else "en")
    keyed.broadcast(message=SHARED)
    keyed.drain()
    texts = {body["text"].partition("\n")[0]: len(body["to"]) for body in keyed.messengers.bodies}
    assert texts == {"Hallo": 5, "Hello": 5}
    assert all(
        ("Verlassen" in body["text"] or "Abmelden" in body["text"]) == ("Hallo" in body["text"])
        for body in keyed.messengers.bodies
    )


def test_the_calls_of_a_dead_worker_are_the_same_whatever_people_speak_by_then(keyed: World) -> None:
    """Grouped by the language of now, two people would be in another call under another key: got it twice."""
    everyone = [
        keyed.person(5000 + at, messenger="pager", language="de" if at % 2 else "en") for at in range(6)
    ]
    keyed.broadcast(message=SHARED)
    keyed.plan()

    def dies(number: int, _: Request) -> Answer:
        if number == 1:
            raise KeyboardInterrupt
        return said(id="m")

    keyed.messengers.script = dies
    task = keyed.queues.sends[0]
    with pytest.raises(KeyboardInterrupt):
        keyed.send_one()
    keyed.messengers.script = lambda number, request: said(id="m")
    keyed.contacts.revise(everyone[0], Profile(language="de"))
    keyed.at += LEASE + 5_000
    keyed.queues.sends = [task]
    keyed.drain()
    bodies = {request.body for request in keyed.messengers.requests}
    assert len(bodies) == 2
    assert sorted(one for body in bodies for one in json.loads(body)["to"]) == [
        str(5000 + at) for at in range(6)
    ]
    assert keyed.figures().sent == 6


def test_a_whole_audience_in_one_call_gets_it_as_it_was_written(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, pager(GATHERED))
    world = World(stack)
    world.accounts.put(ACCOUNT)
    world.messengers.script = lambda number, request: said(id=f"m{number}")
    for number in range(4):
        world.person(5000 + number, messenger="pager", language="de" if number % 2 else "en")
    made = world.broadcast(message=SHARED)
    world.drain()
    (body,) = world.messengers.bodies
    assert body["text"].startswith("Hallo\n")
    assert len(body["to"]) == 4
    assert {one.language for one in lines(made, 0, world.services)[0]} == {"de"}


def test_it_is_stored_whole_and_older_items_still_read(world: World) -> None:
    message = replace(HELLO, blocks=(Block.COUPON,))
    stored: Any = json.loads(json.dumps(codec.message_out(message)))
    assert codec.message_in(stored) == message
    assert codec.message_in({"text": "Hi"}) == Message("Hi")
    assert not {"translations", "language"} & codec.message_out(Message("Hi")).keys()
    turned = stored | {"translations": dict(reversed(stored["translations"].items()))}
    assert codec.message_in(turned) == message


def test_another_translation_is_another_content(world: World) -> None:
    made = replace(world.broadcast(), message=HELLO)
    other = replace(HELLO, translations=HELLO.translations[:1])
    assert content_of(made) != content_of(replace(made, message=other))


def test_the_marks_stay_with_their_people(world: World) -> None:
    speakers(world)
    world.broadcast(message=HELLO)
    world.drain()
    progress = world.broadcasts.progress("b1", "0-0")
    assert progress is not None
    assert len(progress.languages) == len(progress.marks) == 5
    assert set(progress.marks) == {Mark.SENT}
