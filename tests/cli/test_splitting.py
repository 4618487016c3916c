"""`rundruf broadcast new --variant …` and `winner`: several messages to compare."""

import json
from pathlib import Path
from typing import Any

import pytest

from rundruf.api.models import BroadcastIn, ComparisonOut, RateOut, ReportFigures, SideOut, WinnerIn
from rundruf_cli import splitting
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, told

ID = made.broadcast().id
PATH = f"/v1/broadcasts/{ID}"
WHAT = ("broadcast", "new", "--name", "Soup", "--topic", "recipes", "--text", "Soup", "--button", "More=MORE")


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    for call in (PATH, f"{PATH}/winner", f"{PATH}/test", "/v1/broadcasts"):
        suite.plays(f"POST {call}", told(made.broadcast(), 201))


def sent(suite: Suite) -> BroadcastIn:
    return BroadcastIn.model_validate(suite.asked[-1].json)


def test_another_text_keeps_the_buttons_and_the_own_message_is_a_variant(run: Run, suite: Suite) -> None:
    lot = ("--test", "20", "--holdout", "5", "--winner-by", "replied", "--winner-after", "2")
    assert run(*WHAT, "--variant", "B=Stew", *lot).exit_code == 0
    body = sent(suite)
    assert [(one.name, one.message and one.message.text) for one in body.variants] == [
        ("A", None),
        ("B", "Stew"),
    ]
    assert body.variants[1].message is not None
    assert [one.label for one in body.variants[1].message.buttons] == ["More"]
    assert (body.test, body.holdout) == (20, 5)
    assert body.winner is not None
    assert (body.winner.by, body.winner.decide_after) == ("replied", 2)


def test_the_own_message_is_named_and_another_comes_from_a_file(
    run: Run, suite: Suite, tmp_path: Path
) -> None:
    (tmp_path / "long.json").write_text(json.dumps({"text": "A long story"}))
    run(*WHAT, "--variant", "short", "--variant", "long=@long.json")
    named = {one.name: one.message and one.message.text for one in sent(suite).variants}
    assert named == {"short": None, "long": "A long story"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("--variant", "B=@none.json"),
        ("--winner-after", "2"),
        ("--variant", "B=Stew", "--written-in", "de", "--translation", "en=Soup"),
    ],
)
def test_what_cannot_be_is_wrong_usage(run: Run, suite: Suite, wrong: tuple[str, ...]) -> None:
    assert run(*WHAT, *wrong).exit_code == 2
    assert suite.asked == []


def test_a_winner_is_said_by_hand(run: Run, suite: Suite) -> None:
    assert run("broadcast", "winner", ID, "B").exit_code == 0
    assert WinnerIn.model_validate(suite.asked[0].json).variant == "B"


def test_a_variant_is_tried_with_named_people(run: Run, suite: Suite) -> None:
    person = "0041vanka7p2s4t6v8q0r2m4n6"
    run("broadcast", "test", ID, person, "--variant", "B")
    assert suite.asked[0].json == {"contacts": [person], "variant": "B"}


def test_a_broadcast_tells_its_variants_and_winner(run: Run, suite: Suite) -> None:
    winner: dict[str, Any] = {
        "rule": None, "variant": "B", "at": made.NOON, "by": "hand", "key": "", "on": {}, "since": None,
        "decides": None, "first_at": None, "undecided": "",
    }  # fmt: skip
    variants = [{"name": "A"}, {"name": "B", "message": {"text": "Stew"}}]
    split = made.broadcast(variants=variants, holdout=5, test=20, winner=winner)
    suite.plays(f"GET {PATH}", told(split))
    shown = run("broadcast", "show", ID).stdout
    assert "variants A (1), B (1) · 5 % get nothing · 20 % get them first · winner B (by hand" in shown
    waiting = {**winner, "variant": "", "at": None, "by": "", "undecided": "tie"}
    suite.plays(f"GET {PATH}", told(made.broadcast(variants=variants, test=20, winner=waiting)))
    assert "no winner (tie): say it with `rundruf broadcast winner`" in run("broadcast", "show", ID).stdout


def test_a_report_tells_the_parts_and_what_may_be_said() -> None:
    counts: dict[str, Any] = dict.fromkeys(ReportFigures.model_fields, 0) | {"failed": {}, "skipped": {}}
    rate = RateOut(count=4, of=40, share=0.1, low=0.04, high=0.23)
    side = SideOut(
        part="B",
        variant="B",
        share=0.1,
        figures=ReportFigures(**counts | {"audience": 40, "sent": 40}),
        rates={"replied": rate, "read": None},
    )
    kept_out = SideOut(part="holdout", variant="", share=0.1, figures=ReportFigures(**counts), rates={})
    sentence = {"de": "Das kann Zufall sein.", "en": "That may be chance."}
    said = ComparisonOut(measure="replied", sentence=sentence, sure=False)
    shown = splitting.table(
        {
            "variants": [side.model_dump(), kept_out.model_dump()],
            "comparisons": [said.model_dump()],
        }
    )
    assert str(shown[-1]) == "replied: That may be chance."
    assert splitting.table({"variants": []}) == []
