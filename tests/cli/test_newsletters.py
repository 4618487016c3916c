"""`rundruf newsletters`: looking at one, changing it, trying it, and when it comes."""

import json

import pytest

from rundruf.api import models
from rundruf.api.models import BroadcastLine, BroadcastList, NewsletterPatch, ScheduleModel, SlotList
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, problem, told

LETTER = made.newsletter(
    message={"text": "Hello", "buttons": [{"label": "Shop", "url": "https://example.com"}]},
    audience={"tags": {"any": ["vegan"]}},
    feed={"url": "https://example.org/feed"},
)
PATH = f"/v1/newsletters/{LETTER.id}"
LINE = BroadcastLine(
    id="0c3k9f1aq8b7d2e9", name="Monday", topic="recipes", state="sending", created=made.NOON, newsletter=""
)


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    suite.plays(f"GET {PATH}", told(LETTER))
    suite.plays(f"PATCH {PATH}", told(LETTER))


def changed(suite: Suite) -> dict[str, object]:
    """What the last call would change, read as the API does."""
    body: dict[str, object] = suite.asked[-1].json
    NewsletterPatch.model_validate(body)
    return body


class TestShow:
    def test_it_says_what_to_whom_and_when(self, run: Run) -> None:
        shown = run("newsletters", "show", LETTER.id).stdout
        for text in ("Hello", "[Shop] https://example.com", "any=vegan", "https://example.org/feed", "next"):
            assert text in shown
        assert json.loads(run("newsletters", "show", LETTER.id, "--json").stdout)["id"] == LETTER.id

    def test_a_feed_in_trouble_says_why_and_when_again(self, run: Run, suite: Suite) -> None:
        trouble = {"detail": "it answers 503", "since": made.NOON, "again": made.NOON, "failures": 3}
        suite.plays(f"GET {PATH}", told(made.newsletter(trouble=trouble)))
        result = run("newsletters", "show", LETTER.id)
        assert "The feed cannot be read since 2026-11-02" in result.stderr
        assert "it answers 503" in result.stderr

    def test_times_are_told_on_both_clocks_where_they_differ(self, run: Run, suite: Suite) -> None:
        there = made.newsletter(schedule={"cron": "0 9 * * 1", "zone": "Pacific/Kiritimati"})
        suite.plays(f"GET {PATH}", told(there))
        assert "in Pacific/Kiritimati" in run("newsletters", "show", LETTER.id).stdout
        once = made.newsletter(schedule={"at": made.NOON, "zone": "Pacific/Kiritimati"})
        suite.plays(f"GET {PATH}", told(once))
        assert "Kiritimati" not in run("newsletters", "show", LETTER.id).stdout


class TestEdit:
    def test_only_what_is_named_changes(self, run: Run, suite: Suite) -> None:
        assert run("newsletters", "edit", LETTER.id, "--name", "Tuesday").exit_code == 0
        assert changed(suite) == {"name": "Tuesday"}

    def test_a_new_text_leaves_the_buttons(self, run: Run, suite: Suite) -> None:
        run("newsletters", "edit", LETTER.id, "--text", "Good morning")
        body = changed(suite)
        assert list(body) == ["message"]
        message = NewsletterPatch.model_validate(body).message
        assert message is not None
        assert message.text == "Good morning"
        assert [one.label for one in message.buttons] == ["Shop"]

    def test_a_messenger_is_added_to_the_conditions(self, run: Run, suite: Suite) -> None:
        run("newsletters", "edit", LETTER.id, "--messenger", "line")
        audience = NewsletterPatch.model_validate(changed(suite)).audience
        assert audience is not None
        assert (audience.messengers, audience.tags.any) == (["line"], ["vegan"])

    def test_another_translation_keeps_the_others(self, run: Run, suite: Suite) -> None:
        spoken = {
            "text": "Hallo",
            "language": "de",
            "translations": {"en": {"text": "Hi"}, "fr": {"text": "Salut"}},
        }
        suite.plays(f"GET {PATH}", told(made.newsletter(message=spoken)))
        run("newsletters", "edit", LETTER.id, "--translation", "en=Hello")
        message = NewsletterPatch.model_validate(changed(suite)).message
        assert message is not None
        assert {tag: one.text for tag, one in message.translations.items()} == {"en": "Hello", "fr": "Salut"}
        shown = run("newsletters", "show", LETTER.id).stdout
        assert "text in fr" in shown
        assert "Salut" in shown

    def test_another_cron_keeps_the_zone(self, run: Run, suite: Suite) -> None:
        run("newsletters", "edit", LETTER.id, "--cron", "0 18 * * 5")
        assert changed(suite) == {"schedule": {"cron": "0 18 * * 5", "zone": "Europe/Berlin"}}

    def test_another_zone_keeps_the_cron(self, run: Run, suite: Suite) -> None:
        run("newsletters", "edit", LETTER.id, "--zone", "Asia/Tokyo")
        assert changed(suite) == {"schedule": {"cron": "0 9 * * 1", "zone": "Asia/Tokyo"}}

    def test_more_items_of_the_same_feed_and_no_grace(self, run: Run, suite: Suite) -> None:
        run("newsletters", "edit", LETTER.id, "--items", "5", "--grace-hours", "0")
        assert changed(suite) == {
            "grace_hours": 0,
            "feed": {"url": "https://example.org/feed", "items": 5, "per": "slot"},
        }

    def test_nothing_named_is_wrong_usage(self, run: Run, suite: Suite) -> None:
        result = run("newsletters", "edit", LETTER.id)
        assert result.exit_code == 2
        assert "Say what to change" in result.stderr
        assert suite.calls == [f"GET {PATH}"]


class TestSlots:
    def test_a_schedule_is_looked_at_before_it_is_used(self, run: Run, suite: Suite) -> None:
        suite.plays("POST /v1/newsletters/slots", told(SlotList(next=[made.NOON])))
        result = run("newsletters", "slots", "--cron", "0 12 * * *", "--zone", "UTC")
        assert "2026-11-02" in result.stdout
        assert ScheduleModel.model_validate(suite.asked[0].json).cron == "0 12 * * *"
        assert json.loads(run("newsletters", "slots", "--cron", "0 12 * * *", "--json").stdout)["next"]

    def test_an_impossible_one_is_told_with_its_field(self, run: Run, suite: Suite) -> None:
        refused = problem("invalid", "schedule.cron: this rule never comes", [("schedule.cron", "never")])
        suite.plays("POST /v1/newsletters/slots", refused)
        result = run("newsletters", "slots", "--cron", "0 0 31 2 *")
        assert result.exit_code == 1
        assert "schedule.cron" in result.stderr


ID = "0041vanka7p2s4t6v8q0r2m4n6"


class TestTrying:
    def test_named_people_get_the_next_issue(self, run: Run, suite: Suite) -> None:
        suite.plays(f"POST {PATH}/test", told(LINE, 202))
        result = run("newsletters", "test", LETTER.id, ID)
        assert models.TestIn.model_validate(suite.asked[0].json).contacts == [ID]
        assert f"rundruf broadcast watch {LINE.id}" in result.stderr
        assert json.loads(run("newsletters", "test", LETTER.id, ID, "--json").stdout)["id"] == LINE.id


def test_issues_are_broadcasts(run: Run, suite: Suite) -> None:
    suite.plays(f"GET {PATH}/issues", told(BroadcastList(broadcasts=[LINE], cursor=None)))
    assert LINE.id in run("newsletters", "issues", LETTER.id).stdout
    told_json = json.loads(run("newsletters", "issues", LETTER.id, "--json").stdout)
    assert told_json["broadcasts"][0]["id"] == LINE.id


class TestLate:
    def test_an_issue_goes_to_who_did_not_get_it(self, run: Run, suite: Suite) -> None:
        suite.plays(f"POST {PATH}/issues/x1/late", told(LINE, 202))
        assert run("newsletters", "late", LETTER.id, "x1").exit_code == 2
        assert suite.asked == []
        result = run("newsletters", "late", LETTER.id, "x1", "--yes")
        assert suite.asked[0].body == b""
        assert f"rundruf broadcast watch {LINE.id}" in result.stderr

    def test_or_becomes_a_draft(self, run: Run, suite: Suite) -> None:
        suite.plays(f"POST {PATH}/issues/x1/late", told(LINE, 202))
        result = run("newsletters", "late", LETTER.id, "x1", "--draft")
        assert models.LateIn.model_validate(suite.asked[0].json).start is False
        assert f"rundruf broadcast start {LINE.id}" in result.stderr


def test_the_archive_is_switched_on_and_off(run: Run, suite: Suite) -> None:
    run("newsletters", "edit", LETTER.id, "--archive")
    assert changed(suite) == {"archive": True}
    run("newsletters", "edit", LETTER.id, "--no-archive")
    assert changed(suite) == {"archive": False}


class TestApproval:
    @pytest.fixture(autouse=True)
    def preflown(self, suite: Suite) -> None:
        seen = models.PreflightOut(
            audience=3, chunks=1, by_account={"line/main": 3}, seconds_at_limit={"line/main": 1}, token="tok"
        )
        suite.plays(f"POST {PATH}/preflight", told(seen))
        suite.plays(f"POST {PATH}/approve", told(LETTER))

    def test_the_next_issue_is_looked_at(self, run: Run) -> None:
        assert "line/main" in run("newsletters", "preflight", LETTER.id).stdout
        assert json.loads(run("newsletters", "preflight", LETTER.id, "--json").stdout)["audience"] == 3

    def test_what_was_seen_is_approved(self, run: Run, suite: Suite) -> None:
        assert run("newsletters", "approve", LETTER.id).exit_code == 2
        assert suite.calls == [f"POST {PATH}/preflight"]
        assert run("newsletters", "approve", LETTER.id, "--yes").exit_code == 0
        assert models.StartIn.model_validate(suite.asked[-1].json).token == "tok"

    def test_one_that_waits_says_how(self, run: Run, suite: Suite) -> None:
        suite.plays(f"GET {PATH}", told(made.newsletter(waits_for_approval=True)))
        assert f"newsletters approve {LETTER.id}" in run("newsletters", "show", LETTER.id).stderr
