"""The phones server: people, the page, and who may use it."""

import json
import re

from tests.sandbox.harness import PATIENCE, Sandbox


def test_the_configured_people_have_phones(sandbox: Sandbox) -> None:
    phones = sandbox.api("GET", "/api/phones?messenger=whatsapp")
    assert [(one["id"], one["name"]) for one in phones] == [("whatsapp/491713920001", "Anna Berger")]


def test_a_number_that_is_written_to_exists_silently(sandbox: Sandbox) -> None:
    body = {"name": "table", "language": {"code": "de"}}
    assert sandbox.send(to="+49 171 3920-055", type="template", template=body).status_code == 200
    assert len(sandbox.api("GET", "/api/phones?messenger=whatsapp")) == 1
    silent = sandbox.api("GET", "/api/phones?silent=1&messenger=whatsapp")
    assert [one["silent"] for one in silent] == [False, True]
    phone = sandbox.phone("whatsapp", user="+491713920055", name="Mia")
    assert sandbox.chat(phone)["messages"][-1]["text"] == "Ihr Tisch ist frei."
    assert len(sandbox.api("GET", "/api/phones?messenger=whatsapp")) == 2


def test_new_people_get_ids_that_nobody_has(sandbox: Sandbox) -> None:
    users = {sandbox.phone(messenger) for messenger in ("whatsapp", "telegram") for _ in range(3)}
    assert len(users) == 6


def test_a_crowd_can_be_made_at_once(sandbox: Sandbox) -> None:
    sandbox.api("POST", "/api/crowd", {"messenger": "telegram", "first": 7000001, "count": 1000})
    assert sandbox.bot("sendMessage", chat_id=7001000, text="x").json()["ok"] is True
    sandbox.api("POST", "/api/crowd", {"messenger": "whatsapp", "first": 491760406900, "count": 3})
    assert sandbox.send(to="+491760406902", type="text", text={"body": "x"}).status_code == 200


def test_nonsense_is_told_kindly(sandbox: Sandbox) -> None:
    assert sandbox.api("POST", "/api/phones", {"messenger": "fax"}, 400)["error"] == "bad_body"
    assert (
        sandbox.api("POST", "/api/phones", {"messenger": "whatsapp", "user": "12"}, 400)["error"]
        == "bad_user"
    )
    assert sandbox.api("GET", "/api/phones/whatsapp/491713920077", status=404)["error"] == "unknown"
    press = {"message": "wamid.x", "button": 0}
    assert sandbox.api("POST", "/api/phones/whatsapp/491713920001/press", press, 404)["error"] == "unknown"
    assert sandbox.api("GET", "/api/log?since=x", status=400)["error"] == "bad_body"


def test_the_page_speaks_the_readers_language(sandbox: Sandbox) -> None:
    def language(header: str, query: str = "") -> str:
        headers = {"Accept-Language": header}
        page = sandbox.http.get(f"{sandbox.phones}/{query}", headers=headers, timeout=PATIENCE)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        return page.text.partition('<html lang="')[2][:2]

    assert language("de-AT,de;q=0.9,en;q=0.5") == "de"
    assert language("en;q=0.5,de;q=0.9") == "de"
    assert language("fr,en;q=0.8") == "en"
    assert language("fr") == "en"
    assert language("en", "?lang=de") == "de"


def test_both_languages_say_the_same_things(sandbox: Sandbox) -> None:
    texts = sandbox.http.get(f"{sandbox.phones}/texts.json", timeout=PATIENCE).json()
    assert texts["de"].keys() == texts["en"].keys()


def test_foreign_pages_may_not_use_the_phones(sandbox: Sandbox) -> None:
    def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return sandbox.http.get(f"{sandbox.phones}/api/phones", headers=sent, timeout=PATIENCE).status_code

    assert status(Origin=sandbox.phones) == 200
    assert status(Origin="https://evil.example") == 403
    assert status(Host="evil.example") == 403
    url = f"{sandbox.phones}/api/phones/whatsapp/491713920001/text"
    plain = sandbox.http.post(
        url, data=b'{"text":"x"}', headers={"Content-Type": "text/plain"}, timeout=PATIENCE
    )
    assert plain.status_code == 400


def test_what_happens_is_streamed(sandbox: Sandbox) -> None:
    with sandbox.http.get(f"{sandbox.phones}/api/events", stream=True, timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b"retry: 1000"
        sandbox.api("POST", "/api/phones/whatsapp/491713920001/text", {"text": "Moin"})
        events = (json.loads(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: "))
        event = next(one for one in events if one["type"] == "message")
        assert (event["phone"], event["message"]["text"]) == ("whatsapp/491713920001", "Moin")


def test_a_built_in_picture_is_shown_and_sent(sandbox: Sandbox) -> None:
    sandbox.does("whatsapp/491713920001", "picture", name="soup.jpg")
    picture = sandbox.chat("whatsapp/491713920001")["messages"][-1]["picture"]
    assert picture.isdigit()
    shown = [
        sandbox.http.get(f"{sandbox.phones}/pictures/{name}", timeout=PATIENCE)
        for name in (picture, "soup.jpg")
    ]
    assert shown[0].content == shown[1].content
    assert shown[0].headers["Content-Type"] == "image/jpeg"
    wrong = {"name": "../demo.json"}
    assert sandbox.api("POST", "/api/phones/whatsapp/491713920001/picture", wrong, 404)["error"] == "unknown"


def test_every_text_of_the_page_is_there(sandbox: Sandbox) -> None:
    def get(name: str) -> str:
        return sandbox.http.get(f"{sandbox.phones}/{name}", timeout=PATIENCE).text

    used = re.findall(r'data-(?:t|label)="(\w+)"', get("")) + re.findall(r'\bt\("(\w+)"', get("app.js"))
    assert set(used) <= set(json.loads(get("texts.json"))["de"])
    assert len(used) > 30
