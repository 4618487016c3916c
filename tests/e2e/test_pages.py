"""The pages for people on the running suite: in by one, out by the other, and everything in between."""

import re
import time
from typing import Any

import pytest
import requests

from tests.e2e.conftest import Suite, until
from tests.e2e.test_first_light import ended

pytestmark = pytest.mark.e2e

LINK = re.compile(r"https?://[^\s]+/u/[a-z0-9-]+")
USER = "7300000077"
TIMEOUT = 40


def look(url: str, **more: Any) -> requests.Response:
    return requests.get(url, timeout=TIMEOUT, **more)


def press(url: str, **form: Any) -> requests.Response:
    answer = requests.post(url, data=form, timeout=TIMEOUT)
    assert answer.status_code == 200, answer.text
    return answer


def known(suite: Suite) -> dict[str, Any]:
    """Erika, who wrote once and joined the news at the counter."""
    suite.phone("/phones", messenger="telegram", user=USER, name="Erika Muster", language="de")
    suite.phone(f"/phones/telegram/{USER}/text", text="Hallo", wait=True)
    until(lambda: suite.get(f"/v1/contacts?messenger=telegram&account=main&user_id={USER}")["contacts"])
    consent = {"source": "counter", "at": "2026-05-01T12:00:00Z", "wording": "card v1"}
    body = {
        "messenger": "telegram",
        "account": "main",
        "user_id": USER,
        "topics": ["news"],
        "consent": consent,
    }
    made: dict[str, Any] = suite.post("/v1/contacts", body | {"name": "Erika Muster", "language": "de"}, 201)
    return made


def link_in(suite: Suite, after: int) -> str:
    """The link in what the business said since."""
    texts = until(lambda: [str(one) for one in suite.said("telegram", USER)[after:]])
    found = LINK.search(" ".join(texts))
    assert found is not None
    return found[0]


def topics(suite: Suite) -> list[str]:
    return list(suite.contact("telegram", USER)["consent"]["topics"])


def test_a_page_to_join_leads_into_every_chat(suite: Suite) -> None:
    accounts = ("whatsapp", "telegram", "teams", "wechat", "vkteams")
    body = {"name": "Counter", "account": "main", "topics": ["news"], "page": "counter"}
    points = [suite.post("/v1/entry-points", body | {"messenger": one}, 201) for one in accounts]
    page = look(points[0]["page_url"], headers={"accept-language": "en"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "public, max-age=300"
    assert page.text.count('role="img"') == len(accounts)
    assert page.text.count('class="primary"') == len(accounts) - 1  # WeChat is only scanned
    teams = next(one for one in points if one["messenger"] == "teams")
    assert f"<code>{teams['code']}</code>" in page.text
    for one in points:
        assert look(one["page_url"], headers={"accept-language": "en"}).text == page.text
    unknown = look(points[0]["page_url"].replace(points[0]["code"], "BBBBBBBB"))
    assert (unknown.status_code, unknown.headers["cache-control"]) == (404, "no-store")
    piece = suite.get(f"/v1/entry-points/{points[0]['code']}/snippet").text
    assert piece.count("<img") == len(accounts)


def test_one_link_pauses_asks_shows_and_deletes(suite: Suite) -> None:
    contact = known(suite)
    before = len(suite.said("telegram", USER))
    body = {
        "name": "Pages",
        "topic": "news",
        "audience": {"messengers": ["telegram"]},
        "message": {"text": "Neues vom Café"},
    }
    made = suite.post("/v1/broadcasts", body, status=202)
    ended(suite, made["id"])
    leave = link_in(suite, before)

    assert look(leave).status_code == requests.head(leave, timeout=TIMEOUT).status_code == 200
    held = topics(suite)
    assert "news" in held

    press(leave, action="pause")
    assert suite.contact("telegram", USER)["consent"]["paused_until"]
    press(leave, action="resume")

    before = len(suite.said("telegram", USER))
    saved = press(leave, action="save", topic="offers")
    assert "offers" not in topics(suite)
    assert "news" not in topics(suite)
    assert "JA" in saved.text
    question = until(lambda: suite.said("telegram", USER)[before:])[0]
    time.sleep(1.1)  # messengers tell whole seconds, and in the same second leaving wins
    suite.phone(f"/phones/telegram/{USER}/press", message=question["id"], button=0, wait=True)
    until(lambda: topics(suite) == ["offers"])

    before = len(suite.said("telegram", USER))
    assert "Erika" not in press(leave, action="json").text
    own = link_in(suite, before)
    assert look(own).status_code == 200
    mine = press(own, action="json").json()
    assert mine["contact"]["name"] == "Erika Muster"
    assert "Erika Muster" in press(own, action="view").text
    assert topics(suite) == ["offers"]

    assert 'value="delete"' in look(f"{own}?ask=delete").text
    press(own, action="delete")
    until(
        lambda: (
            suite.session.get(
                f"{suite.url}/v1/contacts/{contact['id']}",
                headers={"Authorization": f"Bearer {suite.key}"},
                timeout=TIMEOUT,
            ).status_code
            == 404
        )
    )
    for link in (leave, own):
        assert look(link).status_code == 200
        press(link, **{"List-Unsubscribe": "One-Click"})
    forged = leave[:-1] + ("a" if leave[-1] != "a" else "b")
    assert look(forged).status_code == requests.post(forged, timeout=TIMEOUT).status_code == 404
