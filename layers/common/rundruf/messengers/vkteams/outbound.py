"""What we send on VK Teams and ICQ: texts with links and buttons.

https://teams.vk.com/botapi/ (messages)
"""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, Message
from rundruf.core.rules import Counted
from rundruf.messengers import limits, shared
from rundruf.messengers.contract import Answer, Delivery, Event, Request, Step, Told
from rundruf.messengers.limits import Problem
from rundruf.messengers.vkteams import calls, errors
from rundruf.messengers.vkteams.rules import KEYBOARD_LIMIT, MEDIA_LIMIT, Sheet


def problems(sheet: Sheet, message: Message) -> tuple[Problem, ...]:
    """What the messenger cannot carry: files are links below the text, and all of it goes into URLs."""
    return (
        *limits.broken(message, sheet.title, sheet.rules),
        *limits.too_many("media", len(message.media), MEDIA_LIMIT, f"files; {sheet.title} gets"),
        *limits.too_many(
            "buttons", len(message.buttons), sheet.rules.buttons, f"buttons; {sheet.title} shows"
        ),
        *_half_characters(sheet, message),
        *_link_problems(sheet, message),
        *_keyboard_problems(sheet, message.buttons),
    )


def _half_characters(sheet: Sheet, message: Message) -> Iterator[Problem]:
    """Half of a pair has no form in a URL."""
    for field, value in message.texts():
        halves = sum(1 for one in value if "\ud800" <= one <= "\udfff")
        if halves:
            yield field, f"{halves} half characters; {sheet.title} carries 0. Type these characters again."


def _link_problems(sheet: Sheet, message: Message) -> Iterator[Problem]:
    limit, counted = sheet.rules.text_limit, sheet.rules.counted
    for number, one in enumerate(message.media):
        yield from limits.too_long(f"media.{number}", one.url, limit, sheet.title, counted)
    most = limit * sheet.rules.parts
    if message.media and counted.length(message.text) <= most:
        yield from limits.too_long("text", _text(message), most, f"{sheet.title} with links", counted)


def _keyboard_problems(sheet: Sheet, buttons: tuple[Button, ...]) -> Iterator[Problem]:
    keys = _keyboard(buttons).get("inlineKeyboardMarkup", "")
    yield from limits.too_long("buttons", keys, KEYBOARD_LIMIT, sheet.title, Counted.ENCODED)


def build(sheet: Sheet, delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """A call for each part of the text, the last with the buttons; raises ValueError for an empty message."""
    message = delivery.message
    pieces = limits.parts(_text(message), sheet.rules.text_limit, sheet.rules.counted)
    if not pieces:
        raise ValueError(f"nothing to send: {sheet.title} needs a text or a file")
    last = len(pieces) - 1
    return tuple(
        calls.get(
            sheet,
            account,
            "messages/sendText",
            {
                "chatId": delivery.user_id,
                "text": piece,
                **(_keyboard(message.buttons) if number == last else {}),
            },
        )
        for number, piece in enumerate(pieces)
    )


def _text(message: Message) -> str:
    """The text, and below it a line for each file: the API takes no addresses of files."""
    return "\n\n".join(one for one in (message.text, "\n".join(map(_line, message.media))) if one)


def _line(medium: Media) -> str:
    return f"{medium.alt}: {medium.url}" if medium.alt else medium.url


def _keyboard(buttons: tuple[Button, ...]) -> Mapping[str, str]:
    """One button in each row, so that labels stay readable."""
    if not buttons:
        return {}
    rows = [[_key(one)] for one in buttons]
    return {"inlineKeyboardMarkup": json.dumps(rows, ensure_ascii=False, separators=(",", ":"))}


def _key(button: Button) -> Mapping[str, str]:
    if button.url:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callbackData": button.reply}


def entry_link(sheet: Sheet, account: Account, code: str, _language: str) -> str:
    """Opens the chat with the code behind ``/start``, as long as the chat is empty; later people type it.

    The account's address is the bot's nick, or, for an installation of its own, its profile's address
    (``u.example.com/profile/nick``). Raises ValueError for anything else.
    """
    address = account.address.removeprefix("https://").removeprefix("@")
    if not re.fullmatch(r"([A-Za-z0-9.-]{1,253}(/[A-Za-z0-9._-]{1,64})*/)?[A-Za-z0-9._-]{1,64}", address):
        raise ValueError("the account's address is the bot's nick, or the address of its profile")
    profile = address if "/" in address else f"{sheet.profile}{address}"
    return f"https://{profile}?start={quote(code, safe='')}"


def acknowledge(sheet: Sheet, event: Event, account: Account) -> Request | None:
    """A tapped button shows that it works until this call is made."""
    if not event.callback:
        return None
    return calls.get(sheet, account, "messages/answerCallbackQuery", {"queryId": event.callback})


def steps(sheet: Sheet, account: Account, _webhook: str) -> tuple[Step, ...]:
    """Who the bot is. There is no webhook to set: events are fetched."""
    return (Step("who_am_i", calls.get(sheet, account, "self/get", {}), _told),)


def _told(answer: Answer) -> Told:
    found = errors.interpret(answer)
    content = shared.content(answer)
    number = shared.identifier(content.get("userId"))
    if found.accepted and number:
        nick = shared.identifier(content.get("nick")) or number
        return Told(
            True, f"The token is that of the bot {nick}. Events are fetched, so no webhook is needed."
        )
    if found.code == "invalid_token":
        return Told(False, "The token is not valid. Copy bot_token again from the Metabot.")
    return Told(
        False,
        f"The server did not answer as the bot API does ({found.code or found.kind}). Check base_url: it is "
        "the address that the Metabot tells on /start.",
    )
