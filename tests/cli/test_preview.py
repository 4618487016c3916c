"""`rundruf broadcast preview` and `newsletters preview`: what people will see; translations as options."""

import json
from pathlib import Path

import pytest

from rundruf.api.models import (
    BroadcastIn,
    ButtonModel,
    PartOut,
    PreviewList,
    PreviewOut,
    ShownMedia,
    TemplateModel,
)
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, told

ID = "0c3k9f1aq8b7d2e1"
PART = PartOut(
    text="Hallo Anna\n\nAbmelden: https://r.example/u/x",
    length=42,
    limit=4096,
    unit="utf16",
    media=[ShownMedia(kind="image", url="https://example.org/soup.jpg")],
    links=[ButtonModel(label="Menu", url="https://example.org/menu.pdf")],
    buttons=[ButtonModel(label="More", reply="MORE")],
    template=None,
)
USUAL = PreviewOut(
    account="telegram/main",
    messenger="Telegram",
    language="de",
    window="any",
    shared=False,
    refusal="",
    calls=2,
    parts=[PART],
    footer="Abmelden: https://r.example/u/x",
    leave="https://r.example/u/x",
    as_text=["Shop"],
    as_link=[],
    left_out=[],
)
TEMPLATE = TemplateModel(name="autumn", language="en", parameters=["Anna"])
SHUT = USUAL.model_copy(
    update={
        "messenger": "WhatsApp",
        "window": "shut",
        "calls": 1,
        "as_text": [],
        "footer": "",
        "parts": [
            PART.model_copy(
                update={"text": "", "media": [], "links": [], "buttons": [], "template": TEMPLATE}
            )
        ],
    }
)
REFUSED = USUAL.model_copy(update={"messenger": "Messenger", "refusal": "window", "parts": [], "as_text": []})


@pytest.mark.parametrize(("group", "path"), [("broadcast", "broadcasts"), ("newsletters", "newsletters")])
def test_it_is_readable_text(run: Run, suite: Suite, group: str, path: str) -> None:
    suite.plays(f"POST /v1/{path}/{ID}/preview", told(PreviewList(previews=[USUAL, SHUT, REFUSED])))
    shown = run(group, "preview", ID).stdout
    for text in (
        "Telegram, de (2 messages)",
        "│ [image] https://example.org/soup.jpg",
        "│ Hallo Anna",
        "│ [ More ] answers MORE",
        "│ [ Menu ] https://example.org/menu.pdf",
        "42 of 4,096 utf16",
        "Buttons that become words: Shop",
        "WhatsApp, de, otherwise",
        "│ template autumn (en): Anna",
        "No footer of ours",
        "Nobody gets it: window",
    ):
        assert text in shown
    assert len(json.loads(run(group, "preview", ID, "--json").stdout)["previews"]) == 3


def test_one_person_is_named(run: Run, suite: Suite) -> None:
    suite.plays(f"POST /v1/broadcasts/{ID}/preview", told(PreviewList(previews=[])))
    result = run("broadcast", "preview", ID, "--contact", made.ANNA)
    assert suite.asked[-1].json == {"contact": made.ANNA}
    assert "There is no account" in result.stderr


def test_a_test_goes_to_named_people(run: Run, suite: Suite) -> None:
    suite.plays(f"POST /v1/broadcasts/{ID}/test", told(made.broadcast()))
    run("broadcast", "test", ID, made.ANNA)
    assert suite.asked[-1].json == {"contacts": [made.ANNA]}


def test_translations_are_texts_or_files(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays("POST /v1/broadcasts", told(made.broadcast()))
    file = tmp_path / "fr.json"
    file.write_text('{"text": "Bonjour", "buttons": [{"label": "Plus", "reply": "MORE"}]}')
    usual = ("broadcast", "new", "--name", "x", "--topic", "news", "--text", "Hallo", "--written-in", "de")
    run(*usual, "--translation", "en=Hello", "--translation", f"fr=@{file}")
    body = BroadcastIn.model_validate(suite.asked[-1].json)
    assert body.message.language == "de"
    assert {tag: one.text for tag, one in body.message.translations.items()} == {
        "en": "Hello",
        "fr": "Bonjour",
    }
    assert run(*usual, "--translation", "Hello").exit_code == 2
