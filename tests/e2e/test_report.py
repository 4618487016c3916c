"""A broadcast's report against the oracle: what the messengers saw is what the report says.

``REPORT_PEOPLE`` (default 600) is how many people get it.
"""

import csv
import io
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.conftest import Suite, balanced, until

pytestmark = pytest.mark.e2e

PEOPLE = int(os.environ.get("REPORT_PEOPLE", "600"))
TOPIC = "recipes"
URL = "https://morgenrot.example/suppe?a=1&b=2"
HEADER = "messenger,account,user_id,name,language,tags,topics,consent_source,consent_at,consent_wording"
REFUSED = 7
CLICKS = 5
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
A_PART = 5_000


def crowd(suite: Suite, messenger: str, count: int, tag: str) -> None:
    """So many silent people who agreed to get recipes."""
    for at in range(0, count, A_PART):
        part = min(A_PART, count - at)
        first = 4_917_700_000_000 + time.time_ns() // 10**6 % 10**7 * 10_000
        suite.phone("/crowd", messenger=messenger, first=first, count=part)
        names = {f"Person {number}" for number in range(first, first + part)}
        everybody = suite.asked("/phones", messenger=messenger, silent=1)
        users = [one["user"] for one in everybody if one["name"] in names]
        assert len(users) == part
        for start in range(0, part, 1_000):
            rows = "".join(
                f"\n{messenger},main,{user},,de,{tag},{TOPIC},Form,2026-05-01T12:00:00Z,form v3"
                for user in users[start : start + 1_000]
            )
            told = suite.post(
                "/v1/contacts/import", data=f"{HEADER}{rows}".encode(), headers={"content-type": "text/csv"}
            )
            assert told["refused"] == 0, told["lines"][:3]


def switched(suite: Suite, messenger: str, **switches: Any) -> None:
    answer = suite.session.patch(f"{suite.phones}/api/accounts/{messenger}/main", json=switches, timeout=10)
    assert answer.ok, answer.text


def test_the_report_is_what_the_messengers_saw(suite: Suite) -> None:
    tag = f"report{time.time_ns()}"
    parts = {"viber": PEOPLE * 3 // 4, "telegram": PEOPLE - PEOPLE * 3 // 4}
    for messenger, count in parts.items():
        crowd(suite, messenger, count, tag)
    switched(suite, "viber", delivered_share=1.0, read_share=1.0)
    switched(suite, "telegram", rate=1_000, refuse={"next": REFUSED, "code": 403})
    since = max((entry["n"] for entry in suite.log()), default=0)
    made = suite.post(
        "/v1/broadcasts",
        {
            "name": "Herbstrezepte",
            "topic": TOPIC,
            "audience": {"messengers": list(parts), "tags": {"any": [tag]}},
            "message": {
                "text": f"Unsere Suppe: {URL}",
                "buttons": [{"label": "Mehr davon", "reply": "MORE"}],
            },
            "canary": False,
        },
        status=202,
    )["id"]

    def over() -> bool:
        found = suite.get(f"/v1/broadcasts/{made}")
        assert balanced(found["figures"]), found["figures"]
        assert found["state"] not in ("paused", "failed"), found["reason"]
        return bool(found["state"] == "finished")

    until(over, 120 + PEOPLE / 8, 2)
    entries: list[dict[str, Any]] = []
    while more := suite.log(since, limit=5_000):
        entries += more
        since = more[-1]["n"]
    mine = [one for one in entries if "Suppe" in one["text"]]
    accepted = Counter(one["messenger"] for one in mine if one["accepted"])
    assert max(Counter((one["messenger"], one["user"]) for one in mine if one["accepted"]).values()) == 1
    click(suite, mine)
    report = until(lambda: settled(suite, made, accepted["viber"]), 120 + PEOPLE / 20, 2)
    figures = report["figures"]
    assert figures["audience"] == PEOPLE
    assert figures["sent"] == accepted.total()
    assert {name: one["sent"] for name, one in report["by_messenger"].items()} == dict(accepted)
    assert figures["failed"] == {"withdraw": REFUSED}
    assert figures["delivered"] == figures["read"] == report["bases"]["read"] == accepted["viber"]
    assert report["by_messenger"]["telegram"]["read"] is None
    assert figures["clicked"] == CLICKS
    assert report["links"] == [{"url": URL, "clicks": CLICKS}]
    assert sum(one["sent"] for one in report["hours"]) == figures["sent"]
    assert sum(one["read"] for one in report["hours"]) == figures["read"]
    listed(suite, made, figures)
    folder = os.environ.get("REPORT_PAGES")
    for language in ("de", "en") if folder else ():
        page = suite.get(f"/v1/broadcasts/{made}/report?format=html&language={language}").text
        (Path(folder or ".") / f"report.{language}.html").write_text(page, "utf-8")


def settled(suite: Suite, made: str, read: int) -> Any:
    report = suite.get(f"/v1/broadcasts/{made}/report")
    return report if report["figures"]["read"] == read else None


def click(suite: Suite, sends: list[dict[str, Any]]) -> None:
    """Some people follow the link, a preview looks at it, and somebody tries a forged one."""
    links = {found for one in sends for found in re.findall(r"http://\S+/r/[a-z0-9-]+", one["text"])}
    (link,) = links
    for _ in range(CLICKS):
        answer = requests.get(link, headers={"user-agent": BROWSER}, allow_redirects=False, timeout=40)
        assert (answer.status_code, answer.headers["location"]) == (302, URL)
    preview = requests.get(link, headers={"user-agent": "Viber/13.3"}, allow_redirects=False, timeout=40)
    assert preview.headers["location"] == URL
    assert requests.head(link, headers={"user-agent": BROWSER}, timeout=40).status_code == 302
    forged = link[:-1] + ("a" if link[-1] != "a" else "b")
    assert requests.get(forged, headers={"user-agent": BROWSER}, timeout=40).status_code == 404


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
    outcomes = Counter(row["outcome"] for row in rows)
    assert outcomes == {"sent": figures["sent"], "failed": sum(figures["failed"].values())}
    assert Counter(row["read"] for row in rows)["yes"] == figures["read"]
