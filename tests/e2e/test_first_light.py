"""The six steps of a newcomer, over HTTP against the running suite; the sandbox's log is the oracle."""

import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.e2e.conftest import Suite, balanced, until

pytestmark = pytest.mark.e2e

IMPORTED = [f"4917{number:08}" for number in range(10_000_000, 10_002_000)]
HEADER = (
    "messenger,account,user_id,name,language,topics,consent_source,consent_at,consent_wording,attr.city\n"
)
LINK = re.compile(r"http://[^\s]+/u/[a-z2-7-]+|http://[^\s]+/u/[A-Za-z0-9_.-]+")


def join(suite: Suite, messenger: str, user: str, yes: bool = True) -> dict[str, Any]:
    """A person opens the chat through the demo's entry link and says yes; gives the contact."""
    points = suite.get("/v1/entry-points")["entry_points"]
    point = next(one for one in points if one["messenger"] == messenger and "news" in one["topics"])
    suite.phone("/phones", messenger=messenger, user=user, name="Erika Muster", language="de")
    before = len(suite.said(messenger, user))
    suite.phone(f"/phones/{messenger}/{user}/open", link=point["link"], wait=True)
    question = until(lambda: suite.said(messenger, user)[before:])[0]
    assert suite.contact(messenger, user)["consent"]["topics"] == []
    if yes:
        suite.phone(f"/phones/{messenger}/{user}/press", message=question["id"], button=0, wait=True)
        until(lambda: suite.contact(messenger, user)["consent"]["topics"])
        until(lambda: len(suite.said(messenger, user)) >= before + 2)
    return suite.contact(messenger, user)


def rows(users: list[str]) -> str:
    return HEADER + "".join(
        f"whatsapp,main,+{user},Person {number},de,news,Newsletter form,2026-05-01T12:00:00Z,form v3,Köln\n"
        for number, user in enumerate(users)
    )


def imports(suite: Suite, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = suite.post(
        "/v1/contacts/import", data=text.encode(), headers={"content-type": "text/csv"}
    )
    return answer


def ended(suite: Suite, broadcast: str, within: float = 120) -> dict[str, Any]:
    """The broadcast once it has ended; its figures balance at every poll until then."""

    def poll() -> dict[str, Any] | None:
        found: dict[str, Any] = suite.get(f"/v1/broadcasts/{broadcast}")
        assert balanced(found["figures"]), found["figures"]
        return found if found["state"] in ("finished", "cancelled", "failed", "paused") else None

    done: dict[str, Any] = until(poll, within)
    return done


def message(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "template": {"name": "autumn", "language": "de", "parameters": ["{{ name | default('Gast') }}"]},
    }


@pytest.mark.parametrize(("messenger", "user"), [("whatsapp", "491719990001"), ("telegram", "7300000001")])
def test_1_a_phone_joins_with_a_double_opt_in(suite: Suite, messenger: str, user: str) -> None:
    contact = join(suite, messenger, user)
    assert "news" in contact["consent"]["topics"]
    actions = [entry["entry"]["action"] for entry in contact["ledger"]]
    assert actions == ["asked", "confirmed"]
    asked = contact["ledger"][0]["entry"]
    assert asked["source"] == "entry_point"
    assert asked["wording"]["hash"]
    assert suite.get(f"/v1/contacts/{contact['id']}/consents")["intact"]
    listed: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = suite.get(f"/v1/contacts?limit=200&messenger={messenger}{cursor}")
        listed += page["contacts"]
        if not page["cursor"]:
            break
        cursor = f"&cursor={page['cursor']}"
    assert contact["id"] in {one["id"] for one in listed}
    assert len(listed) == len({one["id"] for one in listed})


def test_2_an_import_takes_two_thousand_and_refuses_what_has_no_proof(suite: Suite) -> None:
    text = rows(IMPORTED)
    text += "whatsapp,main,+491720000001,No Proof,de,news,,,,\n"
    text += "whatsapp,main,+491720000002,No Topic,de,nowhere,form,2026-05-01T12:00:00Z,,\n"
    text += "whatsapp,main,hello,No Number,de,news,form,2026-05-01T12:00:00Z,,\n"
    text += "whatsapp,main,+491720000004,No Consent Needed,de,,,,,\n"
    told = imports(suite, text)
    assert (told["imported"], told["updated"], told["refused"]) == (2001, 0, 3)
    refused = [(line["line"], line["field"]) for line in told["lines"] if line["result"] == "refused"]
    assert refused == [(2002, "consent_source"), (2003, "topics"), (2004, "user_id")]
    again = imports(suite, rows(IMPORTED[:50]))
    assert (again["imported"], again["updated"]) == (0, 50)


def test_3_and_4_a_broadcast_goes_round_while_somebody_stops(suite: Suite) -> None:
    reader, stopper = "491719990003", "491719990004"
    join(suite, "whatsapp", reader)
    since = max((entry["n"] for entry in suite.log()), default=0)
    body = {
        "name": "Autumn",
        "kind": "marketing",
        "topic": "news",
        "audience": {"messengers": ["whatsapp"], "attributes": {"city": "Köln"}},
        "message": message("Hallo {{ name | default('Gast') }} 🍲"),
    }
    made = suite.post("/v1/broadcasts", body, status=202, headers={"Idempotency-Key": f"e2e-{since}"})
    assert made["state"] in ("planning", "sending")
    assert (
        suite.post("/v1/broadcasts", body, status=202, headers={"Idempotency-Key": f"e2e-{since}"})["id"]
        == made["id"]
    )
    until(lambda: len(suite.log(since, messenger="whatsapp")) > 100)
    reached = {entry["user"].lstrip("+") for entry in suite.log(since)}
    stopping = next(user for user in reversed(IMPORTED) if user not in reached)
    suite.phone("/phones", messenger="whatsapp", user=stopping)
    suite.phone(f"/phones/whatsapp/{stopping}/text", text="STOP", wait=True)
    acknowledged = [one for one in suite.chat("whatsapp", stopping) if one["side"] == "person"][-1][
        "acknowledged_ms"
    ]
    done = ended(suite, made["id"])
    assert done["state"] == "finished"
    assert done["chunks"] == 8
    assert done["chunks_done"] == 8
    figures = done["figures"]
    assert figures["audience"] == 2000
    assert figures["unknown"] == 0
    log = [
        entry for entry in suite.log(since, messenger="whatsapp") if entry["template"].startswith("autumn")
    ]
    accepted = Counter(entry["user"].lstrip("+") for entry in log if entry["accepted"])
    assert max(accepted.values()) == 1
    assert len(accepted) == figures["sent"]
    assert set(IMPORTED) - set(accepted) <= {stopping}
    late = [entry for entry in log if entry["user"].lstrip("+") == stopping and entry["at_ms"] > acknowledged]
    assert late == []
    assert figures["sent"] + sum(figures["skipped"].values()) == 2000
    until(
        lambda: suite.get(f"/v1/broadcasts/{made['id']}")["figures"]["delivered"] >= figures["sent"] * 0.9,
        within=60,
    )
    assert 0 < suite.get(f"/v1/broadcasts/{made['id']}")["figures"]["read"] <= figures["sent"]
    confirmations = until(
        lambda: [one for one in suite.said("whatsapp", stopping) if "Morgenrot" in one["text"]]
    )
    assert len([one for one in suite.log(since, user=stopping) if one["at_ms"] >= acknowledged]) == 1, (
        confirmations
    )
    assert suite.contact("whatsapp", stopping)["consent"]["topics"] == []
    told = suite.get(
        f"/v1/explain?contact={suite.contact('whatsapp', stopping)['id']}&broadcast={made['id']}"
    )
    assert told["outcome"] == ("skipped" if stopping not in accepted else "sent")
    _later_broadcast_leaves_out(suite, stopping)
    _leaves_by_link(suite, reader)
    assert stopper != stopping


def _later_broadcast_leaves_out(suite: Suite, stopped: str) -> None:
    imports(suite, rows([stopped]))
    since = max(entry["n"] for entry in suite.log())
    body = {
        "name": "Again",
        "topic": "news",
        "audience": {"messengers": ["whatsapp"]},
        "message": message("Noch einmal"),
        "start": False,
    }
    draft = suite.post("/v1/broadcasts", body, status=202)
    assert draft["state"] == "draft"
    preflight = suite.post(f"/v1/broadcasts/{draft['id']}/preflight")
    assert preflight["audience"] >= 2000
    begin = f"/v1/broadcasts/{draft['id']}/start"
    assert suite.post(begin, status=409)["type"].endswith("/preflight-needed")
    suite.post(begin, {"token": preflight["token"]}, status=202)
    until(lambda: len(suite.log(since)) > 40)
    suite.post(f"/v1/broadcasts/{draft['id']}/pause", status=202)
    time.sleep(1)
    paused = suite.get(f"/v1/broadcasts/{draft['id']}")
    assert paused["state"] == "paused"
    suite.post(f"/v1/broadcasts/{draft['id']}/resume", status=202)
    assert ended(suite, draft["id"])["state"] == "finished"
    users = Counter(entry["user"].lstrip("+") for entry in suite.log(since) if entry["accepted"])
    assert stopped not in users
    assert max(users.values()) == 1


def _leaves_by_link(suite: Suite, reader: str) -> None:
    texts = [one["text"] for one in suite.said("whatsapp", reader)]
    links = [found.group() for text in texts if (found := LINK.search(text))]
    assert links, texts
    url = links[-1]
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = requests.request(method, url, timeout=20)
        assert answer.status_code < 500
        assert suite.contact("whatsapp", reader)["consent"]["topics"]
    page = requests.get(url, timeout=20)
    assert "<form" in page.text
    assert "no-store" in page.headers["cache-control"]
    assert reader not in url
    left = requests.post(url, data={"List-Unsubscribe": "One-Click"}, timeout=20, allow_redirects=False)
    assert left.status_code == 200
    assert suite.contact("whatsapp", reader)["consent"]["topics"] == []
    assert requests.post(url, data={"action": "all"}, timeout=20).status_code == 200
    assert requests.get(url[:-1] + ("a" if url[-1] != "a" else "b"), timeout=20).status_code == 404


def test_4_the_button_on_the_page_leaves(suite: Suite) -> None:
    user = "7300000004"
    join(suite, "telegram", user)
    body = {
        "name": "Telegram",
        "topic": "news",
        "audience": {"messengers": ["telegram"]},
        "message": {
            "text": "Hallo {{ name | default('Gast') }}",
            "buttons": [{"label": "Mehr", "reply": "MEHR"}],
        },
    }
    made = suite.post("/v1/broadcasts", body, status=202)
    done = ended(suite, made["id"])
    assert done["figures"]["delivered"] == "not reported"
    assert done["figures"]["sent"] >= 1
    text = suite.said("telegram", user)[-1]["text"]
    found = LINK.search(text)
    assert found
    assert requests.post(found.group(), data={"action": "all"}, timeout=20).status_code == 200
    assert suite.contact("telegram", user)["consent"]["topics"] == []


def test_4_blocking_the_bot_ends_consent(suite: Suite) -> None:
    user = "7300000005"
    join(suite, "telegram", user)
    suite.phone(f"/phones/telegram/{user}/block", wait=True)
    assert suite.contact("telegram", user)["consent"]["topics"] == []


def test_5_a_newsletter_goes_out_by_the_schedule_once(suite: Suite) -> None:
    user = "7300000006"
    join(suite, "telegram", user)
    at = datetime.now(UTC) + timedelta(seconds=5)
    body = {
        "name": "Weekly",
        "topic": "recipes",
        "audience": {"messengers": ["telegram"]},
        "message": {"text": "Rezept der Woche: Kürbissuppe"},
        "schedule": {"at": at.isoformat()},
    }
    made = suite.post("/v1/newsletters", body, status=201)
    assert made["next_at"]

    def issues() -> list[dict[str, Any]]:
        found = suite.get("/v1/broadcasts?limit=20")["broadcasts"]
        return [one for one in found if one["newsletter"] == made["id"]]

    issue = until(issues, within=150, every=1)[0]
    assert ended(suite, issue["id"])["state"] == "finished"
    time.sleep(65)
    assert len(issues()) == 1
    texts = [one["text"] for one in suite.said("telegram", user) if "Kürbissuppe" in one["text"]]
    assert len(texts) == 1
    assert suite.get(f"/v1/newsletters/{made['id']}")["next_at"] is None
