"""What people will see: on each messenger, in each language, and what became of what it cannot carry."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.split import Split, Variant
from rundruf.flows.previewing import Preview, previews
from rundruf.messengers import MESSENGERS
from tests.messengers.suite import CASES
from tests.support.stack import Stack
from tests.support.world import World

PICTURE = Media(MediaKind.IMAGE, "https://example.org/soup.jpg", "Suppe")
MESSAGE = Message(
    "Hallo {{ name }}, heute Suppe.",
    (PICTURE,),
    (Button("Mehr", reply="MORE"),),
    language="de",
    translations=(Message("Hello {{ name }}", language="en"),),
)


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack, language="de")


def seen(world: World, name: str, message: Message = MESSAGE, **more: Any) -> list[Preview]:
    made = replace(world.broadcast(), message=message)
    return previews(made, [CASES[name].account], world.services, **more)


def test_every_messenger_can_be_looked_at(world: World) -> None:
    made = replace(world.broadcast(), message=MESSAGE)
    told = previews(made, [case.account for case in CASES.values()], world.services)
    assert {one.account.partition("/")[0] for one in told} == set(MESSENGERS)
    for one in told:
        assert bool(one.refusal) != bool(one.parts)
    refused = {one.account.partition("/")[0] for one in told if one.refusal and one.window != "shut"}
    assert refused == {"teams", "skype", "icq", "wechat"}  # the last has no name to fill in


def test_each_language_with_its_values_its_footer_and_the_way_out(world: World) -> None:
    german, english = seen(world, "telegram")
    assert (german.language, english.language, german.window) == ("de", "en", "any")
    (part,) = german.parts
    assert part.text.startswith("Hallo Alexandra, heute Suppe.")
    assert (part.media, part.buttons) == ([PICTURE], list(MESSAGE.buttons))
    assert german.leave in german.footer
    assert english.footer.endswith(english.leave)
    assert german.footer != english.footer
    assert german.calls == 1


def test_what_a_messenger_does_not_have_becomes_words_and_links(world: World) -> None:
    (told,) = seen(world, "wechat", replace(MESSAGE, text="Suppe"))
    assert (told.as_text, told.as_link, told.left_out) == (("Mehr",), (PICTURE.url,), ())
    assert told.shared
    assert told.leave == ""
    paper = Media(MediaKind.FILE, "https://example.org/menu.pdf", "Menü")
    (told,) = seen(world, "line", Message("Suppe {{ name }}", (paper,)))
    assert told.as_link == (paper.url,)
    assert [one.label for part in told.parts for one in part.links] == ["Menü"]


def test_what_goes_to_everybody_in_one_call_names_nobody(world: World) -> None:
    (told,) = seen(world, "wechat", Message("Hallo {{ name | default('du') }}"))
    assert told.parts[0].text.startswith("Hallo du")
    (refused,) = seen(world, "wechat", Message("Hallo {{ name }}"))
    assert refused.refusal == "missing_value"


def test_outside_the_window_a_template_leaves_with_its_parameters(world: World) -> None:
    template = Template("herbst", "de", ("{{ name }}",))
    opened, shut = seen(world, "whatsapp", Message("Hallo", template=template, buttons=MESSAGE.buttons))
    assert (opened.window, shut.window) == ("open", "shut")
    assert opened.parts[0].text.startswith("Hallo")
    (part,) = shut.parts
    assert part.template is not None
    assert (part.template.name, part.template.parameters) == ("herbst", ("Alexandra",))
    assert (shut.footer, shut.leave) == ("", "")
    _, refused = seen(world, "whatsapp", Message("Hallo"))
    assert refused.refusal == "window"


def test_a_long_text_is_shown_in_its_pieces(world: World) -> None:
    (told,) = seen(world, "telegram", Message("Wort und " * 600))
    assert told.calls == len(told.parts) == 2
    assert all(len(part.text) <= 4096 for part in told.parts)


def test_counted_links_are_as_long_as_they_will_be_and_lead_nowhere_yet(world: World) -> None:
    (told,) = seen(world, "telegram", Message("https://example.org/soup"))
    assert "https://r.example/r/" in told.parts[0].text
    assert world.broadcasts.links("b1") == {}


def test_a_real_person_sees_their_own(world: World) -> None:
    world.person(4711, language="en-GB", name="Anna")
    made = replace(world.broadcast(), message=MESSAGE)
    account: Account = world.services.accounts.get("telegram/main")
    (told,) = previews(made, [account], world.services, world.held("4711"))
    assert told.language == "en"
    assert told.parts[0].text.startswith("Hello Anna")
    world.person(4712, "other")
    (told,) = previews(made, [account], world.services, world.held("4712"))
    assert told.refusal == "consent"


def test_a_value_that_is_not_known_is_shown_by_its_name(world: World) -> None:
    (told,) = seen(world, "telegram", Message("Hallo {{ city }}"))
    assert told.parts[0].text.startswith("Hallo ‹city›")


def test_nothing_is_sent(world: World) -> None:
    seen(world, "telegram")
    assert not world.messengers.requests


def test_each_variant_is_shown_and_one_person_sees_the_one_of_their_lot(world: World) -> None:
    split = Split("ab" * 16, (Variant("a", message=Message("Soup")), Variant("b", message=Message("Stew"))))
    made = replace(world.broadcast(), message=Message("Soup"), split=split)
    accounts = [CASES[name].account for name in ("telegram", "wechat")]
    told = previews(made, accounts, world.services)
    assert [(one.variant, one.parts[0].text[:4]) for one in told] == [("a", "Soup"), ("b", "Stew")]
    world.person(4711)
    held = world.held("4711")
    (mine,) = previews(made, [world.services.accounts.get("telegram/main")], world.services, held)
    assert mine.variant == split.part(held.id)
