"""A broadcast on four messengers and its report against the oracle: what the messengers saw is what it says.

Some people pause before it, some are refused, some answers are lost, and then people click, reply, leave and
block. ``REPORT_PEOPLE`` (default 600) is how many get it; ``REPORT_FOLDER`` is where the report's pages and
``rehearsal.json``, what was compared, are written. See bench/rehearsal.py.
"""

import csv
import io
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.e2e.conftest import Suite, balanced, until

pytestmark = pytest.mark.e2e

PEOPLE = int(os.environ.get("REPORT_PEOPLE", "600"))
FOLDER = os.environ.get("REPORT_FOLDER", "")
A_FEW = max(3, PEOPLE // 1_000)
TOPIC = "recipes"
URL = "https://morgenrot.example/suppe?a=1&b=2"
HEADER = "messenger,account,user_id,name,language,tags,topics,consent_source,consent_at,consent_wording"
SHARES = {"whatsapp": 35, "line": 30, "viber": 25, "telegram": 10}
REFUSED = {"telegram": (403, "withdraw"), "whatsapp": (131026, "gone")}
NOBODY = 5  # Viber's word for who is not there: "receiverNotRegistered"
LOST = {"telegram": 2, "whatsapp": 3}
ECHOED = "whatsapp"  # whose receipts carry our name of a message, and so settle what is unknown
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
HASTY = min(A_FEW, 20)
A_PART, ROWS = 5_000, 500
A_LOG = 5_000


class Rehearsal:
    """One broadcast, its people by messenger, and how long each part of it took (seconds)."""

    def __init__(self, suite: Suite) -> None:
        self.suite, self.tag = suite, f"report{time.time_ns()}"
        self.people: dict[str, list[str]] = {}
        self.took: dict[str, float] = {}
        self._began = time.monotonic()

    def over(self, part: str) -> None:
        now = time.monotonic()
        self.took[part], self._began = round(now - self._began, 1), now
        print(f"{part}: {self.took[part]:.0f} s", flush=True)

    def crowd(self, messenger: str, count: int) -> None:
        """So many silent people who agreed to get recipes."""
        mine = self.people.setdefault(messenger, [])
        for at in range(0, count, A_PART):
            part = min(A_PART, count - at)
            first = 4_917_700_000_000 + time.time_ns() // 10**6 % 10**7 * 10_000
            self.suite.phone("/crowd", messenger=messenger, first=first, count=part)
            names = {f"Person {number}" for number in range(first, first + part)}
            everybody = self.suite.asked("/phones", messenger=messenger, silent=1)
            users = [one["user"] for one in everybody if one["name"] in names]
            assert len(users) == part
            self.joined(messenger, users)
            mine += users

    def joined(self, messenger: str, users: list[str]) -> None:
        for start in range(0, len(users), ROWS):
            rows = "".join(
                f"\n{messenger},main,{user},,de,{self.tag},{TOPIC},Form,2026-05-01T12:00:00Z,form v3"
                for user in users[start : start + ROWS]
            )
            told = self.suite.post(
                "/v1/contacts/import", data=f"{HEADER}{rows}".encode(), headers={"content-type": "text/csv"}
            )
            assert told["refused"] == 0, told["lines"][:3]

    def few(self, messenger: str, place: int) -> list[str]:
        """Some people of a messenger; other places are other people."""
        return self.people[messenger][place * A_FEW : (place + 1) * A_FEW]

    def act(self, messenger: str, users: Sequence[str], what: str, **more: Any) -> int:
        """What people do on their phones."""
        for user in users:
            self.suite.phone(f"/phones/{messenger}/{quote(user, safe='')}/{what}", **more)
        return len(users)

    def heard(self, messenger: str, users: Sequence[str]) -> None:
        """Returns once our webhook has acknowledged all that these people said."""
        until(lambda: all(self._heard(messenger, user) for user in users), 180, 0.5)

    def _heard(self, messenger: str, user: str) -> bool:
        said = [one for one in self.suite.chat(messenger, user) if one["side"] == "person"]
        return all(one["state"] == "acknowledged" for one in said)

    def switched(self, messenger: str, **switches: Any) -> None:
        answer = self.suite.session.patch(
            f"{self.suite.phones}/api/accounts/{messenger}/main", json=switches, timeout=10
        )
        assert answer.ok, answer.text

    def sends(self, since: int) -> list[dict[str, Any]]:
        """The oracle's entries of this broadcast."""
        found: list[dict[str, Any]] = []
        while more := self.suite.log(since, limit=A_LOG):
            found += [one for one in more if "Suppe" in one["text"]]
            since = more[-1]["n"]
        return found


@pytest.fixture
def run(suite: Suite) -> Iterator[Rehearsal]:
    """Afterwards the messengers are as they were."""
    places = [f"{suite.phones}/api/accounts/{messenger}/main" for messenger in SHARES]
    before = [suite.session.get(place, timeout=10).json()["behaviour"] for place in places]
    yield Rehearsal(suite)
    for place, behaviour in zip(places, before, strict=True):
        suite.session.patch(place, json=behaviour, timeout=10)


def test_the_report_is_what_the_messengers_saw(suite: Suite, run: Rehearsal) -> None:
    for messenger, share in SHARES.items():
        run.crowd(messenger, PEOPLE * share // 100)
    strangers = [f"{number:022}==" for number in range(A_FEW)]  # who joined, and is unknown to Viber
    run.joined("viber", strangers)
    resting = run.few("telegram", 0)
    paused = run.act("telegram", resting, "text", text="PAUSE")
    until(lambda: all(suite.said("telegram", user) for user in resting))
    run.over("people join")
    audience = sum(map(len, run.people.values())) + len(strangers)
    broken(run)
    since = max((entry["n"] for entry in suite.log()), default=0)
    made = broadcast(run)
    hasty = leave_while_sending(run, since)
    until(lambda: ended(suite, made), 120 + PEOPLE / 8, 2)
    run.over("sending")
    sends = run.sends(since)
    reached = [user for user in hasty if any(one["user"] == user for one in sends)]
    mine = Counter((one["messenger"], one["user"]) for one in sends if one["accepted"])
    assert max(mine.values()) == 1
    clicks = click(suite, {one["text"] for one in sends})
    did = acts(run)
    did["left"] += len(reached)
    run.over("clicks, replies, leaving")
    report = settled(suite, made, since, did)
    run.over("receipts")
    oracle = expected(run, sends, since)
    skipped = Counter({"paused": paused, "consent": len(hasty) - len(reached)})
    oracle |= {"audience": audience, "skipped": dict(+skipped), "clicked": clicks} | did
    figures = report["figures"]
    assert balanced(figures)
    assert {name: figures[name] for name in oracle if name in figures} == {
        name: told for name, told in oracle.items() if name != "by_messenger"
    }
    by_messenger(report, oracle["by_messenger"])
    assert report["links"] == [{"url": URL, "clicks": clicks}]
    for figure in ("sent", "delivered", "read", "clicked", "replied", "left", "blocked"):
        assert sum(one[figure] for one in report["hours"]) == figures[figure], figure
    tables(suite, made, report)
    listed(suite, made, figures)
    run.over("comparing")
    if FOLDER:
        kept(suite, made, oracle, run)


def broken(run: Rehearsal) -> None:
    """What goes wrong: refusals, lost answers, receipts that come twice and in disorder."""
    for messenger, (code, _) in REFUSED.items():
        lost, refuse = LOST[messenger], {"next": A_FEW, "code": code}
        run.switched(messenger, lose_answers=lost, refuse=refuse)
    run.switched("whatsapp", delivered_share=0.9, read_share=0.6, open_chat_share=0.2)
    run.switched("whatsapp", receipt_batch=500, gather_ms=1_000, duplicate_receipts=True)
    run.switched("whatsapp", reorder_receipts=True)
    run.switched("telegram", slow_ms=500)
    # Viber tells each receipt in a call of its own.
    run.switched("viber", delivered_share=min(1.0, 1_000 / PEOPLE), read_share=0.5)


def broadcast(run: Rehearsal) -> str:
    body = {
        "name": "Herbstrezepte",
        "topic": TOPIC,
        "audience": {"tags": {"any": [run.tag]}},
        "message": {
            "text": f"Unsere Suppe: {URL}",
            "template": {"name": "news", "language": "de", "parameters": [f"Unsere Suppe: {URL}"]},
            "buttons": [{"label": "Mehr davon", "reply": "MORE"}],
        },
        "canary": False,
    }
    made: str = run.suite.post("/v1/broadcasts", body, status=202)["id"]
    return made


def leave_while_sending(run: Rehearsal, since: int) -> list[str]:
    """Who said STOP when others on Telegram had their message already, and they had not."""
    until(lambda: run.suite.log(since, messenger="telegram"))
    asked = {one["user"] for one in run.suite.log(since, messenger="telegram")}
    hasty = [user for user in run.people["telegram"] if user not in asked][-HASTY:]
    run.act("telegram", hasty, "text", text="STOP")
    run.switched("telegram", slow_ms=0)
    run.heard("telegram", hasty)
    return hasty


def ended(suite: Suite, made: str) -> bool:
    found = suite.get(f"/v1/broadcasts/{made}")
    assert balanced(found["figures"]), found["figures"]
    assert found["state"] not in ("paused", "failed"), found["reason"]
    return bool(found["state"] == "finished")


def acts(run: Rehearsal) -> dict[str, int]:
    """Some people answer, some leave, some block."""
    replied = run.act("whatsapp", run.few("whatsapp", 5), "text", text="Danke, das klingt gut")
    replied += run.act("line", run.few("line", 1), "text", text="Was kostet das?")
    left = run.act("viber", run.few("viber", 2), "text", text="STOP")
    left += run.act("line", run.few("line", 2), "text", text="Bitte keine Werbung mehr")
    blocked = run.act("line", run.few("line", 3), "block")
    return {"replied": replied, "left": left, "blocked": blocked}


def settled(suite: Suite, made: str, since: int, did: dict[str, int]) -> Any:
    """The report once everything that was told of is in it; after a while as it is, to be compared."""
    end, before = time.monotonic() + 60 + PEOPLE / 50, None
    while True:
        fates = suite.asked("/log/receipts", since=since, text="Suppe")
        told = {name: sum(one.get(name, 0) for one in fates.values()) for name in ("delivered", "read")}
        report = suite.get(f"/v1/broadcasts/{made}/report")
        whole = all(report["figures"][name] == count for name, count in (did | told).items())
        if (whole and fates == before) or time.monotonic() > end:
            return report
        before = fates
        time.sleep(6)  # longer than the fakes let a receipt wait


def expected(run: Rehearsal, sends: list[dict[str, Any]], since: int) -> dict[str, Any]:
    """The figures as the messengers know them; of who was too fast for a messenger the last answer counts."""
    fates = run.suite.asked("/log/receipts", since=since, text="Suppe")
    classes = {(name, code): kind for name, (code, kind) in REFUSED.items()} | {("viber", NOBODY): "gone"}
    each: dict[str, dict[str, Any]] = {}
    for messenger in SHARES:
        last = {one["user"]: one for one in sends if one["messenger"] == messenger}
        accepted = [one for one in last.values() if one["accepted"]]
        refused = [one for one in last.values() if not one["accepted"]]
        vague = 0 if messenger == ECHOED else sum(one["lost"] for one in accepted)
        told = fates.get(f"{messenger}/main", {})
        reports = messenger in ("whatsapp", "viber")
        each[messenger] = {
            "sent": len(accepted) - vague,
            "unknown": vague,
            "failed": dict(Counter(classes[messenger, one["code"]] for one in refused)),
            "delivered": told.get("delivered", 0) if reports else None,
            "read": told.get("read", 0) if reports else None,
        }
    whole: dict[str, Any] = {
        name: sum(one[name] or 0 for one in each.values())
        for name in ("sent", "unknown", "delivered", "read")
    }
    failed = sum((Counter(one["failed"]) for one in each.values()), Counter[str]())
    return {**whole, "failed": dict(failed), "expired": 0, "pending": 0, "by_messenger": each}


def by_messenger(report: dict[str, Any], oracle: dict[str, dict[str, Any]]) -> None:
    told = report["by_messenger"]
    assert {name: {one: told[name][one] for one in known} for name, known in oracle.items()} == oracle
    reporting = [known for known in oracle.values() if known["read"] is not None]
    assert report["bases"]["read"] == sum(known["sent"] for known in reporting)


def click(suite: Suite, texts: Iterable[str]) -> int:
    """Some people follow the link, a preview looks at it, and somebody tries a forged one."""
    links = {found for text in texts for found in re.findall(r"http://\S+/r/[a-z0-9-]+", text)}
    (link,) = links
    for _ in range(A_FEW):
        answer = requests.get(link, headers={"user-agent": BROWSER}, allow_redirects=False, timeout=40)
        assert (answer.status_code, answer.headers["location"]) == (302, URL)
    preview = requests.get(link, headers={"user-agent": "Viber/13.3"}, allow_redirects=False, timeout=40)
    assert preview.headers["location"] == URL
    assert requests.head(link, headers={"user-agent": BROWSER}, timeout=40).status_code == 302
    forged = link[:-1] + ("a" if link[-1] != "a" else "b")
    assert requests.get(forged, headers={"user-agent": BROWSER}, timeout=40).status_code == 404
    return A_FEW


def tables(suite: Suite, made: str, report: dict[str, Any]) -> None:
    """CSV and page say what JSON says."""
    file = suite.get(f"/v1/broadcasts/{made}/report?format=csv").text
    (row,) = (one for one in csv.DictReader(io.StringIO(file)) if one["of"] == "all")
    totals = {
        name: sum(told.values()) if isinstance(told, dict) else told
        for name, told in report["figures"].items()
    }
    assert {name: row[name] for name in totals if name in row} == {
        name: str(told) for name, told in totals.items() if name in row
    }
    page = suite.get(f"/v1/broadcasts/{made}/report?format=html&language=en").text
    for figure in ("audience", "sent", "delivered", "read"):
        assert f"{report['figures'][figure]:,}" in page, figure


def listed(suite: Suite, made: str, figures: dict[str, Any]) -> None:
    """The list of recipients, put together from its pages, adds up to the figures."""
    file, cursor = "", ""
    while True:
        answer = suite.get(f"/v1/broadcasts/{made}/recipients?format=csv&cursor={cursor}")
        file += answer.text
        cursor = answer.headers.get("x-next-cursor", "")
        if not cursor:
            break
    rows = list(csv.DictReader(io.StringIO(file)))
    assert len({row["contact"] for row in rows}) == len(rows) == figures["audience"]
    for outcome in ("failed", "skipped"):
        reasons = Counter(row["reason"] for row in rows if row["outcome"] == outcome)
        assert reasons == figures[outcome]
    outcomes = Counter(row["outcome"] for row in rows)
    assert [outcomes[name] for name in ("sent", "unknown")] == [figures["sent"], figures["unknown"]]
    for told in ("delivered", "read"):
        assert Counter(row[told] for row in rows)["yes"] == figures[told]


def kept(suite: Suite, made: str, oracle: dict[str, Any], run: Rehearsal) -> None:
    """The pages, to be looked at, and what was compared."""
    for language in ("de", "en"):
        page = suite.get(f"/v1/broadcasts/{made}/report?format=html&language={language}").text
        (Path(FOLDER) / f"report.{language}.html").write_text(page, "utf-8")
    began = time.monotonic()
    suite.get(f"/v1/broadcasts/{made}/report")
    told = {"people": PEOPLE, "oracle": oracle, "took": run.took, "answer": time.monotonic() - began}
    (Path(FOLDER) / "rehearsal.json").write_text(json.dumps(told, indent=2), "utf-8")
