"""Tokens and public keys that run out: one fetch for all workers, never a stampede, never in a log."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from rundruf.aws.calls import Aws, AwsError
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.table import Table
from rundruf.core.account import Account
from rundruf.flows.renewing import Refused, armed, renewed, with_keys
from rundruf.flows.services import Services, Steps, Unfinished
from rundruf.messengers.contract import Answer, Failure, Request
from tests.support.pager import ACCOUNT, PAGER, SECRET, said
from tests.support.people import HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import World

MINUTE = 60_000
WORKERS = 32


@dataclass
class Issuer:
    """Issues tokens t1, t2 … and counts the calls; ``stable`` keeps to the last until forced."""

    seconds: float = 7200
    stable: bool = False
    calls: int = 0
    forced: int = 0
    slow: float = 0
    answer: Answer | None = None

    def __call__(self, _number: int, request: Request) -> Answer:
        self.calls += 1
        time.sleep(self.slow)
        if self.answer is not None:
            return self.answer
        force = b'"force": true' in request.body
        self.forced += force
        number = 1 + self.forced if self.stable else self.calls
        return said(token=f"t{number}", seconds=self.seconds)


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack)
    made.accounts.put(ACCOUNT)
    return made


@pytest.fixture
def issuer(world: World) -> Issuer:
    made = Issuer()
    world.messengers.script = made
    return made


def another(world: World) -> Services:
    """Another worker: nothing in its memory."""
    return replace(world.services, renewables=TableRenewables(world.contacts.table))


def token(account: Account) -> str:
    return account.secret("access_token")


def have(world: World) -> str:
    return token(armed(ACCOUNT, PAGER, world.services))


def test_a_messenger_without_tokens_is_left_as_it_is(world: World, issuer: Issuer) -> None:
    plain = replace(PAGER, token=None, keys=None)
    assert armed(ACCOUNT, plain, world.services) is ACCOUNT
    assert with_keys(ACCOUNT, plain, world.services, stale=True) is ACCOUNT
    assert renewed(ACCOUNT, plain, world.services) is None
    assert issuer.calls == 0


def test_an_account_that_needs_no_token_is_left_as_it_is(world: World, issuer: Issuer) -> None:
    own = replace(ACCOUNT, credentials={**ACCOUNT.credentials, "access_token": ("own",)})
    world.accounts.put(own)
    assert PAGER.token is not None
    speaks = replace(
        PAGER, token=replace(PAGER.token, needed=lambda account: not account.secrets("access_token"))
    )
    assert token(armed(own, speaks, world.services)) == "own"
    assert renewed(own, speaks, world.services) is None
    assert issuer.calls == 0


def test_a_token_is_fetched_once_and_shared(world: World, issuer: Issuer) -> None:
    assert have(world) == have(world) == "t1"
    assert token(armed(ACCOUNT, PAGER, another(world))) == "t1"
    assert issuer.calls == 1
    assert json.loads(world.messengers.requests[0].body) == {"secret": SECRET, "force": False}


@pytest.mark.parametrize(
    ("seconds", "still", "no_longer"),
    [
        pytest.param(7200, 6899_000, 6901_000, id="five minutes before its end"),
        pytest.param(899, 719_000, 720_000, id="a fifth of its life before, if that is shorter"),
    ],
)
def test_a_token_is_renewed_early(
    world: World, issuer: Issuer, seconds: float, still: int, no_longer: int
) -> None:
    issuer.seconds = seconds
    assert have(world) == "t1"
    world.at = NOW + still
    assert have(world) == "t1"
    world.at = NOW + no_longer
    assert have(world) == "t2"


@pytest.mark.parametrize("answer", [Answer(0, failure=Failure.AMBIGUOUS), said(503), said(400)])
def test_the_old_token_serves_while_early_renewal_fails(world: World, issuer: Issuer, answer: Answer) -> None:
    have(world)
    world.at = NOW + 7000_000
    issuer.answer = answer
    assert have(world) == have(world) == "t1"
    assert issuer.calls == 2
    world.at = NOW + 7195_000
    with pytest.raises((Unfinished, Refused)):
        have(world)


def test_the_old_token_serves_while_another_worker_renews(world: World, issuer: Issuer) -> None:
    have(world)
    world.at = NOW + 7000_000
    seen = world.services.renewables.get(key(world))
    assert world.services.renewables.lease(key(world), seen, "other", world.at + 10_000, 0)
    assert have(world) == "t1"
    assert issuer.calls == 1


def key(world: World) -> str:
    """The key of the one item there is."""
    (found,) = (one["pk"]["S"] for one in world.stack.items() if one["pk"]["S"].startswith("renewable#"))
    return str(found).partition("#")[2]


def test_a_refused_token_is_replaced_by_what_another_worker_fetched(world: World, issuer: Issuer) -> None:
    ours = armed(ACCOUNT, PAGER, world.services)
    theirs = renewed(armed(ACCOUNT, PAGER, another(world)), PAGER, another(world))
    assert theirs is not None
    mine = renewed(ours, PAGER, world.services)
    assert mine is not None
    assert token(mine) == token(theirs) == "t2"
    assert issuer.calls == 2


def test_after_a_refusal_one_fetch_a_minute(world: World, issuer: Issuer) -> None:
    one = renewed(armed(ACCOUNT, PAGER, world.services), PAGER, world.services)
    assert one is not None
    assert renewed(one, PAGER, world.services) is None
    assert issuer.calls == 2
    world.at += MINUTE
    other = renewed(one, PAGER, world.services)
    assert other is not None
    assert (token(one), token(other), issuer.calls) == ("t2", "t3", 3)


def test_force_is_used_only_where_the_messenger_gives_the_refused_token_again(
    world: World, issuer: Issuer
) -> None:
    issuer.stable = True
    one = armed(ACCOUNT, PAGER, world.services)
    other = renewed(one, PAGER, world.services)
    assert other is not None
    assert (token(one), token(other), issuer.calls, issuer.forced) == ("t1", "t2", 3, 1)


def test_there_is_no_other_where_even_force_brings_the_same(world: World, issuer: Issuer) -> None:
    issuer.answer = said(token="same", seconds=7200)
    assert renewed(armed(ACCOUNT, PAGER, world.services), PAGER, world.services) is None


def test_refused_credentials_are_told_apart_from_a_messenger_in_trouble(world: World, issuer: Issuer) -> None:
    issuer.answer = said(401)
    with pytest.raises(Refused, match="http_401"):
        have(world)
    world.at += 10_000
    with pytest.raises(Refused, match="http_401"):
        armed(ACCOUNT, PAGER, another(world))
    assert issuer.calls == 1
    world.at += MINUTE
    issuer.answer = said(503)
    with pytest.raises(Unfinished):
        have(world)
    with pytest.raises(Unfinished):
        have(world)
    assert issuer.calls == 2
    world.at += 5_000
    issuer.answer = None
    assert have(world) == "t3"


def test_a_missing_credential_is_a_refusal(world: World, issuer: Issuer) -> None:
    with pytest.raises(Refused, match="credential_missing"):
        armed(replace(ACCOUNT, credentials={}), PAGER, world.services)
    assert issuer.calls == 0


@pytest.mark.parametrize("token", ["", "x" * 400_000])
def test_a_value_nobody_can_keep_is_none(world: World, issuer: Issuer, token: str) -> None:
    issuer.answer = said(token=token, seconds=60)
    with pytest.raises(Unfinished):
        have(world)


@pytest.mark.parametrize("seconds", [0, -5, float("inf"), 1e300])
def test_an_absurd_life_is_cut_to_reason(world: World, issuer: Issuer, seconds: float) -> None:
    issuer.seconds = seconds
    assert have(world) == have(world) == "t1"
    (item,) = (one for one in world.stack.items() if one["pk"]["S"].startswith("renewable#"))
    assert NOW + 30_000 <= int(item["until"]["N"]) <= NOW + 30 * 24 * HOUR


@pytest.mark.parametrize(
    "change", [{"base_url": "https://other.example"}, {"credentials": {"app_secret": ("new",)}}]
)
def test_other_credentials_or_another_host_want_another_token(
    world: World, issuer: Issuer, change: dict[str, Any]
) -> None:
    have(world)
    assert token(armed(replace(ACCOUNT, **change), PAGER, world.services)) == "t2"


def test_a_worker_that_died_while_fetching_holds_nobody_up_for_long(world: World, issuer: Issuer) -> None:
    class Dead(BaseException):
        pass

    def die(*_: object) -> Answer:
        raise Dead

    world.messengers.script = die
    with pytest.raises(Dead):
        have(world)
    world.messengers.script = issuer
    with pytest.raises(Unfinished):
        have(world)
    assert world.at - NOW >= 3_000
    world.at += 10_000
    assert have(world) == "t1"


def test_who_lost_the_lease_goes_on_with_what_is_kept(world: World, issuer: Issuer) -> None:
    def overtaken(number: int, request: Request) -> Answer:
        world.messengers.script = issuer
        world.at += 11_000
        assert token(armed(ACCOUNT, PAGER, another(world))) == "t1"
        return said(token="late", seconds=7200)

    world.messengers.script = overtaken
    assert have(world) == have(world) == "t1"


def test_keys_are_fetched_once_and_anew_when_in_doubt_but_once_a_minute(world: World, issuer: Issuer) -> None:
    one = with_keys(ACCOUNT, PAGER, world.services)
    assert one.secrets("jwks") == ("t1",)
    assert with_keys(one, PAGER, world.services, stale=True).secrets("jwks") == ("t1",)
    world.at += MINUTE
    two = with_keys(one, PAGER, world.services, stale=True)
    assert two.secrets("jwks") == ("t2",)
    assert with_keys(one, PAGER, another(world), stale=True).secrets("jwks") == ("t2",)
    assert with_keys(two, PAGER, another(world), stale=True).secrets("jwks") == ("t2",)
    assert issuer.calls == 2


def test_doubt_is_no_answer_while_new_keys_cannot_be_had(world: World, issuer: Issuer) -> None:
    old = with_keys(ACCOUNT, PAGER, world.services)
    issuer.answer = said(503)
    world.at += MINUTE
    for _ in range(10):
        world.at += 5_000
        with pytest.raises(Unfinished):
            with_keys(old, PAGER, world.services, stale=True)
        assert with_keys(ACCOUNT, PAGER, world.services).secrets("jwks") == ("t1",)
    assert issuer.calls == 2
    world.at += 15_000
    issuer.answer = None
    assert with_keys(old, PAGER, world.services, stale=True).secrets("jwks") == ("t3",)


def test_token_and_keys_are_kept_apart_and_go_together(world: World, issuer: Issuer) -> None:
    both = with_keys(armed(ACCOUNT, PAGER, world.services), PAGER, world.services)
    assert (both.secrets("access_token"), both.secrets("jwks")) == (("t1",), ("t2",))
    assert token(armed(both, PAGER, world.services)) == "t1"
    assert issuer.calls == 2


def test_what_is_kept_dies_and_nothing_of_it_is_told(world: World, issuer: Issuer) -> None:
    lines: list[str] = []
    services = replace(world.services, log=lambda what, **facts: lines.append(f"{what} {facts}"))
    issuer.answer = said(token="very-secret", seconds=600)
    account = armed(ACCOUNT, PAGER, services)
    (item,) = (one for one in world.stack.items() if one["pk"]["S"].startswith("renewable#"))
    assert NOW // 1000 + 600 < int(item["expires"]["N"]) <= NOW // 1000 + 600 + 2 * 24 * 3600
    assert SECRET not in str(item)
    held = services.renewables.get(key(world))
    told = f"{lines} {account!r} {held!r} {services.renewables.recalled(key(world))!r}"
    assert lines
    assert "very-secret" not in told
    assert SECRET not in told


def test_a_lease_is_for_who_saw_the_newest(world: World) -> None:
    store = world.services.renewables
    nothing = store.get("k")
    assert store.lease("k", nothing, "a", 10, 0)
    assert not store.lease("k", nothing, "b", 10, 0)
    abandoned = store.get("k")
    assert store.lease("k", abandoned, "b", 30, 0)
    assert not store.lease("k", abandoned, "c", 40, 0)
    assert not store.put("k", "a", "late", 5, 100)
    assert store.put("k", "b", "one", 20, 100)
    one = store.get("k")
    assert store.lease("k", one, "c", 50, 0)
    assert store.put("k", "c", "two", 45, 200)
    assert not store.lease("k", one, "d", 60, 0)
    assert store.get("k").value == "two"


class OneAtATime:
    """DynamoDB does one write to an item after the other; moto does not."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self._lock = aws, threading.Lock()

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            return self.aws.call(service, operation, body)

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        with self._lock:
            return self.aws.calls(service, operation, bodies)

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        return self.aws.steps(service, operation, body)


@dataclass
class Crowd:
    """Workers that do the same at the same moment, in real time."""

    world: World
    issuer: Issuer
    found: list[object] = field(default_factory=list)

    def all(self, work: Callable[[Services], object]) -> list[object]:
        table = Table(OneAtATime(self.world.contacts.table.aws), self.world.contacts.table.name)
        start = threading.Barrier(WORKERS)

        def one() -> None:
            services = replace(
                self.world.services,
                renewables=TableRenewables(table),
                ticks=lambda: time.monotonic() * 1000,
                sleep=time.sleep,
            )
            start.wait()
            try:
                self.found.append(work(services))
            except (Unfinished, Refused) as error:
                self.found.append(type(error))

        threads = [threading.Thread(target=one) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.found


@pytest.fixture
def crowd(world: World, issuer: Issuer) -> Iterator[Crowd]:
    issuer.slow = 0.2
    return Crowd(world, issuer)  # type: ignore[return-value]


def test_a_crowd_without_a_token_fetches_one(crowd: Crowd) -> None:
    assert crowd.all(lambda services: token(armed(ACCOUNT, PAGER, services))) == ["t1"] * WORKERS
    assert crowd.issuer.calls == 1


def test_a_refused_crowd_fetches_one(crowd: Crowd) -> None:
    refused = armed(ACCOUNT, PAGER, crowd.world.services)

    def work(services: Services) -> str:
        other = renewed(refused, PAGER, services)
        return token(other) if other else ""

    assert crowd.all(work) == ["t2"] * WORKERS
    assert crowd.issuer.calls == 2


def test_a_crowd_does_not_press_a_messenger_in_trouble(crowd: Crowd) -> None:
    crowd.issuer.answer = said(503)
    assert crowd.all(lambda services: armed(ACCOUNT, PAGER, services)) == [Unfinished] * WORKERS
    assert crowd.issuer.calls == 1


def test_a_crowd_in_doubt_of_its_keys_fetches_them_once(crowd: Crowd) -> None:
    old = with_keys(ACCOUNT, PAGER, crowd.world.services)
    crowd.world.at += MINUTE
    found = crowd.all(lambda services: with_keys(old, PAGER, services, stale=True).secret("jwks"))
    assert found == ["t2"] * WORKERS
    assert crowd.issuer.calls == 2
