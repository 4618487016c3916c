"""What may stand in double braces, and what is said about everything else before anybody gets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.placeholders import BadPlaceholder, Placeholder, names, problems

KNOWN = ("name", "city")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello", []),
        ("", []),
        ("Hello {{ name }}", [("name", False)]),
        ("Hello {{name}}!", [("name", False)]),
        ("{{ name | default('there') }}", [("name", True)]),
        ('{{ name|default("there") }}', [("name", True)]),
        ("{{ name | default('you all') | title }}", [("name", True)]),
        ("{{ name | default('it\"s') | title | trim }}", [("name", True)]),
        ("{{ name | upper }} {{ city | lower | trim }}", [("name", False), ("city", False)]),
        ("{{ a }}{{ a }}", [("a", False), ("a", False)]),
        ("{{ first_name2 }}", [("first_name2", False)]),
        ("{ name } and }} and { {", []),
        ("100 % {off}", []),
        ("{{ name | default('Straße 🍲') }}", [("name", True)]),
    ],
)
def test_placeholders_are_read_in_order(text: str, expected: list[tuple[str, bool]]) -> None:
    assert list(names(text)) == [Placeholder(*one) for one in expected]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ 7*7 }}", "not a placeholder"),
        ("{{ name.__class__ }}", "not a placeholder"),
        ("{{ name['x'] }}", "not a placeholder"),
        ("{{ f() }}", "not a placeholder"),
        ("{{ 'text' }}", "not a placeholder"),
        ("{{ }}", "not a placeholder"),
        ("{{}}", "not a placeholder"),
        ("{{ name | safe }}", "not a placeholder"),
        ("{{ name | title | default('x') }}", "not a placeholder"),
        ("{{ name | default('x') | default('y') }}", "not a placeholder"),
        ("{{ name | default }}", "not a placeholder"),
        ("{{ name | default() }}", "not a placeholder"),
        ("{{ name | default(other) }}", "not a placeholder"),
        ("{{ name | default('x', true) }}", "not a placeholder"),
        ("{{ name | default('a\\'b') }}", "not a placeholder"),
        ("{{ name or 'x' }}", "not a placeholder"),
        ("{{ name if x }}", "not a placeholder"),
        ("{{- name -}}", "not a placeholder"),
        ("{{ first name }}", "not a placeholder"),
        ("{{ first-name }}", "not a placeholder"),
        ("{{ straße }}", "not a placeholder"),
        ("{{ name\n}}", "not a placeholder"),
        ("{{{ name }}}", "not a placeholder"),
        ("{{ {{ name }} }}", "not closed"),
        ("{{ name", "not closed"),
        ("{{ name }", "not closed"),
        ("Hello {{", "not closed"),
        ("{{ name | default('') }}", "default of {{ name }} is empty"),
        ("{{ name | default('  ') }}", "default of {{ name }} is empty"),
        ("{{ none }}", "none cannot be the name"),
        ("{{ True }}", "True cannot be the name"),
        ("{{ self }}", "self cannot be the name"),
        ("{{ loop }}", "loop cannot be the name"),
        ("{{ name | default(‘there’) }}", "typographic quotation marks"),
        ("{{ name | default(„da“) }}", "typographic quotation marks"),
        ("{% if name %}x{% endif %}", "{% … %} is not possible"),
        ("{% raw %}", "{% … %} is not possible"),
        ("{# note #}", "{# … #} is not possible"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong_and_what_to_do(text: str, says: str) -> None:
    with pytest.raises(BadPlaceholder) as caught:
        names(text)
    assert says in caught.value.what
    assert caught.value.fix
    assert str(caught.value) == f"{caught.value.what} {caught.value.fix}"


def test_a_long_mistake_is_shown_in_part() -> None:
    with pytest.raises(BadPlaceholder) as caught:
        names("{{ " + "x " * 5000 + "}}")
    assert len(str(caught.value)) < 300


@given(st.text(alphabet="{}%# |'\"()nameдefault.", max_size=60))
def test_every_text_is_either_read_or_refused(text: str) -> None:
    try:
        found = names(text)
    except BadPlaceholder:
        return
    assert len(found) == text.count("{{")


def test_a_name_without_value_and_default_is_a_problem_of_its_field() -> None:
    message = Message(
        text="Hello {{ nmae }}, {{ name }} {{ nick | default('you') }}",
        media=(Media(MediaKind.IMAGE, "https://m.example/a.png", alt="For {{ who }}"),),
        buttons=(Button("Go {{ where }}", url="https://x.example/?q={{ what }}"),),
        template=Template("autumn", "de", ("{{ name }}", "{{ none_such }}")),
    )
    found = dict(problems(message, KNOWN))
    assert sorted(found) == [
        "buttons.0.label",
        "buttons.0.url",
        "media.0.alt",
        "template.parameters.1",
        "text",
    ]
    assert found["text"] == (
        "There is no value for {{ nmae }}; known are city, name. "
        "Correct the name or give a default: {{ nmae | default('…') }}."
    )


def test_a_name_is_complained_about_once_a_field() -> None:
    assert len(problems(Message(text="{{ x }} {{ x }} {{ y }}"), KNOWN)) == 2


def test_a_bad_placeholder_is_a_problem_of_its_field() -> None:
    ((field, sentence),) = problems(Message(text="{{ 7*7 }}"), KNOWN)
    assert field == "text"
    assert "{{ 7*7 }} is not a placeholder." in sentence


def test_a_message_with_known_names_and_defaults_has_no_problem() -> None:
    message = Message(
        text="Hello {{ name }} from {{ town | default('here') }}",
        buttons=(Button("Shop", url="https://shop.example/a?n={{ name }}"), Button("More", reply="MORE")),
    )
    assert problems(message, KNOWN) == ()


def test_nothing_known_is_said_so() -> None:
    ((_, sentence),) = problems(Message(text="{{ x }}"), ())
    assert "known are no names" in sentence


@pytest.mark.parametrize(
    "url",
    [
        "{{ name }}",
        "https://{{ name }}",
        "https://{{ name }}.example/",
        "https://a.example{{ name }}/",
        "ftp://a/{{ name }}",
    ],
)
def test_a_link_must_name_its_host_before_any_placeholder(url: str) -> None:
    ((field, sentence),) = problems(Message(buttons=(Button("Go", url=url),)), KNOWN)
    assert field == "buttons.0.url"
    assert "https://" in sentence


def test_the_address_of_a_picture_cannot_hold_placeholders() -> None:
    message = Message(media=(Media(MediaKind.IMAGE, "https://m.example/{{ name }}.png"),))
    assert [field for field, _ in problems(message, KNOWN)] == ["media.0.url"]
