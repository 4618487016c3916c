"""`rundruf topics`, `entry-points`, `accounts`, `newsletters` and `explain`."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rundruf.api.models import (
    AccountIn,
    AccountList,
    CheckedOut,
    EntryPointIn,
    EntryPointList,
    ExplainOut,
    NewsletterIn,
    NewsletterList,
    TopicIn,
    TopicList,
    VerifiedOut,
)
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Answer, Suite, problem, told

RECIPES = TopicIn(id="recipes", name={"de": "Rezepte", "en": "Recipes"})
ACCOUNT = "/v1/accounts/whatsapp/main"
SECRET = "EAAG-the-token-nobody-may-see"


class TestTopics:
    def test_list(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/topics", told(TopicList(topics=[RECIPES])))
        assert "de=Rezepte, en=Recipes" in run("topics", "list").stdout
        assert json.loads(run("topics", "list", "--json").stdout)["topics"][0]["id"] == "recipes"

    def test_an_empty_list_says_so_beside_stdout(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/topics", told(TopicList(topics=[])))
        result = run("topics", "list")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "No topics yet" in result.stderr

    def test_add(self, run: Run, suite: Suite) -> None:
        suite.plays("POST /v1/topics", told(RECIPES, 201))
        assert run("topics", "add", "recipes", "--name", "de=Rezepte", "--name", "en=Recipes").exit_code == 0
        assert TopicIn.model_validate(suite.asked[0].json) == RECIPES
        added = run("topics", "add", "recipes", "--name", "de=Rezepte", "--json")
        assert json.loads(added.stdout) == RECIPES.model_dump()

    def test_a_name_without_its_language_is_wrong_usage(self, run: Run, suite: Suite) -> None:
        assert run("topics", "add", "recipes", "--name", "Rezepte").exit_code == 2
        assert suite.asked == []


class TestEntryPoints:
    @pytest.fixture(autouse=True)
    def recorded(self, suite: Suite) -> None:
        suite.plays("GET /v1/entry-points", told(EntryPointList(entry_points=[made.entry_point()])))
        suite.plays("GET /v1/entry-points/K7RW2", told(made.entry_point()))
        suite.plays("POST /v1/entry-points", told(made.entry_point(), 201))

    def test_list(self, run: Run) -> None:
        assert made.entry_point().link in run("entry-points", "list").stdout
        assert json.loads(run("entry-points", "list", "--json").stdout)["entry_points"][0]["code"] == "K7RW2"

    def test_add(self, run: Run, suite: Suite) -> None:
        options = ("--account", "whatsapp/main", "--topic", "recipes", "--topic", "news", "--tag", "till")
        result = run("entry-points", "add", "Till receipt", *options, "--keyword", "REZEPT")
        assert result.exit_code == 0
        assert "█" in result.stdout
        body = EntryPointIn.model_validate(suite.asked[0].json)
        assert (body.messenger, body.account, body.topics) == ("whatsapp", "main", ["recipes", "news"])
        assert (body.tags, body.keyword, body.language) == (["till"], "REZEPT", "de")
        assert json.loads(run("entry-points", "add", "X", *options, "--json").stdout)["code"] == "K7RW2"

    def test_an_account_without_its_messenger_is_wrong_usage(self, run: Run, suite: Suite) -> None:
        assert run("entry-points", "add", "X", "--account", "main", "--topic", "news").exit_code == 2
        assert suite.asked == []

    def test_a_snippet_is_written_for_the_own_site(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        html = "<section>Nachrichten für Änne</section>"
        suite.plays(
            "GET /v1/entry-points/K7RW2/snippet",
            Answer(200, html.encode(), {"Content-Type": "text/html; charset=utf-8"}),
        )
        result = run("entry-points", "snippet", "K7RW2", "--language", "en", "--out", "join.html")
        assert result.exit_code == 0
        assert (tmp_path / "join.html").read_text() == html
        assert suite.asked[-1].query == {"language": "en"}
        assert run("entry-points", "snippet", "K7RW2").stdout == html

    def test_a_page_is_shared_by_its_name(self, run: Run, suite: Suite) -> None:
        options = ("--account", "whatsapp/main", "--topic", "recipes", "--page", "till")
        assert "https://example.com/j/K7RW2" in run("entry-points", "add", "Till", *options).stdout
        assert suite.asked[0].json["page"] == "till"

    def test_the_qr_code_is_drawn_as_it_is(self, run: Run) -> None:
        import segno

        drawn = run("entry-points", "qr", "K7RW2").stdout.splitlines()
        modules = [
            list(row)
            for row in segno.make(made.entry_point().link, micro=False, error="m").matrix_iter(border=2)
        ]
        rows = []
        for line in drawn[: -(-len(modules) // 2)]:
            padded = line.ljust(len(modules[0]))
            rows.append([0 if ink in "█▀" else 1 for ink in padded])
            rows.append([0 if ink in "█▄" else 1 for ink in padded])
        assert rows[: len(modules)] == modules

    def test_it_is_saved_as_svg_and_png(self, run: Run, tmp_path: Path) -> None:
        result = run("entry-points", "qr", "K7RW2", "--save", "poster.svg", "--save", "screen.PNG")
        assert result.exit_code == 0
        assert ElementTree.parse(tmp_path / "poster.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own
        assert (tmp_path / "screen.PNG").read_bytes().startswith(b"\x89PNG")
        shown = run("entry-points", "qr", "K7RW2", "--save", "poster.svg", "--json")
        assert json.loads(shown.stdout)["saved"] == ["poster.svg"]

    def test_other_kinds_of_files_are_wrong_usage(self, run: Run, tmp_path: Path, suite: Suite) -> None:
        assert run("entry-points", "qr", "K7RW2", "--save", "poster.jpg").exit_code == 2
        assert suite.asked == []

    def test_a_folder_that_is_not_there_is_refused(self, run: Run) -> None:
        result = run("entry-points", "qr", "K7RW2", "--save", "no/such/poster.svg")
        assert result.exit_code == 1
        assert "cannot be written" in result.stderr


class TestAccounts:
    @pytest.fixture(autouse=True)
    def recorded(self, suite: Suite) -> None:
        suite.plays("GET /v1/accounts", told(AccountList(accounts=[made.account()])))
        suite.plays(f"GET {ACCOUNT}", told(made.account()))
        suite.plays(f"PUT {ACCOUNT}", told(made.account()))
        suite.plays(f"DELETE {ACCOUNT}", Answer(204))

    def test_list_and_show(self, run: Run) -> None:
        assert "access_token, app_secret" in run("accounts", "list").stdout
        assert json.loads(run("accounts", "list", "--json").stdout)["accounts"][0]["id"] == "whatsapp/main"
        assert "https://example.com/webhooks/whatsapp/main" in run("accounts", "show", "whatsapp/main").stdout
        assert json.loads(run("accounts", "show", "whatsapp/main", "--json").stdout)["rate"] == 80

    def test_verify_shows_every_step_and_ends_with_1_when_one_failed(self, run: Run, suite: Suite) -> None:
        steps = [
            CheckedOut(name="who_am_i", ok=True, detail="This is Café Morgenrot."),
            CheckedOut(name="set_webhook", ok=False, detail="The address is not public."),
        ]
        suite.plays(f"POST {ACCOUNT}/verify", told(VerifiedOut(ok=False, steps=steps)))
        result = run("accounts", "verify", "whatsapp/main")
        assert result.exit_code == 1
        for part in ("who_am_i", "ok", "Café Morgenrot", "set_webhook", "failed", "not public"):
            assert part in result.stdout
        shown = run("accounts", "verify", "whatsapp/main", "--json")
        assert (shown.exit_code, json.loads(shown.stdout)["ok"]) == (1, False)
        suite.plays(f"POST {ACCOUNT}/verify", told(VerifiedOut(ok=True, steps=steps[:1])))
        assert run("accounts", "verify", "whatsapp/main").exit_code == 0

    def test_what_is_not_named_stays(self, run: Run, suite: Suite) -> None:
        assert run("accounts", "set", "whatsapp/main", "--base-url", "http://127.0.0.1:8002").exit_code == 0
        body = AccountIn.model_validate(suite.asked[-1].json)
        assert (body.address, body.rate, body.base_url) == (made.PHONE, 80, "http://127.0.0.1:8002")
        assert body.credentials == {}

    def test_rate_0_is_the_messengers_own(self, run: Run, suite: Suite) -> None:
        run("accounts", "set", "whatsapp/main", "--rate", "0")
        assert suite.asked[-1].json["rate"] is None

    def test_a_new_account(self, run: Run, suite: Suite) -> None:
        suite.plays(f"GET {ACCOUNT}", problem("not-found", "There is no account 'whatsapp/main'."))
        assert run("accounts", "set", "whatsapp/main", "--address", made.PHONE).exit_code == 0
        assert suite.asked[-1].json == {"address": made.PHONE, "credentials": {}}

    def test_credentials_come_from_options_files_and_prompts_and_are_never_shown(
        self, run: Run, suite: Suite, tmp_path: Path
    ) -> None:
        (tmp_path / "new").write_text(f"{SECRET}-new\n")
        options = [f"app_secret={SECRET}=", "access_token=@new", f"access_token={SECRET}-old", "verify_token"]
        flags = [part for one in options for part in ("--credential", one)]
        result = run("accounts", "set", "whatsapp/main", *flags, input=f"{SECRET}-asked\n")
        assert result.exit_code == 0
        assert SECRET not in result.output
        assert AccountIn.model_validate(suite.asked[-1].json).credentials == {
            "app_secret": f"{SECRET}=",
            "access_token": [f"{SECRET}-new", f"{SECRET}-old"],
            "verify_token": f"{SECRET}-asked",
        }

    def test_a_refused_credential_is_not_repeated(self, run: Run, suite: Suite) -> None:
        said = "credentials.app_secret: this does not look like one"
        suite.plays(f"PUT {ACCOUNT}", problem("invalid", said, [("credentials.app_secret", "no")]))
        result = run("accounts", "set", "whatsapp/main", "--credential", f"app_secret={SECRET}")
        assert result.exit_code == 1
        assert said in result.stderr
        assert SECRET not in result.output

    @pytest.mark.parametrize("given", ["app_secret=@no-such-file", "=value", "verify_token"])
    def test_a_credential_that_is_not_there_is_wrong_usage(self, run: Run, suite: Suite, given: str) -> None:
        assert run("accounts", "set", "whatsapp/main", "--credential", given).exit_code == 2
        assert all(one.method == "GET" for one in suite.asked)

    def test_delete_asks_first(self, run: Run, suite: Suite) -> None:
        result = run("accounts", "delete", "whatsapp/main")
        assert result.exit_code == 2
        assert "--yes" in result.stderr
        assert suite.asked == []
        assert run("accounts", "delete", "whatsapp/main", "--yes").exit_code == 0
        assert suite.calls == [f"DELETE {ACCOUNT}"]


class TestNewsletters:
    def test_list(self, run: Run, suite: Suite) -> None:
        listed = [made.newsletter(), made.newsletter(paused=True), made.newsletter(next_at=None)]
        suite.plays("GET /v1/newsletters", told(NewsletterList(newsletters=listed)))
        shown = run("newsletters", "list").stdout
        assert "0 9 * * 1 (Europe/Berlin)" in shown
        assert "paused" in shown
        assert "over" in shown
        assert len(json.loads(run("newsletters", "list", "--json").stdout)["newsletters"]) == 3

    def test_add_by_cron(self, run: Run, suite: Suite) -> None:
        suite.plays("POST /v1/newsletters", told(made.newsletter(), 201))
        what = ("--name", "Monday", "--topic", "recipes", "--text", "Hello", "--tag", "vegan")
        assert (
            run("newsletters", "add", *what, "--cron", "0 9 * * 1", "--zone", "Europe/Berlin").exit_code == 0
        )
        body = NewsletterIn.model_validate(suite.asked[0].json)
        assert (body.schedule.cron, body.schedule.zone, body.audience.tags.any) == (
            "0 9 * * 1",
            "Europe/Berlin",
            ["vegan"],
        )

    def test_add_by_a_rule_from_a_feed(self, run: Run, suite: Suite) -> None:
        suite.plays("POST /v1/newsletters", told(made.newsletter(), 201))
        what = ("--name", "Blog", "--topic", "recipes", "--rrule", "FREQ=DAILY;BYHOUR=9", "--missed", "skip")
        result = run("newsletters", "add", *what, "--feed", "https://x.example/feed", "--per", "item")
        assert result.exit_code == 0, result.output
        body = NewsletterIn.model_validate(suite.asked[0].json)
        assert (body.schedule.rrule, body.missed) == ("FREQ=DAILY;BYHOUR=9", "skip")
        assert body.feed is not None
        assert (body.feed.url, body.feed.items, body.feed.per) == ("https://x.example/feed", 3, "item")

    def test_add_once_from_a_file(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        suite.plays("POST /v1/newsletters", told(made.newsletter(), 201))
        (tmp_path / "message.json").write_text(json.dumps({"text": "Hello"}))
        what = ("--name", "Once", "--topic", "recipes", "--file", "message.json")
        result = run("newsletters", "add", *what, "--at", "2026-12-24T18:00+01:00", "--json")
        assert json.loads(result.stdout)["name"] == "Monday"
        body = NewsletterIn.model_validate(suite.asked[0].json)
        assert (body.message.text, body.schedule.cron) == ("Hello", "")
        assert body.schedule.at is not None
        assert body.schedule.at.timestamp() == 1_798_131_600

    @pytest.mark.parametrize("wish", ["pause", "resume"])
    def test_pause_and_resume(self, run: Run, suite: Suite, wish: str) -> None:
        letter = made.newsletter(paused=wish == "pause")
        suite.plays(f"POST /v1/newsletters/{letter.id}/{wish}", told(letter))
        assert ("paused" in run("newsletters", wish, letter.id).stdout) is (wish == "pause")
        assert json.loads(run("newsletters", wish, letter.id, "--json").stdout)["id"] == letter.id


class TestExplain:
    @pytest.fixture(autouse=True)
    def recorded(self, suite: Suite) -> None:
        explained = ExplainOut(
            contact=made.ANNA,
            broadcast="0c3k9f1aq8b7d2e1",
            outcome="skipped",
            reason="cap",
            sentence={
                "de": "Die Person hatte schon Werbung bekommen.",
                "en": "The person had marketing already.",
            },
            evidence={
                "topic": "recipes",
                "broadcast_started": made.NOON.isoformat(),
                "claimed_at": None,
                "delivered": False,
                "read": False,
                "consent_now": made.consent().model_dump(mode="json"),
                "ledger": [one.model_dump(mode="json") for one in made.ledger().entries],
            },
        )
        suite.plays("GET /v1/explain", told(explained))

    def test_it_says_why_with_the_proof(self, run: Run, suite: Suite) -> None:
        result = run("explain", made.ANNA, "0c3k9f1aq8b7d2e1")
        assert result.stdout.startswith("The person had marketing already.\n")
        assert "confirmed" in result.stdout
        assert suite.asked[0].query == {"contact": made.ANNA, "broadcast": "0c3k9f1aq8b7d2e1"}

    def test_it_speaks_german_where_the_computer_does(self, run: Run) -> None:
        german = "Die Person hatte schon Werbung bekommen.\n"
        assert run("explain", made.ANNA, "x", env={"LC_ALL": "de_DE.UTF-8"}).stdout.startswith(german)
        assert run("explain", made.ANNA, "x", "--language", "de").stdout.startswith(german)

    def test_json(self, run: Run) -> None:
        assert json.loads(run("explain", made.ANNA, "x", "--json").stdout)["reason"] == "cap"
