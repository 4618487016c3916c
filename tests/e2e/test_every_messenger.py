"""Every messenger as a newcomer tries it, and one broadcast to people on all of them; the sandbox's log is
the oracle."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.registry import kinds
from tests.e2e.conftest import Suite, balanced, until

pytestmark = pytest.mark.e2e

MESSENGERS = tuple(kinds())
TELLS_OF_BLOCKS = ("telegram", "line", "viber", "wechat", "teams", "skype")
TOPIC = "offers"  # nobody of the other tests joins it
HEADER = "messenger,account,user_id,name,language,tags,topics,consent_source,consent_at,consent_wording"
EVERY = 0.1


@dataclass(frozen=True)
class Phone:
    """Somebody's phone with the chat with the demo's business."""

    suite: Suite
    messenger: str
    user: str

    @property
    def path(self) -> str:
        return f"/phones/{self.messenger}/{quote(self.user, safe='')}"

    def act(self, what: str, **body: Any) -> Any:
        """The answer once the business has acknowledged it."""
        answer = self.suite.phone(f"{self.path}/{what}", wait=True, **body)
        assert answer["acknowledged"] is not False, f"{self.messenger}: {what} was not acknowledged"
        return answer

    def said(self) -> list[dict[str, Any]]:
        return self.suite.said(self.messenger, self.user)

    def told(self, since: int, within: float = 60) -> list[dict[str, Any]]:
        """What the business has said after its first ``since`` messages, once there is something."""
        found: list[dict[str, Any]] = until(lambda: self.said()[since:], within, EVERY)
        return found

    def asks(self, what: str, **body: Any) -> dict[str, Any]:
        """The last message that the business answers an act with."""
        before = len(self.said())
        self.act(what, **body)
        return self.told(before)[-1]

    def contact(self) -> dict[str, Any]:
        found: dict[str, Any] = self.suite.contact(self.messenger, self.user)
        return found

    def topics(self) -> list[str]:
        found: list[str] = self.contact()["consent"]["topics"]
        return found


def phone(suite: Suite, messenger: str) -> Phone:
    """A new one."""
    made = suite.phone("/phones", messenger=messenger, name="Erika Muster", language="de")
    return Phone(suite, messenger, made["user"])


def enters(one: Phone) -> dict[str, Any]:
    """The chat is opened by the entry point's link, and the code typed where links carry none; gives the
    question."""
    points = one.suite.get("/v1/entry-points")["entry_points"]
    point = next(each for each in points if each["messenger"] == one.messenger and TOPIC in each["topics"])
    if point["typed_code"]:
        one.act("open", link=point["link"])
        return one.asks("text", text=point["code"])
    first = one.asks("open", link=point["link"])
    if one.messenger == "viber":
        assert "automatische Antwort" in first["text"]
        assert one.suite.get(contacts_of(one))["contacts"] == []
        return one.asks("press", message=first["id"], button=0)
    return first


def contacts_of(one: Phone) -> str:
    return f"/v1/contacts?messenger={one.messenger}&account=main&user_id={quote(one.user, safe='')}"


def joined(suite: Suite, messenger: str) -> Phone:
    """Somebody who has said yes by a button."""
    one = phone(suite, messenger)
    question = enters(one)
    assert question["keys"]
    assert one.topics() == []
    thanks = one.asks("press", message=question["id"], button=0)
    assert "Danke" in thanks["text"]
    assert one.topics() == [TOPIC]
    return one


def everywhere(suite: Suite, messengers: Iterable[str]) -> list[Phone]:
    """Somebody who has joined on each of them."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda name: joined(suite, name), messengers))


def crowd(suite: Suite, messenger: str, count: int, tag: str) -> list[str]:
    """So many silent people with a proved consent from elsewhere; gives their ids."""
    first = 4_917_600_000_000 + time.time_ns() // 10**6 % 10**8 * 1000
    suite.phone("/crowd", messenger=messenger, first=first, count=count)
    names = {f"Person {number}" for number in range(first, first + count)}
    people = suite.asked("/phones", messenger=messenger, silent=1)
    users = [one["user"] for one in people if one["name"] in names]
    assert len(users) == count
    rows = "".join(
        f"\n{messenger},main,{user},,de,{tag},{TOPIC},Form,2026-05-01T12:00:00Z,form v3" for user in users
    )
    told = suite.post(
        "/v1/contacts/import", data=f"{HEADER}{rows}".encode(), headers={"content-type": "text/csv"}
    )
    assert (told["imported"], told["refused"]) == (count, 0), told["lines"][:3]
    return users


def newest(suite: Suite) -> int:
    """The number of the last entry in the oracle's log."""
    return max((entry["n"] for entry in suite.log()), default=0)


def broadcast(suite: Suite, text: str, audience: Mapping[str, Any], **more: Any) -> str:
    body = {"name": text, "topic": TOPIC, "audience": audience, "message": {"text": text, **more}}
    made: str = suite.post("/v1/broadcasts", body, status=202)["id"]
    return made


def ended(suite: Suite, made: str, *states: str, within: float = 150) -> dict[str, Any]:
    """The broadcast in one of these states ("finished" if none are given); it balances at every look."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = suite.get(f"/v1/broadcasts/{made}")
        assert balanced(found["figures"]), found["figures"]
        over = found["state"] in ("finished", "cancelled", "failed", "paused")
        return found if over else None

    found: dict[str, Any] = until(look, within, EVERY)
    assert found["state"] in (states or ("finished",)), (found["state"], found["reason"])
    return found


def sends(suite: Suite, since: int, text: str, messenger: str = "") -> list[dict[str, Any]]:
    """The sends of this text that messengers were asked for."""
    asked = suite.log(since, messenger=messenger) if messenger else suite.log(since)
    return [entry for entry in asked if text in entry["text"]]


def accepted(entries: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How often each person was sent to."""
    return Counter(entry["user"] for entry in entries if entry["accepted"])


def switch(suite: Suite, messenger: str, **switches: Any) -> None:
    """Switches of the messenger's account in the sandbox."""
    answer = suite.session.patch(f"{suite.phones}/api/accounts/{messenger}/main", json=switches, timeout=10)
    assert answer.ok, answer.text


def order(suite: Suite, messenger: str, what: str, **values: Any) -> None:
    """Has the messenger do something by itself."""
    answer = suite.session.post(f"{suite.phones}/_sandbox/{messenger}/main/{what}", json=values, timeout=10)
    assert answer.ok, answer.text


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_the_account_is_checked_step_by_step(suite: Suite, messenger: str) -> None:
    told = suite.post(f"/v1/accounts/{messenger}/main/verify")
    assert told["ok"], told
    assert told["steps"]


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_somebody_joins_asks_sends_a_picture_and_stops(suite: Suite, messenger: str) -> None:
    one = joined(suite, messenger)
    contact = one.contact()
    assert [each["entry"]["action"] for each in contact["ledger"]] == ["asked", "confirmed"]
    asked = contact["ledger"][0]["entry"]
    assert (asked["source"], bool(asked["wording"]["hash"])) == ("entry_point", True)
    assert suite.get(f"/v1/contacts/{contact['id']}/consents")["intact"]
    assert "Angebote" in one.asks("text", text="INFO")["text"]
    one.act("picture", caption="Schaut mal")
    assert one.topics() == [TOPIC]
    since, before = newest(suite), len(one.said())
    stopped = one.act("text", text="STOP")
    assert one.topics() == []
    assert "abgemeldet" in one.told(before)[-1]["text"]
    assert stopped["message"]["acknowledged_ms"]
    assert len([entry for entry in suite.log(since) if entry["user"] == one.user]) == 1


@pytest.mark.parametrize("messenger", ["line", "wechat", "icq"])
def test_a_typed_yes_is_as_good_as_a_button(suite: Suite, messenger: str) -> None:
    one = phone(suite, messenger)
    enters(one)
    assert "Danke" in one.asks("text", text="Ja, gerne!")["text"]
    assert one.topics() == [TOPIC]


@pytest.mark.parametrize("messenger", TELLS_OF_BLOCKS)
def test_leaving_the_chat_ends_consent(suite: Suite, messenger: str) -> None:
    one = joined(suite, messenger)
    one.act("block")
    assert one.topics() == []
    assert one.contact()["ledger"][-1]["entry"]["action"] == "blocked"


def test_the_messengers_own_switch_against_advertising_counts(suite: Suite) -> None:
    one = joined(suite, "whatsapp")
    one.act("marketing", value="stop")
    assert one.contact()["consent"]["platform_stop"]


def test_a_broadcast_to_people_everywhere_balances(suite: Suite) -> None:
    tag = f"everybody-{time.time_ns()}"
    readers = {one.messenger: one for one in everywhere(suite, MESSENGERS)}
    for one in readers.values():
        suite.call("PATCH", f"/v1/contacts/{one.contact()['id']}", {"tags": [tag]})
    sizes = dict.fromkeys(MESSENGERS, 5) | {"telegram": 90, "line": 130, "viber": 130, "wechat": 20}
    silent = {name: crowd(suite, name, size, tag) for name, size in sizes.items()}
    since = newest(suite)
    made = broadcast(suite, tag, {"tags": {"any": [tag]}})
    stopping = stops_in_the_middle(suite, silent["telegram"], lambda: sends(suite, since, tag, "telegram"))
    done = ended(suite, made)
    log = sends(suite, since, tag)
    by = done["by_messenger"]
    assert {name: by[name]["skipped"] for name in ("whatsapp", "messenger", "instagram")} == {
        name: {"window": sizes[name]} for name in ("whatsapp", "messenger", "instagram")
    }
    for name in ("teams", "skype"):
        assert (by[name]["skipped"], by[name]["sent"]) == ({"advertising": sizes[name] + 1}, 0)
    for name in ("line", "viber", "wechat", "vkteams", "icq"):
        assert (by[name]["sent"], by[name]["skipped"]) == (by[name]["audience"], {}), name
    assert max(accepted(log).values()) == 1
    reached = {name: accepted(one for one in log if one["messenger"] == name) for name in MESSENGERS}
    assert {name: len(each) for name, each in reached.items()} == {
        name: by[name]["sent"] for name in MESSENGERS
    }
    for name in ("line", "viber", "wechat"):
        assert set(silent[name]) | {readers[name].user} <= set(reached[name])
    assert stopping["late"](log) == []
    assert (stopping["user"] in reached["telegram"]) == (by["telegram"]["skipped"] == {})
    shared(log, by)
    receipts(suite, made)


def stops_in_the_middle(
    suite: Suite, users: list[str], begun: Callable[[], list[dict[str, Any]]]
) -> dict[str, Any]:
    """Somebody whom the broadcast has not reached says STOP; ``late``: what was sent to them after that."""
    until(lambda: len(begun()) > 10, every=0.05)
    reached = accepted(begun())
    one = Phone(suite, "telegram", next(user for user in reversed(users) if user not in reached))
    at = one.act("text", text="STOP")["message"]["acknowledged_ms"]

    def late(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [entry for entry in log if entry["user"] == one.user and entry["at_ms"] > at]

    return {"user": one.user, "late": late}


def shared(log: list[dict[str, Any]], by: Mapping[str, Any]) -> None:
    """LINE's and Viber's calls carry to 64 people each, WeChat's one to everybody."""
    for name, most in (("line", 64), ("viber", 64), ("wechat", 10_000)):
        calls = Counter(entry["call"] or entry["n"] for entry in log if entry["messenger"] == name)
        assert len(calls) == -(-by[name]["sent"] // most), name


def receipts(suite: Suite, made: str) -> None:
    """What messengers report is counted, what they do not report is called that."""

    def by_messenger() -> dict[str, Any]:
        found: dict[str, Any] = suite.get(f"/v1/broadcasts/{made}")["by_messenger"]
        return found

    def arrived() -> dict[str, Any] | None:
        now = by_messenger()
        whole = all(
            now[name]["delivered"] == now[name]["sent"] for name in ("whatsapp", "viber", "messenger")
        )
        return now if whole and now["viber"]["read"] else None

    now = until(arrived, within=90)
    for name in ("telegram", "line", "wechat", "teams", "skype", "vkteams", "icq"):
        assert (now[name]["delivered"], now[name]["read"]) == ("not reported", "not reported"), name
    assert now["instagram"]["read"] in (0, 1)


def test_a_template_is_for_the_messenger_that_needs_it(suite: Suite) -> None:
    tag, names = f"template-{time.time_ns()}", ("whatsapp", "wechat", "line", "telegram")
    silent = {name: crowd(suite, name, 3, tag) for name in names}
    since = newest(suite)
    template = {"name": "autumn", "language": "de", "parameters": ["{{ name | default('Gast') }}"]}
    done = ended(suite, broadcast(suite, tag, {"tags": {"any": [tag]}}, template=template))
    assert done["figures"]["sent"] == len(names) * 3
    log = [entry for entry in suite.log(since) if entry["template"].startswith("autumn")]
    assert {entry["messenger"] for entry in log if entry["accepted"]} == {"whatsapp"}
    for name in ("wechat", "line", "telegram"):
        assert accepted(sends(suite, since, tag, name)) == Counter(silent[name])


@pytest.mark.parametrize("messenger", ["messenger", "instagram"])
def test_a_silent_block_is_learned_from_a_refusal_and_over_when_they_write(
    suite: Suite, messenger: str
) -> None:
    one = joined(suite, messenger)
    only = {"contacts": [one.contact()["id"]]}
    one.act("block")
    assert ended(suite, broadcast(suite, "Hallo", only))["figures"]["failed"] == {"gone": 1}
    assert ended(suite, broadcast(suite, "Hallo", only))["figures"]["skipped"] == {"unreachable": 1}
    one.act("unblock")
    assert "Angebote" in one.asks("text", text="INFO")["text"]
    assert ended(suite, broadcast(suite, "Wieder da", only))["figures"]["sent"] == 1


@pytest.mark.parametrize(
    ("messenger", "trouble", "cure"),
    [
        ("line", {"quota": 0}, {"quota": None}),
        ("wechat", {"refuse": {"next": 1, "code": 45028}}, {}),
    ],
)
def test_a_quota_that_is_used_up_pauses_with_the_reason(
    suite: Suite, messenger: str, trouble: dict[str, Any], cure: dict[str, Any]
) -> None:
    tag = f"quota-{time.time_ns()}"
    users = crowd(suite, messenger, 3, tag)
    since = newest(suite)
    switch(suite, messenger, **trouble)
    made = broadcast(suite, f"Knapp {tag}", {"tags": {"any": [tag]}})
    paused = ended(suite, made, "paused")
    assert paused["reason"].startswith(f"{messenger}/main: ")
    assert (paused["figures"]["sent"], paused["figures"]["pending"]) == (0, 3)
    switch(suite, messenger, **cure)
    suite.post(f"/v1/broadcasts/{made}/resume", status=202)
    assert ended(suite, made)["figures"]["sent"] == 3
    assert accepted(sends(suite, since, tag)) == Counter(users)


def test_telegrams_too_many_stops_the_whole_bot_for_as_long_as_told(suite: Suite) -> None:
    tag = f"slowly-{time.time_ns()}"
    users = crowd(suite, "telegram", 40, tag)
    since = newest(suite)
    switch(suite, "telegram", refuse={"next": 1, "code": 429, "retry_after": 3})
    assert ended(suite, broadcast(suite, tag, {"tags": {"any": [tag]}}))["figures"]["sent"] == 40
    log = sends(suite, since, tag)
    assert accepted(log) == Counter(users)
    (refused,) = (entry for entry in log if not entry["accepted"])
    later = [entry["at_ms"] for entry in log if entry["at_ms"] > refused["at_ms"] + 1000]
    assert min(later) > refused["at_ms"] + 3000


@pytest.mark.parametrize(("messenger", "code"), [("line", 401), ("wechat", 40001)])
def test_a_token_that_runs_out_in_the_midst_is_renewed(suite: Suite, messenger: str, code: int) -> None:
    tag = f"token-{time.time_ns()}"
    users = crowd(suite, messenger, 130, tag)
    since = newest(suite)
    switch(suite, messenger, refuse={"next": 1, "code": code})
    assert ended(suite, broadcast(suite, tag, {"tags": {"any": [tag]}}))["figures"]["sent"] == 130
    assert accepted(sends(suite, since, tag)) == Counter(users)
    assert {entry["code"] for entry in suite.log(since, messenger=messenger)} == {0, code}


@pytest.mark.parametrize("messenger", ["teams", "skype"])
def test_a_bearer_that_ran_out_is_renewed_for_a_reply(suite: Suite, messenger: str) -> None:
    one = joined(suite, messenger)
    order(suite, messenger, "expire_tokens")
    assert "Angebote" in one.asks("text", text="INFO")["text"]
