"""python-telegram-bot takes our sandbox's updates and answers for Telegram's."""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    File,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    TelegramObject,
    Update,
    User,
    WebhookInfo,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest, RequestData

from tests.specs.oracles.recorded import Answer, Call, Webhook, answers, calls, lost, webhooks

RESULTS: dict[str, type[TelegramObject]] = {
    "sendMessage": Message,
    "sendPhoto": Message,
    "sendVideo": Message,
    "sendAudio": Message,
    "sendVoice": Message,
    "sendDocument": Message,
    "sendMediaGroup": Message,
    "getMe": User,
    "getFile": File,
    "getWebhookInfo": WebhookInfo,
    "getMyCommands": BotCommand,
}
YES = {"setWebhook", "setMyCommands", "answerCallbackQuery"}
# What the library waits for as a number today, it will give as a timedelta.
os.environ["PTB_TIMEDELTA"] = "true"
ERRORS = {400: BadRequest, 401: InvalidToken, 403: Forbidden, 404: InvalidToken, 429: RetryAfter}
UPDATES = webhooks("telegram")


class Recorded(BaseRequest):  # type: ignore[misc]  # mypy does not see the library
    """Gives the library one recorded answer, as if it had come from Telegram."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    @property
    def read_timeout(self) -> float:
        return 1

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **timeouts: Any
    ) -> tuple[int, bytes]:
        return self.answer.status, json.dumps(self.answer.json).encode()


def _method(call: Call) -> str:
    return call.path.rpartition("/")[2]


def _inside(value: object) -> Iterator[TelegramObject]:
    """An object of the library with all that are in it."""
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _inside(one)
    if isinstance(value, TelegramObject):
        yield value
        names = {name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())}
        for name in names:
            if not name.startswith("_"):
                yield from _inside(getattr(value, name, None))


def _strange(value: object) -> list[str]:
    """Fields that the library has no place for."""
    return sorted({name for one in _inside(value) for name in one.api_kwargs})


@pytest.mark.parametrize("hook", UPDATES)
def test_an_update_is_known_to_the_last_field(hook: Webhook) -> None:
    update = Update.de_json(hook.json, None)
    assert _strange(update) == []
    assert lost(hook.json, json.loads(update.to_json())) == []


def test_updates_of_every_kind_were_told() -> None:
    kinds = {name for hook in UPDATES for name in hook.json if name != "update_id"}
    assert kinds >= {"message", "callback_query", "my_chat_member"}


def test_what_the_library_does_not_know_is_noticed() -> None:
    told = next(hook.json for hook in UPDATES if "message" in hook.json)
    told["message"]["from"]["surprise"] = 1
    assert _strange(Update.de_json(told, None)) == ["surprise"]
    with pytest.raises((KeyError, TypeError)):
        Update.de_json({**told, "message": {"text": "x"}}, None)


@pytest.mark.parametrize("answer", [one for one in answers("telegram") if one.status == 200 and one.json])
def test_a_result_is_known_to_the_last_field(answer: Answer) -> None:
    method, result = _method(answer.call), answer.json["result"]
    if method in YES:
        assert result is True
        return
    for one in result if isinstance(result, list) else [result]:
        read = RESULTS[method].de_json(one, None)
        assert _strange(read) == []
        assert lost(one, json.loads(read.to_json())) == []


@pytest.mark.parametrize("answer", [one for one in answers("telegram") if one.status >= 400])
def test_a_refusal_is_the_error_that_the_library_means_by_it(answer: Answer) -> None:
    bot = Bot("123456:TEST", request=Recorded(answer))
    with pytest.raises(TelegramError) as refused:
        asyncio.run(bot.send_message(1, "x"))
    assert type(refused.value) is ERRORS[answer.status]
    if isinstance(refused.value, RetryAfter):
        assert answer.json["parameters"]["retry_after"] >= 1
    else:
        said = answer.json["description"].rpartition(": ")[2]
        assert said.lower() in str(refused.value).lower()


def test_refusals_of_several_kinds_were_among_the_answers() -> None:
    assert {one.status for one in answers("telegram")} >= {400, 403, 404, 429}


@pytest.mark.parametrize("call", [one for one in calls("telegram") if b"reply_markup" in one.body])
def test_our_buttons_are_known_to_the_last_field(call: Call) -> None:
    given = call.json["reply_markup"]
    markup = InlineKeyboardMarkup.de_json(given, None)
    assert _strange(markup) == []
    assert lost(given, json.loads(markup.to_json())) == []


@pytest.mark.parametrize("call", [one for one in calls("telegram") if _method(one) == "sendMessage"])
def test_our_messages_switch_previews_off_by_a_known_field(call: Call) -> None:
    options = LinkPreviewOptions.de_json(call.json["link_preview_options"], None)
    assert _strange(options) == []
    assert options.is_disabled is True
