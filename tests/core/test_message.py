"""Which parts of a message may hold placeholders."""

from rundruf.core.message import Button, Media, MediaKind, Message, Template

TEMPLATE = Template(
    "autumn",
    "de",
    ("a",),
    ("first_name",),
    header="b",
    media=Media(MediaKind.IMAGE, "https://x.example/{{ name }}"),
    buttons=(Button("", reply="STOP"), Button("", url="c")),
)
MESSAGE = Message(
    "d",
    (Media(MediaKind.IMAGE, "https://x.example/a.jpg", alt="e"),),
    (Button("f", reply="MORE"), Button("g", url="h")),
    TEMPLATE,
)


def test_every_text_is_named_and_changed_where_it_stands() -> None:
    named = dict(MESSAGE.texts())
    assert named == {
        "text": "d",
        "buttons.0.label": "f",
        "buttons.1.label": "g",
        "buttons.1.url": "h",
        "media.0.alt": "e",
        "template.parameters.0": "a",
        "template.header": "b",
        "template.buttons.1.url": "c",
    }
    assert dict(MESSAGE.map(str.upper).texts()) == {name: text.upper() for name, text in named.items()}


def test_names_payloads_and_addresses_of_files_stay_as_they_are() -> None:
    changed = MESSAGE.map(str.upper)
    assert changed.template
    assert (changed.template.name, changed.template.names) == ("autumn", ("first_name",))
    assert changed.template.buttons[0] == Button("", reply="STOP")
    assert changed.template.media == TEMPLATE.media
    assert changed.media[0].url == MESSAGE.media[0].url


def test_a_message_without_template_stays_without() -> None:
    assert Message("a").map(str.upper) == Message("A")
