"""Which suite, with which key, and what is said when it does not answer."""

import json
import stat
from pathlib import Path

import pytest

from rundruf import __version__
from tests.cli.conftest import KEY, Run
from tests.cli.suite import DROP, Answer, Suite, problem

HEALTH = Answer(body={"status": "ok", "version": "0.1.0"})
TOPICS = Answer(body={"topics": [{"id": "recipes", "name": {"de": "Rezepte", "en": "Recipes"}}]})
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    suite.plays("GET /v1/health", HEALTH)
    suite.plays("GET /v1/topics", TOPICS)
    suite.plays("GET /v1/accounts", Answer(body={"accounts": [{"id": "whatsapp/main"}]}))


def sent_key(suite: Suite) -> str:
    return suite.asked[-1].headers["authorization"].removeprefix("Bearer ")


def test_the_version_is_told_without_a_suite(run: Run, suite: Suite) -> None:
    assert run("--version", env={"RUNDRUF_URL": NOWHERE}).stdout == f"rundruf {__version__}\n"
    assert suite.asked == []


def test_health_needs_no_key(run: Run, suite: Suite) -> None:
    result = run("health", env={"RUNDRUF_API_KEY": None})
    assert result.exit_code == 0
    assert "ok" in result.stdout
    assert "authorization" not in suite.asked[0].headers


def test_health_as_json_is_nothing_but_json(run: Run, suite: Suite) -> None:
    told = json.loads(run("health", "--json").stdout)
    assert told["ms"] >= 0
    assert told == {"status": "ok", "version": "0.1.0", "url": suite.url, "ms": told["ms"]}


def test_without_an_answer_the_exit_code_is_3(run: Run) -> None:
    result = run("health", "--json", env={"RUNDRUF_URL": NOWHERE})
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"{NOWHERE} is not reachable" in result.stderr


def test_options_may_stand_before_and_behind_the_command(run: Run, suite: Suite) -> None:
    env = {"RUNDRUF_URL": NOWHERE, "RUNDRUF_API_KEY": "other"}
    assert run("--url", suite.url, "--key", KEY, "topics", "list", env=env).exit_code == 0
    assert run("topics", "list", "--url", suite.url, "--key", KEY, env=env).exit_code == 0
    assert [one.headers["authorization"] for one in suite.asked] == [f"Bearer {KEY}"] * 2


@pytest.mark.parametrize(
    "url", ["example.com", "ftp://example.com", "http://", "http://u:p@example.com", "http://x?y"]
)
def test_what_is_no_address_is_wrong_usage(run: Run, url: str) -> None:
    assert run("--url", url, "topics", "list").exit_code == 2


def test_without_a_key_nothing_is_asked(run: Run, suite: Suite) -> None:
    result = run("topics", "list", env={"RUNDRUF_API_KEY": None})
    assert result.exit_code == 2
    assert "No API key" in result.stderr
    assert suite.asked == []


def test_without_any_suite_it_says_how_to_get_one(run: Run) -> None:
    result = run("topics", "list", env={"RUNDRUF_URL": None})
    assert result.exit_code == 2
    assert "make run" in result.stderr


def test_an_unknown_option_is_wrong_usage(run: Run) -> None:
    result = run("topics", "list", "--nonsense")
    assert (result.exit_code, result.stdout) == (2, "")


class TestLogin:
    def saved(self, environment: dict[str, str | None]) -> Path:
        return Path(str(environment["XDG_CONFIG_HOME"])) / "rundruf" / "profiles.json"

    def test_it_saves_a_key_that_works_for_the_user_only(
        self, run: Run, suite: Suite, environment: dict[str, str | None]
    ) -> None:
        nothing = {"RUNDRUF_URL": None, "RUNDRUF_API_KEY": None}
        assert run("login", suite.url, input=f"{KEY}\n", env=nothing).exit_code == 0
        file = self.saved(environment)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [one.name for one in file.parent.iterdir()] == ["profiles.json"]
        assert run("topics", "list", env=nothing).exit_code == 0
        assert sent_key(suite) == KEY

    def test_it_tells_what_is_there_or_what_to_do_first(self, run: Run, suite: Suite) -> None:
        said = run("login", suite.url, input=f"{KEY}\n").stderr
        assert "accounts whatsapp/main; topics recipes" in said
        suite.plays("GET /v1/accounts", Answer(body={"accounts": []}))
        assert "rundruf accounts add" in run("login", suite.url, input=f"{KEY}\n").stderr

    def test_a_key_that_is_refused_is_not_saved(
        self, run: Run, suite: Suite, environment: dict[str, str | None]
    ) -> None:
        suite.plays("GET /v1/topics", Answer(403, {"message": "Forbidden"}))
        result = run("login", suite.url, input=f"{KEY}\n")
        assert result.exit_code == 1
        assert "does not know this API key" in result.stderr
        assert not self.saved(environment).exists()

    def test_without_a_key_it_is_wrong_usage(self, run: Run, suite: Suite) -> None:
        assert run("login", suite.url, input="\n").exit_code == 2

    def test_several_profiles_are_kept_apart(self, run: Run, suite: Suite) -> None:
        nothing = {"RUNDRUF_URL": None, "RUNDRUF_API_KEY": None}
        run("login", suite.url, "--profile", "one", input="key-one\n")
        run("login", suite.url + "/two", "--profile", "two", input="key-two\n")
        suite.plays("GET /two/v1/topics", TOPICS)
        suite.plays("GET /two/v1/accounts", Answer(body={"accounts": []}))
        assert run("login", suite.url + "/two", "--profile", "two", input="key-two\n").exit_code == 0
        run("--profile", "one", "topics", "list", env=nothing)
        assert sent_key(suite) == "key-one"
        run("topics", "list", "--profile", "two", env=nothing)
        assert (suite.asked[-1].path, sent_key(suite)) == ("/two/v1/topics", "key-two")
        listed = run("profiles", "--json")
        assert json.loads(listed.stdout)["profiles"][0] == {"name": "one", "url": suite.url}
        assert "key-one" not in listed.output
        assert run("logout", "--profile", "one").exit_code == 0
        assert run("--profile", "one", "topics", "list", env=nothing).exit_code == 2

    def test_a_saved_key_goes_to_no_other_address(self, run: Run, suite: Suite) -> None:
        run("login", suite.url, input="key-one\n")
        result = run("topics", "list", env={"RUNDRUF_URL": f"{suite.url}/other", "RUNDRUF_API_KEY": None})
        assert result.exit_code == 2
        assert "No API key" in result.stderr

    def test_a_spoiled_file_is_said(self, run: Run, suite: Suite, environment: dict[str, str | None]) -> None:
        run("login", suite.url, input="key-one\n")
        self.saved(environment).write_text("[")
        result = run("topics", "list", env={"RUNDRUF_URL": None})
        assert result.exit_code == 1
        assert "rundruf login" in result.stderr


class TestLocalRun:
    def test_its_address_and_key_are_found(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (data / "api-key").write_text("key-of-the-run")
        (data / "run.json").write_text(json.dumps({"url": suite.url}))
        assert run("topics", "list", env={"RUNDRUF_URL": None, "RUNDRUF_API_KEY": None}).exit_code == 0
        assert sent_key(suite) == "key-of-the-run"

    def test_it_is_found_from_a_folder_below(
        self, run: Run, suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".rundruf").mkdir()
        (tmp_path / ".rundruf" / "api-key").write_text("key-of-the-run")
        (tmp_path / "docs" / "deep").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "docs" / "deep")
        env = {"RUNDRUF_URL": None, "RUNDRUF_API_KEY": None, "RUNDRUF_DATA": None}
        port = suite.url.rpartition(":")[2]
        assert run("topics", "list", env={**env, "RUNDRUF_PORT": port}).exit_code == 0
        assert sent_key(suite) == "key-of-the-run"

    def test_an_address_elsewhere_is_not_believed(self, run: Run, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (data / "api-key").write_text("key-of-the-run")
        (data / "run.json").write_text(json.dumps({"url": "http://example.com"}))
        result = run("topics", "list", env={"RUNDRUF_URL": None, "RUNDRUF_API_KEY": None})
        assert result.exit_code == 2


class TestAnswers:
    def test_a_problem_is_shown_with_every_field(self, run: Run, suite: Suite) -> None:
        errors = [("id", "small letters only"), ("name.de", "is empty")]
        suite.plays("POST /v1/topics", problem("invalid", "id: small letters only", errors))
        result = run("topics", "add", "X", "--name", "de=X", "--json")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: id: small letters only\n  name.de: is empty\n"

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Answer(403, {"message": "Forbidden"}), "does not know this API key"),
            (Answer(401, {"message": "Unauthorized"}), "does not know this API key"),
            (Answer(404, {"message": "Not Found"}), "no Rundruf at this address"),
            (Answer(413, {"message": "Request Entity Too Large"}), "too large"),
            (Answer(500, b"<html>"), "HTTP 500"),
            (Answer(200, b"<html>"), "not Rundruf"),
            (Answer(302, headers={"Location": "http://127.0.0.1:9/"}), "moved"),
            (
                problem("forbidden", "This needs an API key with the scope send."),
                "keys create NAME --scope send",
            ),
            (
                problem("not-found", "There is no topic 'x'. GET the list of them to see which exist."),
                "There is no topic 'x'.\n  Which there are: rundruf topics list\n",
            ),
        ],
    )
    def test_other_answers_are_said_in_words(self, run: Run, suite: Suite, answer: Answer, said: str) -> None:
        suite.plays("GET /v1/topics", answer)
        result = run("topics", "list", "--json")
        assert (result.exit_code, result.stdout) == (1, "")
        assert said in result.stderr
        assert len(suite.asked) == 1

    def test_escape_sequences_of_strangers_do_not_reach_the_terminal(self, run: Run, suite: Suite) -> None:
        name = "\x1b[31mred\u009b31m\u202ered"
        suite.plays("GET /v1/topics", Answer(body={"topics": [{"id": "x", "name": {"de": name}}]}))
        assert not set("\x1b\u009b\u202e") & set(run("topics", "list").stdout)
        shown = run("topics", "list", "--json").stdout
        assert not set("\x1b\u009b") & set(shown)
        assert json.loads(shown)["topics"][0]["name"]["de"] == name

    def test_a_broadcast_that_needs_another_key_says_how(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/broadcasts/x1", Answer(body={"state": "scheduled"}))
        suite.plays("POST /v1/broadcasts/x1/start", problem("approval-needed", "More than 1000 people."))
        assert "rundruf broadcast approve x1" in run("broadcast", "start", "x1").stderr

    def test_a_suite_that_is_older_than_the_command_is_guessed(self, run: Run, suite: Suite) -> None:
        nothing = problem("not-found", "There is no such path and method; see /v1/docs.")
        suite.plays("GET /v1/topics", nothing)
        assert "is the suite older?" in run("topics", "list").stderr

    def test_being_throttled_for_long_is_told(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/topics", Answer(429, {"message": "Too Many Requests"}))
        result = run("topics", "list")
        assert result.exit_code == 1
        assert "Try again in a minute" in result.stderr


class TestRepeats:
    def test_a_lost_connection_is_tried_again(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/topics", DROP, Answer(503), TOPICS)
        assert run("topics", "list").exit_code == 0
        assert len(suite.asked) == 3

    def test_a_post_is_repeated_with_the_same_key_and_body(self, run: Run, suite: Suite) -> None:
        made = Answer(201, {"id": "recipes", "name": {"de": "Rezepte"}})
        suite.plays("POST /v1/topics", DROP, problem("in-progress", "still running"), made)
        assert run("topics", "add", "recipes", "--name", "de=Rezepte").exit_code == 0
        assert len({(one.headers["idempotency-key"], one.body) for one in suite.asked}) == 1
        assert len(suite.asked) == 3
        run("topics", "add", "recipes", "--name", "de=Rezepte")
        assert suite.asked[-1].headers["idempotency-key"] != suite.asked[0].headers["idempotency-key"]

    def test_it_does_not_try_for_ever(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/topics", DROP)
        assert run("topics", "list").exit_code == 3
        assert len(suite.asked) == 4

    def test_a_delete_is_not_repeated(self, run: Run, suite: Suite) -> None:
        suite.plays("DELETE /v1/accounts/whatsapp/main", DROP)
        assert run("accounts", "delete", "whatsapp/main", "--yes").exit_code == 3
        assert len(suite.asked) == 1

    def test_a_refusal_is_not_repeated(self, run: Run, suite: Suite) -> None:
        suite.plays("GET /v1/topics", problem("conflict", "no"))
        assert run("topics", "list").exit_code == 1
        assert len(suite.asked) == 1
