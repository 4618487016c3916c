"""The fake Bot API refuses what Telegram refuses, and tells what Telegram tells."""

import json
import time
from typing import Any

import pytest
import requests

from tests.sandbox.harness import PATIENCE, Receiver, Sandbox, eventually

JONAS = 5300000017


def described(answer: requests.Response) -> tuple[int, str]:
    told = answer.json()
    assert told["ok"] is False
    assert told["error_code"] == answer.status_code
    return told["error_code"], told["description"]


def inline(*buttons: dict[str, str]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"text": "x" * 4097}, "message is too long", id="too long"),
        pytest.param({"text": ""}, "message text is empty", id="empty"),
        pytest.param({"text": " \n "}, "message text is empty", id="blank"),
        pytest.param({"chat_id": "", "text": "x"}, "chat_id is empty", id="nobody"),
        pytest.param({"chat_id": 999999, "text": "x"}, "chat not found", id="never started"),
        pytest.param(
            {"text": "x", "reply_markup": inline({"text": "a", "callback_data": "ü" * 33})},
            "BUTTON_DATA_INVALID",
            id="data too long",
        ),
        pytest.param(
            {"text": "x", "reply_markup": inline({"text": "a", "url": "ftp://a.example"})},
            "inline keyboard button URL 'ftp://a.example' is invalid: Wrong HTTP URL",
            id="strange address",
        ),
        pytest.param(
            {"text": "x", "reply_markup": inline({"text": "a"})},
            "Text buttons are unallowed in the inline keyboard",
            id="button without use",
        ),
        pytest.param(
            {"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object", id="broken"
        ),
        pytest.param(
            {"text": "<h1>x</h1>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "h1" at byte offset 0',
            id="tag it does not know",
        ),
    ],
)
def test_what_telegram_refuses_is_refused(
    sandbox: Sandbox, jonas: str, parameters: dict[str, Any], expected: str
) -> None:
    answer = sandbox.bot("sendMessage", **{"chat_id": JONAS, **parameters})
    assert described(answer) == (400, f"Bad Request: {expected}")
    assert sandbox.log()[-1]["code"] == 400


def test_tokens_are_told_apart(sandbox: Sandbox) -> None:
    def status(token: str) -> int:
        url = f"{sandbox.telegram}/bot{token}/getMe"
        return described(sandbox.http.get(url, timeout=PATIENCE))[0]

    assert status("nonsense") == 404
    assert status("999999:TEST-token-that-opens-nothing") == 401
    assert sandbox.bot("getMe").json()["result"]["username"] == "testcafe_bot"
    assert described(sandbox.bot("flyToTheMoon"))[0] == 404


def test_a_message_arrives_and_is_answered_as_a_message(sandbox: Sandbox, jonas: str) -> None:
    markup = inline({"text": "Ja", "callback_data": "y"}, {"text": "Laden", "url": "https://shop.example"})
    answer = sandbox.bot(
        "sendMessage",
        chat_id=JONAS,
        text="Hallo <b>Jonas</b> &amp; Co",
        parse_mode="HTML",
        reply_markup=markup,
    )
    result = answer.json()["result"]
    assert result["chat"] == {"id": JONAS, "first_name": "Jonas", "last_name": "Keller", "type": "private"}
    assert result["text"] == "Hallo Jonas & Co"
    shown = sandbox.chat(jonas)["messages"][-1]
    assert (shown["id"], shown["text"]) == (str(result["message_id"]), "Hallo Jonas & Co")
    assert [key["label"] for key in shown["keys"]] == ["Ja", "Laden"]


def test_forms_are_understood_too(sandbox: Sandbox, jonas: str) -> None:
    url = f"{sandbox.telegram}/bot123456:TEST-token-that-opens-nothing/sendmessage"
    markup = json.dumps(inline({"text": "Ja", "callback_data": "y"}))
    form = {"chat_id": str(JONAS), "text": "Hallo", "reply_markup": markup}
    assert sandbox.http.post(url, data=form, timeout=PATIENCE).json()["ok"] is True
    assert sandbox.chat(jonas)["messages"][-1]["kind"] == "buttons"


def test_a_picture_is_sent_once_and_used_again(sandbox: Sandbox, jonas: str) -> None:
    first = sandbox.bot("sendPhoto", chat_id=JONAS, photo="https://a.example/soup.jpg", caption="Suppe")
    file_id = first.json()["result"]["photo"][-1]["file_id"]
    assert sandbox.bot("sendPhoto", chat_id=JONAS, photo=file_id).json()["ok"] is True
    assert [one["picture"] for one in sandbox.chat(jonas)["messages"][-2:]] == [
        "https://a.example/soup.jpg"
    ] * 2
    refused = sandbox.bot("sendPhoto", chat_id=JONAS, photo="nonsense")
    assert described(refused)[1] == "Bad Request: wrong file identifier/HTTP URL specified"
    long = sandbox.bot("sendPhoto", chat_id=JONAS, photo=file_id, caption="x" * 1025)
    assert described(long)[1] == "Bad Request: message caption is too long"


def test_a_picture_can_be_uploaded(sandbox: Sandbox, jonas: str) -> None:
    url = f"{sandbox.telegram}/bot123456:TEST-token-that-opens-nothing/sendPhoto"
    answer = sandbox.http.post(
        url,
        data={"chat_id": str(JONAS)},
        files={"photo": ("a.png", b"\x89PNG", "image/png")},
        timeout=PATIENCE,
    )
    assert answer.json()["ok"] is True
    picture = sandbox.chat(jonas)["messages"][-1]["picture"]
    assert sandbox.http.get(f"{sandbox.phones}/pictures/{picture}", timeout=PATIENCE).content == b"\x89PNG"


def test_start_comes_with_the_secret_and_the_code(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    call = receiver.calls[-1]
    assert call.path == "/webhooks/telegram/main"
    assert call.headers["x-telegram-bot-api-secret-token"] == "telegram-secret"
    message = call.json["message"]
    assert message["text"] == "/start code_1"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "de"


def test_a_code_that_telegram_would_not_carry(sandbox: Sandbox, jonas: str) -> None:
    path = f"/api/phones/{jonas}/open"
    assert (
        sandbox.api("POST", path, {"link": "https://t.me/testcafe_bot?start=a.b"}, 400)["error"] == "bad_code"
    )


def test_blocking_is_told_and_felt(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    sandbox.does(jonas, "block")
    member = receiver.calls[-1].json["my_chat_member"]
    assert (member["old_chat_member"]["status"], member["new_chat_member"]["status"]) == ("member", "kicked")
    answer = sandbox.bot("sendMessage", chat_id=JONAS, text="x")
    assert described(answer) == (403, "Forbidden: bot was blocked by the user")
    sandbox.does(jonas, "open", link="https://t.me/testcafe_bot?start=again")
    kinds = [next(name for name in call.json if name != "update_id") for call in receiver.calls]
    assert kinds[-2:] == ["my_chat_member", "message"]
    assert sandbox.bot("sendMessage", chat_id=JONAS, text="x").json()["ok"] is True


def test_a_tap_is_a_callback_that_can_be_answered_once(
    sandbox: Sandbox, receiver: Receiver, jonas: str
) -> None:
    markup = inline({"text": "Ja", "callback_data": "yes:1"})
    sent = sandbox.bot("sendMessage", chat_id=JONAS, text="Sicher?", reply_markup=markup).json()["result"]
    sandbox.does(jonas, "press", message=str(sent["message_id"]), button=0)
    query = receiver.calls[-1].json["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("yes:1", sent["message_id"])
    assert (
        sandbox.bot("answerCallbackQuery", callback_query_id=query["id"], text="Danke").json()["ok"] is True
    )
    assert described(sandbox.bot("answerCallbackQuery", callback_query_id=query["id"]))[0] == 400


def test_updates_of_a_chat_wait_for_each_other(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    receiver.clear()
    receiver.answers.extend([(500, {}), (503, {"Retry-After": "1"})])
    for text in ("eins", "zwei", "drei"):
        sandbox.api("POST", f"/api/phones/{jonas}/text", {"text": text})
    eventually(lambda: len(receiver.calls) == 5)
    texts = [call.json["message"]["text"] for call in receiver.calls]
    assert texts == ["eins", "eins", "eins", "zwei", "drei"]
    ids = [call.json["update_id"] for call in receiver.calls]
    assert ids[0] == ids[1] == ids[2] < ids[3] < ids[4]
    assert receiver.calls[2].at - receiver.calls[1].at >= 0.95


def test_every_2xx_is_a_yes(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    receiver.answers.append((204, {}))
    assert sandbox.does(jonas, "text", text="Hallo")["acknowledged"] is True


def test_too_many_messages_stop_the_whole_bot_for_a_while(sandbox: Sandbox, jonas: str) -> None:
    sandbox.api("POST", "/api/crowd", {"messenger": "telegram", "first": 7000001, "count": 20})
    sandbox.switch("telegram", rate=5)
    answers = [sandbox.bot("sendMessage", chat_id=7000001 + n, text="x") for n in range(20)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 5 <= 20 - len(refused) <= 8
    assert refused[0].json()["parameters"] == {"retry_after": 1}
    assert refused[0].headers["Retry-After"] == "1"
    assert sandbox.bot("sendMessage", chat_id=JONAS, text="x").status_code == 429
    time.sleep(1.05)
    assert sandbox.bot("sendMessage", chat_id=JONAS, text="x").status_code == 200


def test_the_webhook_can_be_moved(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    assert described(sandbox.bot("setWebhook", url="http://example.org/x"))[0] == 400
    try:
        moved = sandbox.bot("setWebhook", url=f"{receiver.url}/elsewhere", secret_token="another")
        assert moved.json()["result"] is True
        sandbox.does(jonas, "text", text="Hallo")
        assert receiver.calls[-1].path == "/elsewhere"
        assert receiver.calls[-1].headers["x-telegram-bot-api-secret-token"] == "another"
        assert sandbox.bot("getWebhookInfo").json()["result"]["url"] == f"{receiver.url}/elsewhere"
    finally:
        url = f"{receiver.url}/webhooks/telegram/main"
        sandbox.bot("setWebhook", url=url, secret_token="telegram-secret")


def test_commands_are_checked(sandbox: Sandbox) -> None:
    good = [{"command": "stop", "description": "Abmelden"}]
    assert sandbox.bot("setMyCommands", commands=good).json()["result"] is True
    assert (
        described(sandbox.bot("setMyCommands", commands=[{"command": "Stop!", "description": "x"}]))[0] == 400
    )


def test_a_persons_picture_can_be_fetched(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    sandbox.does(jonas, "picture", data="data:image/png;base64,iVBORw0KGgo=", caption="Suppe")
    message = receiver.calls[-1].json["message"]
    assert message["caption"] == "Suppe"
    told = sandbox.bot("getFile", file_id=message["photo"][-1]["file_id"]).json()["result"]
    url = f"{sandbox.telegram}/file/bot123456:TEST-token-that-opens-nothing/{told['file_path']}"
    assert sandbox.http.get(url, timeout=PATIENCE).content == b"\x89PNG\r\n\x1a\n"


TOKEN = "123456:TEST-token-that-opens-nothing"
SOUP, BREAD = "https://a.example/soup.jpg", "https://a.example/bread.jpg"


def photo(address: str = SOUP, **more: str) -> dict[str, str]:
    return {"type": "photo", "media": address, **more}


def test_an_album_is_several_pictures_on_the_phone(sandbox: Sandbox, jonas: str) -> None:
    items = [photo(caption="<b>Heute</b> frisch", parse_mode="HTML"), photo(BREAD)]
    answer = sandbox.bot("sendMediaGroup", chat_id=JONAS, media=items)
    first, second = answer.json()["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert first["caption"] == "Heute frisch"
    assert "caption" not in second
    shown = sandbox.chat(jonas)["messages"][-2:]
    assert [(one["kind"], one["picture"], one["text"]) for one in shown] == [
        ("image", SOUP, "Heute frisch"),
        ("image", BREAD, ""),
    ]
    assert [one["id"] for one in shown] == [str(first["message_id"]), str(second["message_id"])]
    entry = sandbox.log()[-1]
    assert (entry["kind"], entry["text"], entry["message_id"]) == ("album", "Heute frisch", shown[0]["id"])


def test_an_album_comes_as_a_form_with_uploads_too(sandbox: Sandbox, jonas: str) -> None:
    items = [photo("attach://one"), {"type": "video", "media": "https://a.example/soup.mp4"}]
    answer = sandbox.http.post(
        f"{sandbox.telegram}/bot{TOKEN}/sendMediaGroup",
        data={"chat_id": str(JONAS), "media": json.dumps(items)},
        files={"one": ("a.png", b"\x89PNG", "image/png")},
        timeout=PATIENCE,
    )
    first, second = answer.json()["result"]
    assert first["photo"][-1]["file_size"] == 4
    assert second["video"]["mime_type"] == "video/mp4"


PDF = {"type": "document", "media": "https://a.example/menu.pdf"}


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        pytest.param(None, 'parameter "media" is required', id="nothing"),
        pytest.param("[", "can't parse media JSON object", id="broken"),
        pytest.param([], "there are no messages to send", id="empty"),
        pytest.param([photo()], "an album has at least 2 messages", id="one"),
        pytest.param([photo()] * 11, "too many messages to send as an album", id="eleven"),
        pytest.param([photo(), PDF], "document can't be mixed with other media types", id="mixed"),
        pytest.param(
            [{"type": "audio", "media": "https://a.example/a.mp3"}, photo()],
            "audio can't be mixed with other media types",
            id="music and pictures",
        ),
        pytest.param(
            [{"type": "voice", "media": "https://a.example/a.ogg"}] * 2,
            "can't parse InputMedia: type \"voice\" can't be used in sendMediaGroup",
            id="voices",
        ),
        pytest.param([photo(), photo("")], "can't parse InputMedia: media not found", id="no file"),
        pytest.param([photo(), "x"], "can't parse InputMedia: expected an Object", id="no object"),
        pytest.param([photo(), photo(caption="x" * 1025)], "message caption is too long", id="long caption"),
        pytest.param(
            [photo(), photo("https://a.example/soup.html")],
            'failed to send message #2 with the error message "WEBPAGE_MEDIA_EMPTY"',
            id="no picture there",
        ),
    ],
)
def test_an_album_that_telegram_refuses_shows_nothing(
    sandbox: Sandbox, jonas: str, media: Any, expected: str
) -> None:
    before = sandbox.chat(jonas)["messages"]
    answer = sandbox.bot("sendMediaGroup", chat_id=JONAS, media=media)
    assert described(answer) == (400, f"Bad Request: {expected}")
    assert sandbox.chat(jonas)["messages"] == before


@pytest.mark.parametrize("word", ["photo", "video", "audio", "document"])
def test_ten_of_a_kind_are_an_album(sandbox: Sandbox, jonas: str, word: str) -> None:
    endings = {"photo": "jpg", "video": "mp4", "audio": "mp3", "document": "pdf"}
    items = [{"type": word, "media": f"https://a.example/{n}.{endings[word]}"} for n in range(10)]
    answer = sandbox.bot("sendMediaGroup", chat_id=JONAS, media=items)
    assert [word in one for one in answer.json()["result"]] == [True] * 10


def test_a_voice_message_can_have_a_caption_and_buttons(sandbox: Sandbox, jonas: str) -> None:
    markup = inline({"text": "Ja", "callback_data": "y"})
    voice = "https://a.example/hello.ogg"
    answer = sandbox.bot("sendVoice", chat_id=JONAS, voice=voice, caption="Hallo", reply_markup=markup)
    result = answer.json()["result"]
    assert (result["voice"]["mime_type"], result["caption"]) == ("audio/ogg", "Hallo")
    shown = sandbox.chat(jonas)["messages"][-1]
    assert (shown["kind"], shown["picture"], len(shown["keys"])) == ("voice", voice, 1)


@pytest.mark.parametrize(
    ("word", "address", "taken"),
    [
        ("photo", "https://a.example/soup.JPG?v=2", True),
        ("photo", "https://a.example/picture/42", True),
        ("photo", "https://a.example/soup.mp4", False),
        ("video", "https://a.example/soup.mp4", True),
        ("video", "https://a.example/soup.avi", False),
        ("audio", "https://a.example/song.m4a", True),
        ("audio", "https://a.example/song.wav", False),
        ("voice", "https://a.example/hello.oga", True),
        ("voice", "https://a.example/hello.pdf", False),
        ("document", "https://a.example/menu.pdf", True),
        ("document", "https://a.example/menu.zip", True),
        ("document", "https://a.example/menu.docx", False),
    ],
)
def test_telegram_fetches_only_what_fits(
    sandbox: Sandbox, jonas: str, word: str, address: str, taken: bool
) -> None:
    answer = sandbox.bot(f"send{word}", **{"chat_id": JONAS, word: address})
    if taken:
        assert answer.json()["ok"] is True
    else:
        assert described(answer) == (400, "Bad Request: wrong type of the web page content")


def test_a_file_sent_again_stays_what_it_was(sandbox: Sandbox, jonas: str) -> None:
    sent = sandbox.bot("sendVoice", chat_id=JONAS, voice="https://a.example/hello.ogg").json()["result"]
    file_id = sent["voice"]["file_id"]
    assert sandbox.bot("sendVoice", chat_id=JONAS, voice=file_id).json()["ok"] is True
    refused = sandbox.bot("sendPhoto", chat_id=JONAS, photo=file_id)
    assert described(refused)[1] == "Bad Request: can't use file of type Voice as Photo"


def test_an_upload_that_is_no_picture_or_too_big_is_refused(sandbox: Sandbox, jonas: str) -> None:
    def refused(data: bytes, media_type: str) -> str:
        answer = sandbox.http.post(
            f"{sandbox.telegram}/bot{TOKEN}/sendPhoto",
            data={"chat_id": str(JONAS)},
            files={"photo": ("a", data, media_type)},
            timeout=PATIENCE,
        )
        return described(answer)[1]

    assert refused(b"%PDF", "application/pdf") == "Bad Request: IMAGE_PROCESS_FAILED"
    assert refused(bytes(10 * 2**20 + 1), "image/png") == "Bad Request: file is too big"


def test_a_place_is_sent(sandbox: Sandbox, jonas: str) -> None:
    sent = sandbox.bot("sendLocation", chat_id=JONAS, latitude=52.5351, longitude="13.4103").json()["result"]
    assert sent["location"] == {"latitude": 52.5351, "longitude": 13.4103}
    assert sandbox.chat(jonas)["messages"][-1]["text"] == "52.5351, 13.4103"
    assert described(sandbox.bot("sendLocation", chat_id=JONAS, latitude=1))[1].endswith("longitude is empty")
    assert described(sandbox.bot("sendLocation", chat_id=JONAS, latitude=91, longitude=1))[0] == 400


def test_a_persons_voice_can_be_fetched(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    sandbox.does(jonas, "deeds", do="voice", values={"seconds": 3})
    voice = receiver.calls[-1].json["message"]["voice"]
    assert (voice["duration"], voice["mime_type"]) == (3, "audio/ogg")
    told = sandbox.bot("getFile", file_id=voice["file_id"]).json()["result"]
    assert told["file_path"].startswith("voice/")
    assert set(told) == {"file_id", "file_unique_id", "file_size", "file_path"}
    sound = sandbox.http.get(f"{sandbox.telegram}/file/bot{TOKEN}/{told['file_path']}", timeout=PATIENCE)
    assert len(sound.content) == told["file_size"] == voice["file_size"]
    assert sound.content.startswith(b"OggS")
    assert b"OpusHead" in sound.content


def test_a_file_is_there_only_after_it_was_asked_for(
    sandbox: Sandbox, receiver: Receiver, jonas: str
) -> None:
    sandbox.does(jonas, "picture", name="soup.jpg")
    file_id = receiver.calls[-1].json["message"]["photo"][-1]["file_id"]
    assert described(sandbox.bot("getFile", file_id="nonsense"))[1] == "Bad Request: invalid file_id"
    path = sandbox.bot("getFile", file_id=file_id).json()["result"]["file_path"]
    for place, status in ((path, 200), ("photos/other.jpg", 404)):
        url = f"{sandbox.telegram}/file/bot{TOKEN}/{place}"
        assert sandbox.http.get(url, timeout=PATIENCE).status_code == status


def test_a_persons_place_is_told(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    sandbox.does(jonas, "deeds", do="location")
    assert receiver.calls[-1].json["message"]["location"] == {"latitude": 52.5351, "longitude": 13.4103}


def test_commands_are_kept_by_language(sandbox: Sandbox) -> None:
    german, english = (
        [{"command": "stop", "description": words}] for words in ("Alles beenden", "Stop everything")
    )
    sandbox.bot("setMyCommands", commands=english)
    sandbox.bot("setMyCommands", commands=german, language_code="de")
    assert sandbox.bot("getMyCommands").json()["result"] == english
    assert sandbox.bot("getMyCommands", language_code="de").json()["result"] == german
    sandbox.bot("deleteMyCommands", language_code="de")
    assert sandbox.bot("getMyCommands", language_code="de").json()["result"] == []
    wrong = {"x": "can't parse commands JSON object", "[1]": "BOT_COMMAND_INVALID"}
    wrong['[{"command": "a"}]'] = "BOT_COMMAND_DESCRIPTION_INVALID"
    wrong[json.dumps(english * 101)] = "BOT_COMMANDS_TOO_MUCH"
    for commands, expected in wrong.items():
        answer = sandbox.bot("setMyCommands", commands=commands)
        assert described(answer) == (400, f"Bad Request: {expected}")


def test_only_the_updates_asked_for_are_sent(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    url = f"{receiver.url}/webhooks/telegram/main"
    hook = {"url": url, "secret_token": "telegram-secret", "max_connections": 7}
    try:
        sandbox.bot("setWebhook", **hook, allowed_updates=["callback_query"])
        info = sandbox.bot("getWebhookInfo").json()["result"]
        assert (info["allowed_updates"], info["max_connections"]) == (["callback_query"], 7)
        receiver.clear()
        assert sandbox.does(jonas, "text", text="Hallo")["acknowledged"] is False
        assert receiver.calls == []
        assert described(sandbox.bot("setWebhook", url=url, max_connections=101))[0] == 400
    finally:
        sandbox.bot("setWebhook", **{**hook, "max_connections": 40}, allowed_updates=[])
    assert sandbox.does(jonas, "text", text="Hallo")["acknowledged"] is True


def test_any_refusal_of_telegram_can_be_ordered(sandbox: Sandbox, jonas: str) -> None:
    def ordered(**refuse: Any) -> requests.Response:
        sandbox.switch("telegram", refuse={"next": 1, **refuse})
        return sandbox.bot("sendMessage", chat_id=JONAS, text="x")

    moved = ordered(code=400, word="group chat was upgraded to a supergroup chat")
    assert described(moved) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    to = moved.json()["parameters"]["migrate_to_chat_id"]
    assert -(2**52) < to < -(10**12)
    gone = ordered(code=403, word="user is deactivated")
    assert described(gone) == (403, "Forbidden: user is deactivated")
    assert "parameters" not in gone.json()
    assert described(ordered(code=500)) == (500, "Internal Server Error")
    assert sandbox.bot("sendMessage", chat_id=JONAS, text="x").json()["ok"] is True
