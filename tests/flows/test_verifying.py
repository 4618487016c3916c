"""An account's check: the messenger's own steps in order, up to the first that fails, without any secret."""

from dataclasses import replace

import pytest

from rundruf.flows.verifying import BUDGET, verify
from rundruf.messengers.contract import Answer, Failure, Request, Step, Told
from tests.support.pager import ACCOUNT, PAGER, SECRET, registered, said
from tests.support.stack import Stack
from tests.support.world import World

PATHS = {
    "/token": "access_token",
    "/keys": "public_keys",
    "/me": "who_am_i",
    "/hook": "set_webhook",
    "/test": "test_webhook",
}


class Play:
    """Answers the pager's calls, those named with what is given."""

    def __init__(self, **answers: Answer) -> None:
        self.answers, self.asked = answers, [""]

    def __call__(self, _number: int, request: Request) -> Answer:
        name = PATHS["/" + request.url.rpartition("/")[2]]
        self.asked.append(name)
        return self.answers.get(name, said(token="the-token-nobody-sees", seconds=600))


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch)
    return World(stack)


def told(world: World, play: Play) -> dict[str, str]:
    """Every step's name with "ok" or its detail."""
    world.messengers.script = play
    return {one.name: "ok" if one.ok else one.detail for one in verify(ACCOUNT, world.services)}


EVERY = list(PATHS.values())


def test_all_steps_are_done_in_their_order(world: World) -> None:
    play = Play()
    assert told(world, play) == dict.fromkeys(EVERY, "ok")
    assert play.asked[1:] == EVERY
    hook = next(one for one in world.messengers.requests if one.url.endswith("/hook"))
    assert hook.body == b"https://r.example/webhooks/pager/main"
    assert hook.headers["authorization"] == "Bearer the-token-nobody-sees"


@pytest.mark.parametrize("failing", EVERY)
def test_nothing_is_tried_after_the_first_that_fails(world: World, failing: str) -> None:
    play = Play(**{failing: said(403)})
    found = told(world, play)
    place = EVERY.index(failing)
    assert list(found) == EVERY
    assert [found[name] for name in EVERY[:place]] == ["ok"] * place
    assert found[failing] not in ("ok", "not tried")
    assert [found[name] for name in EVERY[place + 1 :]] == ["not tried"] * (len(EVERY) - place - 1)
    assert play.asked[1:] == EVERY[: place + 1]


@pytest.mark.parametrize("failure", list(Failure))
def test_a_silent_messenger_is_a_failed_step(world: World, failure: Failure) -> None:
    found = told(world, Play(who_am_i=Answer(0, failure=failure)))
    assert "server" in found["who_am_i"]


def test_refused_credentials_and_trouble_are_told_apart(world: World) -> None:
    assert "Copy them again" in told(world, Play(access_token=said(401)))["access_token"]
    world.at += 60_000
    assert "Try again" in told(world, Play(access_token=said(503)))["access_token"]


def test_a_missing_credential_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(account: object, webhook: str) -> tuple[Step, ...]:
        raise KeyError("page_id")

    registered(monkeypatch, replace(PAGER, token=None, keys=None, steps=steps))
    assert told(world, Play()) == {"credentials": "The credential page_id is missing."}


def test_a_messenger_with_nothing_to_check_has_no_steps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, replace(PAGER, token=None, keys=None, steps=lambda _account, _webhook: ()))
    assert told(world, Play()) == {}


def test_steps_end_before_the_api_has_to_answer(world: World) -> None:
    def slow(number: int, request: Request) -> Answer:
        world.at += BUDGET // 2 + 1
        return Play()(number, request)

    world.messengers.script = slow
    done = verify(ACCOUNT, world.services)
    assert [one.ok for one in done] == [True, True, False, False, False]
    assert done[2].detail.startswith("not tried")
    assert done[3].detail == "not tried"


def test_no_secret_is_told_whatever_the_messenger_echoes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    echoed = (SECRET, "pa/ss+wd", "pa%2Fss%2Bwd", "the-token-nobody-sees")

    def steps(account: object, webhook: str) -> tuple[Step, ...]:
        return (
            Step("echo", Request("GET", "https://p/me", {}, b""), lambda _: Told(True, " ".join(echoed))),
        )

    registered(monkeypatch, replace(PAGER, steps=steps))
    world.messengers.script = Play()
    account = replace(ACCOUNT, credentials={"app_secret": (SECRET, "pa/ss+wd")})
    (*_, last) = verify(account, world.services)
    assert last.detail == "… … … …"


def test_long_details_are_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(account: object, webhook: str) -> tuple[Step, ...]:
        return (Step("talk", Request("GET", "https://p/me", {}, b""), lambda _: Told(True, "x" * 10_000)),)

    registered(monkeypatch, replace(PAGER, token=None, keys=None, steps=steps))
    world.messengers.script = Play()
    (only,) = verify(ACCOUNT, world.services)
    assert len(only.detail) == 500
