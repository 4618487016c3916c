"""`rundruf accounts add`: what a messenger needs is asked for, and then checked there."""

import json
import os
import time
from typing import Any

import pytest

from rundruf.api.models import AccountIn, CheckedOut, VerifiedOut
from rundruf_cli.new_account import ADDRESS, OWN_CHOICE
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, problem, told

PATH = "/v1/accounts/telegram/main"
VERIFIED = VerifiedOut(ok=True, steps=[CheckedOut(name="who_am_i", ok=True, detail="Café")])
TOKEN = "12345:AAbbCC"


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    suite.plays(f"GET {PATH}", problem("not-found", "There is no account 'telegram/main'."))
    suite.plays(f"PUT {PATH}", told(made.account(id="telegram/main", messenger="telegram")))
    suite.plays(f"POST {PATH}/verify", told(VERIFIED))


def sent(suite: Suite) -> AccountIn:
    return AccountIn.model_validate(next(one.json for one in suite.asked if one.method == "PUT"))


def test_a_program_gives_what_is_needed_and_the_rest_is_made_up(run: Run, suite: Suite) -> None:
    result = run(
        "accounts", "add", "telegram/main", "--credential", f"bot_token={TOKEN}", "--address", "shop"
    )
    assert result.exit_code == 0
    assert "Café" in result.stdout
    assert sent(suite).credentials["bot_token"] == TOKEN
    assert len(str(sent(suite).credentials["secret_token"])) >= 24
    assert TOKEN not in result.output
    shown = run("accounts", "add", "telegram/main", "--credential", f"bot_token={TOKEN}", "--json")
    assert json.loads(shown.stdout)["ok"] is True


def test_what_is_missing_is_named(run: Run, suite: Suite) -> None:
    result = run("accounts", "add", "telegram/main")
    assert result.exit_code == 2
    assert "Telegram needs bot_token" in result.stderr
    assert suite.calls == [f"GET {PATH}"]


def test_an_account_that_is_there_is_not_overwritten(run: Run, suite: Suite) -> None:
    suite.plays(f"GET {PATH}", told(made.account()))
    result = run("accounts", "add", "telegram/main", "--credential", f"bot_token={TOKEN}")
    assert result.exit_code == 1
    assert "rundruf accounts set telegram/main" in result.stderr
    assert suite.calls == [f"GET {PATH}"]


def test_a_messenger_that_is_none_is_told_with_those_there_are(run: Run, suite: Suite) -> None:
    result = run("accounts", "add", "signal/main")
    assert result.exit_code == 2
    assert "telegram" in result.stderr
    assert suite.asked == []


def test_a_messenger_that_is_not_content_ends_with_1(run: Run, suite: Suite) -> None:
    failed = VerifiedOut(ok=False, steps=[CheckedOut(name="who_am_i", ok=False, detail="knows no bot")])
    suite.plays(f"POST {PATH}/verify", told(failed))
    result = run("accounts", "add", "telegram/main", "--credential", f"bot_token={TOKEN}")
    assert result.exit_code == 1
    assert "knows no bot" in result.stdout


def test_a_person_is_asked_piece_by_piece_and_again_for_what_cannot_be(terminal: Any, suite: Suite) -> None:
    asked = terminal("accounts", "add", "telegram/main", NO_COLOR="1")
    answers = {
        "The bot's user name: ": "shop_bot",
        "bot_token: ": "nonsense",
        "That is no bot_token.\r\nbot_token: ": TOKEN,
        "one is made up): ": "",
    }
    for question, answer in answers.items():
        asked.read(until=question)
        time.sleep(0.1)
        os.write(asked.master, f"{answer}\n".encode())
    shown = asked.read()
    assert asked.process.wait(10) == 0
    assert TOKEN not in shown
    assert (sent(suite).address, sent(suite).credentials["bot_token"]) == ("shop_bot", TOKEN)


def test_every_messenger_with_entry_links_is_asked_for_its_address() -> None:
    from rundruf.messengers import MESSENGERS

    assert {*ADDRESS, "wechat"} == set(MESSENGERS)
    known = {one.name for speaks in MESSENGERS.values() for one in speaks.credentials}
    assert known >= set(OWN_CHOICE)
