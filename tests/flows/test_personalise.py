"""Everybody gets the message with their own values, never with somebody else's, never with a hole in it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.placeholders import BadPlaceholder
from rundruf.flows.personalise import MissingValue, Personaliser

GREETING = Message(text="Hello {{ name | default('there') }}!")
STRICT = Message(text="Hello {{ name }}!")


def text_for(message: Message, **values: str) -> str:
    return Personaliser().personalise(message, values).text


def test_values_are_filled_in_everywhere() -> None:
    message = Message(
        text="Hello {{ name }} 🍲\n",
        media=(Media(MediaKind.IMAGE, "https://m.example/a.png", alt="For {{ name }}"),),
        buttons=(
            Button("Hi {{ name }}", reply="MORE"),
            Button("Shop", url="https://x.example/?n={{ name }}"),
        ),
        template=Template("autumn", "de", ("{{ name }}", "fixed")),
    )
    assert Personaliser().personalise(message, {"name": "Zoë"}) == Message(
        text="Hello Zoë 🍲\n",
        media=(Media(MediaKind.IMAGE, "https://m.example/a.png", alt="For Zoë"),),
        buttons=(Button("Hi Zoë", reply="MORE"), Button("Shop", url="https://x.example/?n=Zo%C3%AB")),
        template=Template("autumn", "de", ("Zoë", "fixed")),
    )


def test_a_message_without_placeholders_stays_as_it_is() -> None:
    message = Message(
        text="50 % <b>off</b> & more {x} }} \n", buttons=(Button("A", url="https://a.example/?q=1"),)
    )
    assert Personaliser().personalise(message, {"x": "y"}) is message


@pytest.mark.parametrize(
    "blank", ["", " ", "\t\n", "\u00a0", "\u200b", "\u3164", "\u2800", "\u202e\u202c", "\ufeff \u200d"]
)
def test_the_default_stands_for_values_of_which_nothing_would_be_seen(blank: str) -> None:
    assert text_for(GREETING, name=blank) == "Hello there!"


def test_the_default_stands_for_a_value_that_does_not_exist() -> None:
    assert text_for(GREETING) == "Hello there!"


@pytest.mark.parametrize("values", [{}, {"name": ""}, {"name": "  "}, {"name": "\u200b"}, {"Name": "Anna"}])
def test_without_default_a_missing_value_is_named(values: dict[str, str]) -> None:
    with pytest.raises(MissingValue) as caught:
        Personaliser().personalise(STRICT, values)
    assert caught.value.name == "name"


def test_one_use_with_a_default_does_not_excuse_another_without() -> None:
    with pytest.raises(MissingValue):
        text_for(Message(text="{{ name | default('you') }} {{ name }}"))


@pytest.mark.parametrize(
    "name",
    [
        "{{7*7}}",
        "{{ city }}",
        "{% raw %}",
        "{# x #}",
        "{0.__class__}",
        "%s %(x)s",
        "<b>Anna</b> & Co",
        "*bold* _it_ `code` [link](https://x.example)",
        "$name ${name}",
        "\\n",
        "None",
        'O\'Neil "Bo"',
    ],
)
def test_values_are_text_and_never_templates(name: str) -> None:
    assert text_for(STRICT, name=name, city="Köln") == f"Hello {name}!"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (" Anna  Maria ", "Anna  Maria"),
        ("Anna\r\nBcc: x", "Anna Bcc: x"),
        ("An\x00na", "An na"),
        ("\u202eannA\u202c", "annA"),
        ("\u2067Anna", "Anna"),
        ("Anna\ud800", "Anna"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_values_cannot_break_the_text_around_them(value: str, shown: str) -> None:
    assert text_for(STRICT, name=value) == f"Hello {shown}!"


@given(st.text(max_size=40))
def test_any_value_is_shown_or_missed_but_never_an_error(value: str) -> None:
    assert text_for(GREETING, name=value).startswith("Hello ")
    assert text_for(GREETING, name=value) != "Hello !"


def test_a_value_in_a_link_stays_one_part_of_it() -> None:
    message = Message(buttons=(Button("Go", url="https://x.example/?n={{ name }}&c=1"),))
    (button,) = Personaliser().personalise(message, {"name": "a&c=2#/../?é"}).buttons
    assert button.url == "https://x.example/?n=a%26c%3D2%23%2F..%2F%3F%C3%A9&c=1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ name | upper }}", "ANNA MARIA"),
        ("{{ name | lower }}", "anna maria"),
        ("{{ name | title }}", "Anna Maria"),
        ("{{ name | capitalize }}", "Anna maria"),
        ("{{ name | trim }}", "aNNa maria"),
        ("{{ nick | default('you') | upper }}", "YOU"),
    ],
)
def test_filters_change_the_value(text: str, expected: str) -> None:
    assert text_for(Message(text=text), name="aNNa maria") == expected


@pytest.mark.parametrize("name", ["range", "dict", "debug", "namespace", "template_name", "cycler", "lipsum"])
def test_no_name_means_something_of_the_template_library(name: str) -> None:
    assert text_for(Message(text=f"{{{{ {name} | default('nothing') }}}}")) == "nothing"
    assert text_for(Message(text=f"{{{{ {name} }}}}"), **{name: "mine"}) == "mine"


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% for x in y %}", "{{ name"])
def test_a_message_that_was_never_checked_is_refused(text: str) -> None:
    with pytest.raises(BadPlaceholder):
        text_for(Message(text=text))


def test_people_do_not_get_each_others_values() -> None:
    personaliser = Personaliser()
    message = Message(text="{{ name | default('?') }} {{ city | default('?') }}")
    people = [{"name": "A"}, {"city": "B"}, {}, {"name": "C", "city": "D"}]
    texts = [personaliser.personalise(message, one).text for one in people]
    assert texts == ["A ?", "? B", "? ?", "C D"]


def test_one_personaliser_serves_several_messages() -> None:
    personaliser = Personaliser()
    for text in ("a {{ x }}", "b {{ x }}", "c", "a {{ x }}"):
        assert personaliser.personalise(Message(text=text), {"x": "1"}).text == text.replace("{{ x }}", "1")


def test_a_refused_message_does_not_stay_behind() -> None:
    personaliser = Personaliser()
    bad = Message(text="{{ 1 }}")
    for _ in range(2):
        with pytest.raises(BadPlaceholder):
            personaliser.personalise(bad, {})
    assert personaliser.personalise(GREETING, {}).text == "Hello there!"


def test_a_very_long_message_is_filled() -> None:
    text = "{{ name }} " * 2000
    assert text_for(Message(text=text), name="A") == "A " * 2000


def test_a_short_message_takes_less_than_thirty_microseconds() -> None:
    personaliser = Personaliser()
    message = Message(
        text="Hello {{ name | default('there') }}, new recipes for {{ city }} 🍲",
        buttons=(Button("More", reply="MORE"),),
    )
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for number in range(500):
            personaliser.personalise(message, {"name": f"Anna {number}", "city": "Köln"})
        rounds.append(time.process_time() - began)
    assert min(rounds) / 500 <= 30e-6
