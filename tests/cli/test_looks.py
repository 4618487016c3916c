"""What is shown for a look at the whole: growth, retention, and tables on narrow terminals."""

import json
from datetime import date
from typing import Any

import pytest

from rundruf.api.models import GrowthOut, TopicIn
from rundruf.api.retention import RetentionOut
from rundruf_cli import show
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, told

GROWTH = GrowthOut.model_validate(
    {
        "topic": "recipes",
        "zone": "Europe/Berlin",
        "first": "2026-10-01",
        "last": "2026-11-23",
        "days": [
            {"day": "2026-11-02", "asked": 5, "joined": 4, "left": 1, "blocked": 0},
            {"day": "2026-11-08", "asked": 0, "joined": 2, "left": 0, "blocked": 1},
            {"day": "2026-11-09", "asked": 0, "joined": 0, "left": 3, "blocked": 0},
            {"day": "2026-11-20", "asked": 0, "joined": 0, "left": 0, "blocked": 0},
        ],
        "sources": [{"source": "K7RW2", "asked": 5, "joined": 6, "left": 1, "blocked": 1}],
        "cohorts": [
            {
                "week": "2026-10-05",
                "joined": 10,
                "after_4_weeks": 9,
                "after_8_weeks": None,
                "after_12_weeks": None,
            }
        ],
    }
)
LINE: dict[str, Any] = {
    "data": "event", "about": "what came", "days": 14, "until": "", "erased": "", "items": 3,
    "oldest": made.NOON, "overdue": 0, "removed": 0, "endless": 0,
}  # fmt: skip


def retention(**more: Any) -> RetentionOut:
    return RetentionOut.model_validate({"checked": made.NOON, "running": None, "classes": [{**LINE, **more}]})


class TestGrowth:
    @pytest.fixture(autouse=True)
    def recorded(self, suite: Suite) -> None:
        suite.plays("GET /v1/growth", told(GROWTH))

    def test_weeks_are_added_up_and_those_without_anything_left_out(self, run: Run) -> None:
        lines = run("report", "growth", "recipes").stdout.splitlines()
        weeks = [line.split() for line in lines if line.startswith("2026-11")]
        assert [week[:6] for week in weeks] == [
            ["2026-11-02", "5", "6", "1", "1", "+4"],
            ["2026-11-09", "0", "0", "3", "0", "-3"],
        ]

    def test_who_stayed_is_a_share_and_what_is_not_known_a_dash(self, run: Run) -> None:
        assert "9 (90%)" in run("report", "growth", "recipes").stdout
        assert "–" in run("report", "growth", "recipes").stdout

    def test_the_days_are_asked_for(self, run: Run, suite: Suite) -> None:
        result = run("report", "growth", "recipes", "--from", "2026-10-01", "--until", "2026-11-23", "--json")
        assert suite.asked[0].query == {"topic": "recipes", "from": "2026-10-01", "until": "2026-11-23"}
        assert json.loads(result.stdout)["first"] == str(date(2026, 10, 1))


class TestRetention:
    def test_all_is_well(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/retention", told(retention()))
        result = run("retention")
        assert result.exit_code == 0
        assert "14 days" in result.stdout
        assert json.loads(run("retention", "--json").stdout)["classes"][0]["items"] == 3

    @pytest.mark.parametrize("late", ["overdue", "endless"])
    def test_what_is_kept_too_long_ends_with_1(self, run: Run, suite: Suite, late: str) -> None:
        suite.plays("GET /v1/retention", told(retention(**{late: 1})))
        result = run("retention")
        assert result.exit_code == 1
        assert "Kept longer than it should be: event." in result.stderr


def test_one_cap_of_a_topic_is_set(run: Run, suite: Suite) -> None:
    answer = TopicIn.model_validate({"id": "recipes", "name": {"de": "Rezepte"}})
    suite.plays("POST /v1/topics", told(answer, 201))
    run("topics", "add", "recipes", "--name", "de=Rezepte", "--week", "2")
    assert suite.asked[0].json["caps"] == {"day": 0, "week": 2, "month": 0}
    run("topics", "add", "recipes", "--name", "de=Rezepte")
    assert "caps" not in suite.asked[1].json


class TestNarrow:
    ROWS = (("whatsapp/main", "Jörg Müßig", 12), ("line/main", "田中 さくら", 1_234))

    def shown(
        self, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> list[str]:
        monkeypatch.setattr(show, "PIPED_WIDTH", columns)
        show.table(("account", "name", "#people"), self.ROWS, "")
        return capsys.readouterr().out.splitlines()

    def test_a_table_that_fits_is_one(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from rich.cells import cell_len

        lines = [line.rstrip() for line in self.shown(60, capsys, monkeypatch)]
        assert len(lines) == 4
        assert len({cell_len(line) for line in (lines[0], *lines[2:])}) == 1

    def test_one_that_would_break_words_is_a_list(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = [line.rstrip() for line in self.shown(24, capsys, monkeypatch)]
        assert lines[:3] == ["account  whatsapp/main", "name     Jörg Müßig", "people   12"]
        assert "name     田中 さくら" in lines
