"""`rundruf broadcast`: made, started, watched to its end."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rundruf.api.models import (
    BroadcastIn,
    BroadcastLine,
    BroadcastList,
    BudgetIn,
    BudgetOut,
    CanaryOut,
    CostOut,
    FallbackOut,
    LocalOut,
    OwnCostOut,
    PreflightOut,
    StoppedOut,
    WaveOut,
)
from rundruf.core.clicks import Track
from rundruf.core.stopping import Stop, Why, sentence
from rundruf_cli import figures
from rundruf_cli.watching import Pace, duration
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, problem, told

ID = made.broadcast().id
PATH = f"/v1/broadcasts/{ID}"
LEAST = ("--name", "Autumn", "--topic", "recipes", "--text", "Hello")


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    suite.plays("POST /v1/broadcasts", told(made.broadcast("planning"), 202))
    suite.plays(f"GET {PATH}", told(made.broadcast()))


def body(suite: Suite) -> BroadcastIn:
    """What was posted, as the API reads it."""
    return BroadcastIn.model_validate(suite.asked[0].json)


class TestShown:
    def test_list(self, run: Run, suite: Suite) -> None:
        line = BroadcastLine(
            id=ID, name="Autumn", topic="recipes", state="sending", created=made.NOON, newsletter=""
        )
        suite.plays("GET /v1/broadcasts", told(BroadcastList(broadcasts=[line], cursor="more")))
        result = run("broadcast", "list")
        assert ID in result.stdout
        assert "--all" in result.stderr
        assert json.loads(run("broadcast", "list", "--json").stdout)["cursor"] == "more"

    def test_list_all(self, run: Run, suite: Suite) -> None:
        line = BroadcastLine(id=ID, name="A", topic="t", state="draft", created=made.NOON, newsletter="")
        first = told(BroadcastList(broadcasts=[line], cursor="more"))
        suite.plays("GET /v1/broadcasts", first, told(BroadcastList(broadcasts=[line], cursor=None)))
        shown = json.loads(run("broadcast", "list", "--all", "--json").stdout)
        assert (len(shown["broadcasts"]), shown["cursor"]) == (2, None)

    def test_show_has_every_figure(self, run: Run) -> None:
        shown = run("broadcast", "show", ID).stdout
        assert "2,000 = 1,180 sent + 3 failed + 57 skipped + 0 unknown + 0 expired + 760 pending  ✓" in shown
        assert "62%" in shown
        assert "failed: gone 2, bad 1" in shown
        assert "skipped: consent 50, cap 7" in shown
        assert "clicked not reported" in shown
        assert "chunks 5 of 8" in shown
        assert "whatsapp" in shown

    def test_show_as_json_is_the_apis_answer(self, run: Run) -> None:
        shown = json.loads(run("broadcast", "show", ID, "--json").stdout)
        assert shown == made.broadcast().model_dump(mode="json")

    def test_figures_that_do_not_balance_are_said(self, run: Run, suite: Suite) -> None:
        suite.plays(f"GET {PATH}", told(made.broadcast(figures=made.figures(sent=1))))
        assert "these figures do not balance!" in run("broadcast", "show", ID).stdout

    def test_a_broadcast_without_people_is_shown(self, run: Run, suite: Suite) -> None:
        nobody = made.figures(audience=0, sent=0, failed={}, skipped={}, pending=0)
        suite.plays(
            f"GET {PATH}", told(made.broadcast("draft", figures=nobody, by_messenger={}, started=None))
        )
        assert "0 of 0" in run("broadcast", "show", ID).stdout

    def test_preflight(self, run: Run, suite: Suite) -> None:
        people = {"whatsapp/main": 1500, "telegram/main": 500}
        preflight = PreflightOut(
            audience=2000,
            chunks=8,
            by_account=people,
            seconds_at_limit={"whatsapp/main": 18.8, "telegram/main": 20},
            notes={"whatsapp/main": "No marketing to the USA"},
            skipped_now={"advertising": 3},
            warnings={"quiet": {"de": "12 haben Ruhezeit", "en": "12 people have quiet time now"}},
        )
        suite.plays(f"POST {PATH}/preflight", told(preflight))
        printed = run("broadcast", "preflight", ID)
        shown = printed.stdout
        assert "3 would not get it (advertising)" in printed.stderr
        assert "quiet: 12 people have quiet time now" in printed.stderr
        assert "1,500" in shown
        assert "No marketing to the USA" in shown
        assert "0:20" in shown
        assert json.loads(run("broadcast", "preflight", ID, "--json").stdout)["chunks"] == 8

    def test_a_preflight_tells_who_gets_it_when(self, run: Run, suite: Suite) -> None:
        waves = [WaveOut(at=made.NOON, people=7)]
        local = LocalOut(first=made.NOON, last=made.NOON, passed=0, waves=waves)
        seen = PreflightOut(audience=7, chunks=1, by_account={}, seconds_at_limit={}, local=local)
        suite.plays(f"POST {PATH}/preflight", told(seen))
        assert "from" in run("broadcast", "preflight", ID).stdout

    def test_a_draft_is_looked_at_before_it_starts(self, run: Run, suite: Suite) -> None:
        preflight = PreflightOut(
            audience=2000,
            chunks=8,
            by_account={"whatsapp/main": 2000},
            seconds_at_limit={"whatsapp/main": 25},
            warnings={"price": {"de": "Preis", "en": "The price table has no price for 500 people"}},
            messages=4000,
            messages_each={"whatsapp/main": 2},
            cost=[CostOut(amount="113.10", currency="EUR")],
            unpriced=500,
            own_cost=OwnCostOut(amount="0.011960", currency="USD", source="counted"),
            finishes=made.NOON,
            token="1.abc.def",
        )
        suite.plays(f"GET {PATH}", told(made.broadcast("draft")))
        suite.plays(f"POST {PATH}/preflight", told(preflight))
        for verb, status in (("start", 202), ("approve", 200)):
            suite.plays(f"POST {PATH}/{verb}", told(made.broadcast("planning"), status))
            asked = run("broadcast", verb, ID)
            assert asked.exit_code == 2
            assert "--yes" in asked.stderr
            assert not [one for one in suite.asked if one.call == f"POST {PATH}/{verb}"]
            result = run("broadcast", verb, ID, "--yes")
            assert result.exit_code == 0
            for said in ("4,000", "113.10 EUR + unknown for 500 of them", "about 0.01 USD", "0:25"):
                assert said in result.stdout
            assert "no price for 500 people" in result.stderr
            assert suite.asked[-1].json == {"token": "1.abc.def"}
            only = json.loads(run("broadcast", verb, ID, "--yes", "--json").stdout)
            assert only["state"] == "planning"

    @pytest.mark.parametrize("wish", ["start", "pause", "resume", "cancel"])
    def test_wishes(self, run: Run, suite: Suite, wish: str) -> None:
        suite.plays(f"POST {PATH}/{wish}", told(made.broadcast("paused", reason="asked"), 202))
        assert "paused" in run("broadcast", wish, ID).stdout
        assert json.loads(run("broadcast", wish, ID, "--json").stdout)["reason"] == "asked"

    def test_stopped_accounts_and_the_canary_are_told(self, run: Run, suite: Suite) -> None:
        stop = Stop(Why.TOKEN, "401", 0)
        stopped = StoppedOut(
            account="telegram/main", why="token", code="401", at=None, sentence=sentence(stop, "Telegram")
        )
        canary = CanaryOut(state="failed", asked=256, people_failed=31, people_blocked=0, people_left=1)
        suite.plays(f"GET {PATH}", told(made.broadcast("canary", stopped=[stopped], canary=canary)))
        shown = " ".join(run("broadcast", "show", ID).stdout.split())
        assert "telegram/main is stopped: Telegram does not accept this account's credentials" in shown
        assert "canary failed · of 256 asked 31 failed, 0 had blocked, 1 left" in shown

    def test_whoever_waits_for_their_own_time_is_told(self, run: Run, suite: Suite) -> None:
        sending = made.broadcast("sending", local_time="2031-12-24T18:00")
        sending.figures.quiet, sending.figures.quiet_until = 7, made.NOON
        suite.plays(f"GET {PATH}", told(sending))
        shown = run("broadcast", "show", ID).stdout
        assert "at 2031-12-24 18:00 on everybody's own clock" in shown
        assert "or their own time: 7, the first until" in shown

    def test_a_budget_is_shown(self, run: Run, suite: Suite) -> None:
        limit = BudgetOut(amount="50.00", currency="EUR", held="12.34")
        suite.plays(f"GET {PATH}", told(made.broadcast("sending", budget=limit)))
        assert "budget 50.00 EUR · of it used or held 12.34" in run("broadcast", "show", ID).stdout

    def test_a_reason_is_explained(self, run: Run, suite: Suite) -> None:
        told_why = {"de": "Weil es so ist.", "en": "Because it is so."}
        suite.plays(f"GET {PATH}", told(made.broadcast("paused", reason="canary: x", sentence=told_why)))
        shown = run("broadcast", "show", ID).stdout
        assert "canary: x" in shown
        assert "Because it is so." in shown

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ((), None),
            (("--scope", "failed"), {"scope": "failed"}),
            (("--budget", "80 EUR"), {"budget": {"amount": "80", "currency": "EUR"}}),
            (("--scope", "unknown", "--twice"), {"scope": "unknown", "confirm": "some may get it twice"}),
        ],
    )
    def test_resume_for_some(self, run: Run, suite: Suite, options: tuple[str, ...], expected: Any) -> None:
        suite.plays(f"POST {PATH}/resume", told(made.broadcast("planning"), 202))
        assert run("broadcast", "resume", ID, *options).exit_code == 0
        assert (suite.asked[0].json if suite.asked[0].body else None) == expected

    def test_another_scope_is_wrong_usage(self, run: Run, suite: Suite) -> None:
        assert run("broadcast", "resume", ID, "--scope", "all").exit_code == 2
        assert suite.asked == []

    def test_a_wish_that_does_not_fit_is_refused(self, run: Run, suite: Suite) -> None:
        said = "A broadcast that is finished cannot be asked to pause."
        suite.plays(f"POST {PATH}/pause", problem("conflict", said))
        result = run("broadcast", "pause", ID)
        assert (result.exit_code, result.stdout) == (1, "")
        assert said in result.stderr


class TestNew:
    def test_the_least(self, run: Run, suite: Suite) -> None:
        result = run("broadcast", "new", *LEAST)
        assert result.exit_code == 0
        assert f"rundruf broadcast watch {ID}" in result.stderr
        assert suite.asked[0].json == {"name": "Autumn", "topic": "recipes", "message": {"text": "Hello"}}
        assert body(suite).start

    def test_new_with_a_fallback(self, run: Run, suite: Suite) -> None:
        to = ("--fallback-to", "telegram/main", "--fallback-to", "line/main")
        more = ("--fallback-after", "6", "--fallback-when", "failed")
        assert run("broadcast", "new", *LEAST, *to, *more).exit_code == 0
        asked = body(suite).fallback
        assert asked is not None
        assert (asked.after_hours, asked.to, asked.when) == (6, ["telegram/main", "line/main"], ["failed"])

    def test_show_tells_how_it_stands_with_the_fallback(self, run: Run, suite: Suite) -> None:
        waiting = FallbackOut(after_hours=6, to=["telegram/main"], state="waiting", begins=made.NOON)
        suite.plays(f"GET {PATH}", told(made.broadcast("finished", fallback=waiting)))
        shown = run("broadcast", "show", ID).stdout
        assert "fallback to telegram/main: waiting · begins" in shown
        begun = waiting.model_copy(update={"state": "sending", "broadcast": "0c3k9f1aq1234567"})
        suite.plays(f"GET {PATH}", told(made.broadcast("finished", fallback=begun)))
        assert "sending · 0c3k9f1aq1234567" in run("broadcast", "show", ID).stdout

    def test_links_may_be_left_alone(self, run: Run, suite: Suite) -> None:
        assert run("broadcast", "new", *LEAST, "--track", "none").exit_code == 0
        assert body(suite).track is Track.NONE

    def test_a_budget(self, run: Run, suite: Suite) -> None:
        run("broadcast", "new", *LEAST, "--budget", "19.90eur", "--allow-unpriced")
        assert body(suite).budget == BudgetIn(amount="19.90", currency="EUR", allow_unpriced=True)

    @pytest.mark.parametrize("wrong", [("--budget", "50"), ("--budget", "€50"), ("--allow-unpriced",)])
    def test_half_a_budget_is_wrong_usage(self, run: Run, suite: Suite, wrong: tuple[str, ...]) -> None:
        assert run("broadcast", "new", *LEAST, *wrong).exit_code == 2
        assert not suite.asked

    def test_everybodys_own_time(self, run: Run, suite: Suite) -> None:
        run("broadcast", "new", *LEAST, "--local-time", "2031-12-24T18:00")
        assert body(suite).local_time == "2031-12-24T18:00"

    def test_everything(self, run: Run, suite: Suite) -> None:
        options = {
            "--image": "https://example.com/soup.jpg",
            "--alt": "Soup",
            "--template": "autumn:de",
            "--parameter": "{{ name }}",
            "--messenger": "whatsapp",
            "--account": "whatsapp/main",
            "--language": "de",
            "--tag": "vegan",
            "--all-tag": "regular",
            "--no-tag": "staff",
            "--attribute": "city=Köln",
            "--send-at": "2026-12-24T18:00:00+01:00",
            "--expires-at": "2026-12-25T18:00:00Z",
        }
        flags = [part for pair in options.items() for part in pair]
        buttons = ("--button", "More=MORE", "--button", "Shop=https://example.com/?a=b")
        assert run("broadcast", "new", *LEAST, *flags, *buttons, "--draft", "--json").exit_code == 0
        asked = body(suite)
        assert asked.start is False
        assert asked.message.media[0].alt == "Soup"
        assert [(one.label, one.reply, one.url) for one in asked.message.buttons] == [
            ("More", "MORE", ""),
            ("Shop", "", "https://example.com/?a=b"),
        ]
        assert asked.message.template is not None
        assert asked.message.template.parameters == ["{{ name }}"]
        assert asked.audience.model_dump() == {
            "messengers": ["whatsapp"],
            "accounts": ["whatsapp/main"],
            "languages": ["de"],
            "tags": {"any": ["vegan"], "all": ["regular"], "none": ["staff"]},
            "attributes": {"city": "Köln"},
            "contacts": [],
            "segment": None,
            "where": None,
        }
        assert asked.send_at == datetime(2026, 12, 24, 17, tzinfo=UTC)
        assert asked.expires_at == datetime(2026, 12, 25, 18, tzinfo=UTC)

    @pytest.mark.parametrize(("given", "expected"), [("0", False), ("50", {"size": 50})])
    def test_the_canary(self, run: Run, suite: Suite, given: str, expected: Any) -> None:
        run("broadcast", "new", *LEAST, "--canary", given)
        assert suite.asked[0].json["canary"] == expected
        assert body(suite).start

    def test_a_file_holds_the_message_or_the_whole_body(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        message = {"text": "From a file", "buttons": [{"label": "More", "reply": "MORE"}]}
        (tmp_path / "message.json").write_text(json.dumps(message))
        (tmp_path / "body.json").write_text(
            json.dumps({"name": "N", "topic": "news", "message": message, "start": False})
        )
        run("broadcast", "new", "--file", "message.json", "--name", "Autumn", "--topic", "recipes")
        run("broadcast", "new", "--file", "body.json", "--text", "From an option")
        run(
            "broadcast", "new", "--file", "-", "--name", "Stdin", "--topic", "news", input=json.dumps(message)
        )
        first, second, third = (BroadcastIn.model_validate(one.json) for one in suite.asked)
        assert (first.name, first.message.text, first.start) == ("Autumn", "From a file", True)
        assert (second.topic, second.message.text, second.start) == ("news", "From an option", False)
        assert second.message.buttons == third.message.buttons

    @pytest.mark.parametrize(
        "options",
        [
            ("--name", "A", "--topic", "t"),
            ("--name", "A", "--text", "x"),
            ("--topic", "t", "--text", "x"),
            (*LEAST, "--button", "More"),
            (*LEAST, "--template", "autumn"),
            (*LEAST, "--parameter", "x"),
            (*LEAST, "--alt", "x"),
            (*LEAST, "--attribute", "city"),
            (*LEAST, "--send-at", "tomorrow"),
            (*LEAST, "--draft", "--watch"),
            (*LEAST, "--file", "no-such.json"),
        ],
    )
    def test_half_said_is_wrong_usage_and_asks_nothing(
        self, run: Run, suite: Suite, options: tuple[str, ...]
    ) -> None:
        assert run("broadcast", "new", *options).exit_code == 2
        assert suite.asked == []

    @pytest.mark.parametrize("content", ["{", "[1]", '{"message": 1}', "\udce4"])
    def test_a_file_that_is_no_message_is_wrong_usage(
        self, run: Run, suite: Suite, tmp_path: Path, content: str
    ) -> None:
        (tmp_path / "x.json").write_bytes(content.encode("utf-8", "surrogateescape"))
        assert run("broadcast", "new", *LEAST, "--file", "x.json").exit_code == 2
        assert suite.asked == []


class TestWatch:
    def ends(self, suite: Suite, state: str, **more: Any) -> None:
        states = [made.broadcast("planning"), made.broadcast(), made.broadcast(state, **more)]
        suite.plays(f"GET {PATH}", *(told(one) for one in states))

    def watched(self, run: Run, *options: str) -> Any:
        return run("broadcast", "watch", ID, "--every", "0.2", *options)

    def test_json_is_one_line_for_each_look(self, run: Run, suite: Suite) -> None:
        self.ends(suite, "finished")
        result = self.watched(run, "--json")
        assert result.exit_code == 0
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert [one["state"] for one in lines] == ["planning", "sending", "finished"]
        assert all(figures.balanced(one["figures"]) for one in lines)
        assert result.stderr == ""

    def test_without_a_terminal_it_tells_what_changes(self, run: Run, suite: Suite) -> None:
        same = [told(made.broadcast())] * 3
        suite.plays(f"GET {PATH}", *same, told(made.broadcast("finished")))
        result = self.watched(run)
        assert result.stdout.splitlines() == [
            "sending  2000 = 1180 sent + 3 failed + 57 skipped + 0 unknown + 0 expired + 760 pending",
            "finished  2000 = 1940 sent + 3 failed + 57 skipped + 0 unknown + 0 expired + 0 pending",
        ]

    @pytest.mark.parametrize("state", ["cancelled", "failed"])
    def test_another_end_than_finished_is_said_and_has_exit_code_1(
        self, run: Run, suite: Suite, state: str
    ) -> None:
        self.ends(suite, state, reason="The token of whatsapp/main has expired.")
        result = self.watched(run)
        assert result.exit_code == 1
        assert f"The broadcast is {state}. The token" in result.stderr

    def test_a_paused_one_is_watched_on(self, run: Run, suite: Suite) -> None:
        states = [made.broadcast("paused", reason="asked"), made.broadcast("finished")]
        suite.plays(f"GET {PATH}", *(told(one) for one in states))
        assert self.watched(run).exit_code == 0

    def test_a_draft_is_not_waited_for(self, run: Run, suite: Suite) -> None:
        suite.plays(f"GET {PATH}", told(made.broadcast("draft")))
        result = self.watched(run)
        assert result.exit_code == 1
        assert f"rundruf broadcast start {ID}" in result.stderr

    def test_new_and_start_and_resume_can_stay(self, run: Run, suite: Suite) -> None:
        suite.plays(f"GET {PATH}", told(made.broadcast("finished")))
        for wish in ("start", "resume"):
            suite.plays(f"POST {PATH}/{wish}", told(made.broadcast("planning"), 202))
            assert run("broadcast", wish, ID, "--watch").stdout.startswith("finished")
        new = run("broadcast", "new", *LEAST, "--watch", "--json")
        assert [json.loads(line)["state"] for line in new.stdout.splitlines()] == ["finished"]


class TestPace:
    def test_rate_and_time_left(self) -> None:
        pace = Pace()
        for at in range(10):
            pace.saw(float(at), at * 80)
        assert pace.rate == 80
        assert pace.said(4_800) == "80.0/s · 1:00 left"

    def test_only_the_last_seconds_count(self) -> None:
        pace = Pace()
        for at in range(100):
            pace.saw(float(at), min(at, 50) * 10 + max(0, at - 50) * 1)
        assert pace.rate == 1

    def test_nothing_is_guessed(self) -> None:
        pace = Pace()
        pace.saw(0.0, 0)
        assert pace.said(100) == ""
        pace.saw(1.0, 0)
        assert pace.said(100) == ""

    @pytest.mark.parametrize(
        ("seconds", "said"), [(0, "0:00"), (61.4, "1:01"), (3_723, "1:02:03"), (-1, "0:00")]
    )
    def test_durations(self, seconds: float, said: str) -> None:
        assert duration(seconds) == said
