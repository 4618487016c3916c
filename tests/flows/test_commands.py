"""What people say in the chat is done and answered: shortly, once, and never against their will."""

import hmac
import json
from datetime import UTC, datetime

import pytest

from rundruf.core import wording
from rundruf.core.consent import FOREVER, Action
from rundruf.core.contact import contact_id
from rundruf.core.tokens import Purpose, read_fresh
from rundruf.core.wording import PAYLOAD_ERASE, PAYLOAD_KEEP, PAYLOAD_STOP, PAYLOAD_YES
from rundruf.flows import inbound, receiving
from rundruf.messengers.contract import Call, EventKind
from tests.support.stack import Stack
from tests.support.world import KEYS, TELEGRAM, WHATSAPP, World

ME = "4711"
DAY = 24 * 3600 * 1000


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def hear(world: World, text: str = "", **more: object) -> str:
    """The webhook's part and the inbox's part of one event, a minute after the last; the last answer."""
    world.at += 60_000
    item = world.says(ME, text, at=world.at, **more)  # type: ignore[arg-type]
    before = len(world.messengers.requests)
    inbound.handle(receiving.at_once(item.account, item.event, world.services), world.services)
    said = world.messengers.bodies[before:]
    assert len([one for one in said if "text" in one]) <= 1
    return next((str(one["text"]) for one in said if "text" in one), "")


def tap(world: World, payload: str) -> str:
    return hear(world, kind=EventKind.BUTTON, payload=payload, callback="cb")


def labels(world: World) -> list[str]:
    """What stands on the buttons of the last message."""
    rows = world.messengers.bodies[-1].get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def actions(world: World) -> list[Action]:
    entries, _ = world.contacts.ledger(world.held(ME).id)
    return [entry.fact.action for entry in entries]


def joined(world: World, *topics: str, language: str = "en") -> None:
    world.person(int(ME), *(topics or ("news", "recipes")), language=language)


UNCLEAR = "unsubscribe my husband"


def test_an_unclear_message_pauses_marketing_before_the_messenger_gets_its_200(world: World) -> None:
    joined(world)
    item = world.says(ME, UNCLEAR)
    receiving.at_once(item.account, item.event, world.services)
    held = world.held(ME).consent
    assert held.topics == {"news", "recipes"}
    assert held.paused_until == FOREVER
    assert not world.messengers.requests


@pytest.mark.parametrize("language", ["de", "en"])
def test_an_unclear_message_is_asked_about_once_in_a_day(world: World, language: str) -> None:
    joined(world, language=language)
    text = hear(world, UNCLEAR)
    assert text == wording.unsure(world.services.settings.business, language).text
    assert labels(world) == [wording.leave_label(language), wording.keep_label(language)]
    assert hear(world, UNCLEAR) == ""
    world.at += DAY
    assert hear(world, UNCLEAR) == text
    assert actions(world).count(Action.PAUSED) == 2


def test_the_question_is_put_once_however_often_the_message_is_delivered(world: World) -> None:
    joined(world)
    item = world.says(ME, UNCLEAR)
    for _ in range(3):
        inbound.handle(receiving.at_once(item.account, item.event, world.services), world.services)
    assert len(world.messengers.texts(ME)) == 1
    assert actions(world).count(Action.PAUSED) == 1


def test_the_question_is_still_put_when_the_first_delivery_ended_before_its_200(world: World) -> None:
    joined(world)
    item = world.says(ME, UNCLEAR)
    receiving.at_once(item.account, item.event, world.services)
    again = receiving.at_once(item.account, item.event, world.services)
    inbound.handle(again, world.services)
    assert len(world.messengers.texts(ME)) == 1


def test_keeping_ends_the_doubt_and_the_person_is_taken_at_their_word_for_a_day(world: World) -> None:
    joined(world)
    hear(world, UNCLEAR)
    assert "stays as it is" in tap(world, PAYLOAD_KEEP)
    assert world.held(ME).consent.paused_until == 0
    assert hear(world, UNCLEAR) == ""
    assert world.held(ME).consent.paused_until == 0
    assert tap(world, PAYLOAD_KEEP) == ""


@pytest.mark.parametrize("answer", ["NO", "Nein", "No thanks", wording.keep_label("en")])
def test_a_typed_no_keeps_as_well(world: World, answer: str) -> None:
    joined(world)
    hear(world, UNCLEAR)
    assert "stays as it is" in hear(world, answer)
    assert world.held(ME).consent.paused_until == 0


def test_keeping_brings_the_persons_own_pause_back(world: World) -> None:
    joined(world)
    hear(world, "PAUSE")
    own = world.held(ME).consent.paused_until
    hear(world, UNCLEAR)
    assert world.held(ME).consent.paused_until == FOREVER
    tap(world, PAYLOAD_KEEP)
    assert world.held(ME).consent.paused_until == own


@pytest.mark.parametrize("answer", ["YES", "ja bitte", wording.leave_label("en"), wording.leave_label("de")])
def test_a_typed_yes_to_the_question_leaves(world: World, answer: str) -> None:
    joined(world)
    hear(world, UNCLEAR)
    assert "no more advertising" in hear(world, answer)
    assert world.held(ME).consent.topics == frozenset()


def test_a_tapped_yes_to_the_question_leaves(world: World) -> None:
    joined(world)
    hear(world, UNCLEAR)
    tap(world, PAYLOAD_STOP)
    assert world.held(ME).consent.topics == frozenset()
    assert actions(world)[-1] is Action.WITHDRAWN


def test_who_gets_no_marketing_is_not_asked(world: World) -> None:
    assert hear(world, UNCLEAR) == ""
    joined(world)
    hear(world, "STOP")
    assert hear(world, UNCLEAR) == ""


def test_a_pause_takes_thirty_days_and_says_how_to_come_back(world: World) -> None:
    joined(world)
    text = hear(world, "PAUSE")
    ends = world.held(ME).consent.paused_until
    assert ends == world.held(ME).consent.paused_at + 30 * DAY
    day = wording.day(datetime.fromtimestamp(ends / 1000, UTC).date(), "en")
    assert f"until {day}" in text
    assert "START" in text
    assert "STOP" in text


def test_a_pause_is_in_force_before_the_inbox_hears_of_it(world: World) -> None:
    joined(world)
    item = world.says(ME, "Pause bitte")
    receiving.at_once(item.account, item.event, world.services)
    assert world.held(ME).consent.paused(world.at + 29 * DAY)
    assert not world.held(ME).consent.paused(world.at + 31 * DAY)


def test_a_pause_of_nothing_says_that_nothing_comes(world: World) -> None:
    assert "no advertising" in hear(world, "PAUSE")


def test_start_ends_a_pause(world: World) -> None:
    joined(world)
    hear(world, "PAUSE")
    assert "The pause is over" in hear(world, "START")
    assert world.held(ME).consent.paused_until == 0
    assert actions(world)[-1] is Action.RESUMED


def test_start_after_leaving_asks_again_even_when_paused(world: World) -> None:
    joined(world)
    hear(world, "PAUSE")
    hear(world, "STOP")
    assert "Would you like" in hear(world, "START")
    tap(world, PAYLOAD_YES)
    assert world.held(ME).consent.topics == {"news", "recipes"}
    assert world.held(ME).consent.paused_until == 0


def test_info_tells_topics_with_day_and_source(world: World) -> None:
    joined(world, "news")
    hear(world, "start recipes")
    tap(world, PAYLOAD_YES)
    text = hear(world, "INFO")
    assert "• News: since " in text
    assert "source: desk" in text
    assert "• Recipes: since " in text
    assert "by your yes in this chat" in text
    assert "your id on Telegram" in text
    for word in ("STOP", "PAUSE", "DATA", "DELETE", "https://morgenrot.example/privacy"):
        assert word in text
    assert len(text) < 800


def test_info_forgets_what_was_left_and_tells_of_a_pause(world: World) -> None:
    joined(world, language="de")
    hear(world, "STOP Rezepte")
    hear(world, "PAUSE")
    text = hear(world, "INFO")
    assert "Rezepte" not in text
    assert "Pausiert bis" in text


def test_info_for_somebody_who_joined_nothing(world: World) -> None:
    assert "no consent" in hear(world, "INFO", name="Anna")


def test_data_answers_with_a_link_for_a_day_that_opens_nothing_else(world: World) -> None:
    joined(world)
    text = hear(world, "DATA")
    token = text.partition("https://r.example/u/")[2].split()[0]
    assert contact_id(read_fresh(KEYS, token, Purpose.DATA, world.at).contact) == world.held(ME).id


def test_delete_stops_everything_at_once_and_asks_before_it_erases(world: World) -> None:
    joined(world)
    text = hear(world, "DELETE")
    assert "cannot be undone" in text
    assert labels(world) == [wording.erase_label("en")]
    held = world.held(ME).consent
    assert held.topics == frozenset()
    assert not held.service


@pytest.mark.parametrize("answer", ["YES", "Ja", wording.erase_label("en"), ""])
def test_a_yes_erases_after_one_last_message(world: World, answer: str) -> None:
    joined(world)
    hear(world, "DELETE")
    mine = world.held(ME).id
    text = hear(world, answer) if answer else tap(world, PAYLOAD_ERASE)
    assert "last message" in text
    assert world.contacts.get(mine) is None


def test_an_old_tap_erases_nobody_who_has_come_back(world: World) -> None:
    joined(world)
    hear(world, "DELETE")
    hear(world, "START")
    tap(world, PAYLOAD_YES)
    assert "cannot be undone" in tap(world, PAYLOAD_ERASE)
    assert world.held(ME).consent.topics == {"news", "recipes"}


def test_a_yes_long_after_the_question_erases_nobody(world: World) -> None:
    joined(world)
    hear(world, "DELETE")
    world.at += 8 * DAY
    hear(world, "YES")
    assert world.contacts.get(world.held(ME).id) is not None


def test_a_yes_answers_the_question_that_was_put_last(world: World) -> None:
    joined(world)
    hear(world, "STOP recipes")
    hear(world, UNCLEAR)
    hear(world, "START recipes")
    hear(world, "YES")
    assert world.held(ME).consent.topics == {"news", "recipes"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("pausa", Action.PAUSED),
        ("一時停止", Action.PAUSED),
        ("supprimez mes données", Action.WITHDRAWN),
        ("пауза", Action.PAUSED),
    ],
)
def test_commands_are_heard_in_other_languages(world: World, word: str, expected: Action) -> None:
    joined(world)
    assert hear(world, word)
    assert actions(world)[-1] is expected


def test_a_word_of_the_persons_own_language_counts_although_the_webhook_did_not_know_it(world: World) -> None:
    joined(world, language="sv")
    hear(world, "Slut")
    assert world.held(ME).consent.topics == frozenset()


def test_leaving_a_topic_one_never_joined_does_not_claim_that_everything_ended(world: World) -> None:
    joined(world, "news")
    assert "no more messages about “Recipes”" in hear(world, "STOP recipes")
    assert world.held(ME).consent.topics == {"news"}


def telegram(world: World, update: dict[str, object]) -> None:
    """One update through the webhook and the inbox, as Telegram sends it."""
    body = json.dumps({"update_id": world.at // 1000, **update}).encode()
    headers = {"x-telegram-bot-api-secret-token": TELEGRAM.credentials["secret_token"][0]}
    call = Call("POST", headers, {}, body)
    assert receiving.receive("telegram", "main", call, world.services).status == 200


def message(world: World, **more: object) -> dict[str, object]:
    sender = {"id": int(ME), "is_bot": False, "first_name": "Anna", "language_code": "de"}
    chat = {"id": int(ME), "type": "private", "first_name": "Anna"}
    return {"message_id": 7, "from": sender, "chat": chat, "date": world.at // 1000, **more}


def quoted(world: World) -> dict[str, object]:
    return message(world, text="Neu: Rezepte. Abmelden: STOP")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("STOP", {"news", "recipes"}),
        ("STOP Rezepte", {"recipes"}),
        ("Stopp\u200b Rezepte bitte", {"recipes"}),
        ("désabonnez-moi", {"news", "recipes"}),
        ("Danke!", set()),
    ],
)
@pytest.mark.parametrize("how", ["text", "caption", "quoting", "edited"])
def test_a_stop_is_heard_however_it_is_written(world: World, text: str, left: set[str], how: str) -> None:
    joined(world)
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    said: dict[str, dict[str, object]] = {
        "text": {"message": message(world, text=text)},
        "caption": {"message": message(world, caption=text, photo=photo)},
        "quoting": {"message": message(world, text=text, reply_to_message=quoted(world))},
        "edited": {"edited_message": message(world, text=text, edit_date=world.at // 1000)},
    }
    telegram(world, said[how])
    assert world.held(ME).consent.topics == {"news", "recipes"} - left


@pytest.mark.parametrize(("payload", "left"), [("stop", {"news", "recipes"}), ("stop:recipes", {"recipes"})])
def test_a_stop_by_button_is_heard_through_the_webhook(world: World, payload: str, left: set[str]) -> None:
    joined(world)
    sender = {"id": int(ME), "is_bot": False, "first_name": "Anna"}
    telegram(
        world,
        {"callback_query": {"id": "9", "from": sender, "message": quoted(world), "data": payload}},
    )
    assert world.held(ME).consent.topics == {"news", "recipes"} - left


def whatsapp(world: World, **said: object) -> None:
    """One message through the webhook, signed, as WhatsApp sends it."""
    sent = {"from": NUMBER, "id": f"wamid.{world.at}", "timestamp": str(world.at // 1000), **said}
    metadata = {"display_phone_number": "4930123456", "phone_number_id": "106540352242922"}
    contacts = [{"profile": {"name": "Anna"}, "wa_id": NUMBER}]
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, "messages": [sent]}
    change = {"field": "messages", "value": value}
    body = json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    ).encode()
    secret = WHATSAPP.credentials["app_secret"][0].encode()
    headers = {"x-hub-signature-256": f"sha256={hmac.new(secret, body, 'sha256').hexdigest()}"}
    call = Call("POST", headers, {}, body)
    assert receiving.receive("whatsapp", "main", call, world.services).status == 200


NUMBER = "4915112345678"
IMAGE = {"id": "1", "mime_type": "image/jpeg", "sha256": "x"}
QUOTE = {"from": "4930123456", "id": "wamid.ours"}
SAID = {
    "text": {"type": "text", "text": {"body": "STOP recipes"}},
    "caption": {"type": "image", "image": IMAGE | {"caption": "STOP recipes"}},
    "quoting": {"type": "text", "text": {"body": "STOP recipes"}, "context": QUOTE},
    "reply button": {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": "stop:recipes", "title": "STOP"}},
        "context": QUOTE,
    },
    "template button": {
        "type": "button",
        "button": {"payload": "stop:recipes", "text": "STOP"},
        "context": QUOTE,
    },
    "template button without payload of ours": {
        "type": "button",
        "button": {"payload": "STOP recipes", "text": "STOP recipes"},
        "context": QUOTE,
    },
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_a_stop_is_heard_on_whatsapp_too(world: World, said: dict[str, object]) -> None:
    world.person(int(NUMBER), "news", "recipes", messenger="whatsapp")
    whatsapp(world, **said)
    assert world.held(NUMBER, "whatsapp").consent.topics == {"news"}
