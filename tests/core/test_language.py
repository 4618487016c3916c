"""Which of several languages suits a person."""

import pytest

from rundruf.core.language import best
from rundruf.core.message import Block, Message, Template

OFFERED = ["de", "en", "pt-BR", "zh-Hant", "zh-CN"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_AT", "de"),
        ("EN-gb", "en"),
        ("pt-br", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-CN", "zh-CN"),
        ("zh", "zh-Hant"),
        ("fr", None),
        ("", None),
        ("d", None),
        ("den", None),
    ],
)
def test_the_nearest_tag_suits_best(wanted: str, found: str | None) -> None:
    number = best(wanted, OFFERED)
    assert (None if number is None else OFFERED[number]) == found


def test_nobody_is_given_a_language_that_was_not_named() -> None:
    assert best("", ["", "en"]) is None


MESSAGE = Message(
    "Hallo {{ name }}",
    template=Template("herbst", "de"),
    blocks=(Block.COUPON,),
    language="de",
    translations=(Message("Hello", template=Template("autumn", "en"), language="en"),),
)


def test_everybody_gets_it_in_their_language_and_all_others_as_it_was_written() -> None:
    assert [MESSAGE.spoken(one).text for one in ("en-GB", "de-CH", "fr", "")] == [
        "Hello",
        *["Hallo {{ name }}"] * 3,
    ]
    assert not any(one.translations for one in MESSAGE.versions())
    assert Message("Hi").spoken("fr") == Message("Hi")


def test_a_translation_is_the_same_kind_of_advertising() -> None:
    assert [one.blocks for one in MESSAGE.versions()] == [(Block.COUPON,)] * 2


def test_what_is_done_to_a_message_is_done_to_its_translations() -> None:
    louder = MESSAGE.map(str.upper)
    assert [one.text for one in louder.versions()] == ["HALLO {{ NAME }}", "HELLO"]
    assert [one.language for one in louder.versions()] == ["de", "en"]
    assert ("translations.en.text", "Hello") in list(MESSAGE.texts())
