"""What we send on Viber: to one person, to many, or as the answer to somebody who opened the chat.

https://developers.viber.com/docs/api/rest-bot-api/#send-message
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from posixpath import splitext
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message
from rundruf.core.outcome import Outcome
from rundruf.core.rules import Counted
from rundruf.messengers import limits, shared
from rundruf.messengers.contract import Answer, Batch, Delivery, Event, EventKind, Reading, Reply, Request
from rundruf.messengers.limits import Problem, broken, file_name, too_long, too_many, too_many_parts
from rundruf.messengers.viber import errors
from rundruf.messengers.viber.access import post, sender, written
from rundruf.messengers.viber.inbound import CODE, ENTRY
from rundruf.messengers.viber.rules import BUTTONS, CONTENT, LINK, RULES, TITLE

_PICTURES = (".jpg", ".jpeg", ".png", ".gif")

Fields = Mapping[str, object]


def problems(message: Message) -> tuple[Problem, ...]:
    """What Viber cannot carry."""
    found = (
        *broken(message, TITLE, RULES),
        *too_many_parts(message.text, RULES.parts, TITLE, RULES),
        *_button_problems(message),
        *_file_problems(message),
    )
    return found or tuple(_size_problems(message))


def _button_problems(message: Message) -> Iterator[Problem]:
    links = sum(1 for one in message.buttons if one.url)
    if max(links, len(message.buttons) - links) <= BUTTONS:
        yield from too_many("buttons", len(message.buttons), BUTTONS, "buttons; Viber shows")


def _file_problems(message: Message) -> Iterator[Problem]:
    for number, medium in enumerate(message.media):
        yield from too_long(f"media.{number}", medium.url, LINK, TITLE, Counted.CHARACTERS)
        ending = splitext(file_name(medium.url))[1].lower()
        believed = "{{" in medium.url or not limits.opens(medium.url)
        if medium.kind is MediaKind.IMAGE and not believed and ending not in _PICTURES:
            yield (
                f"media.{number}",
                f"The address of the picture does not end in one of the {len(_PICTURES)} endings that Viber "
                f"shows: {', '.join(_PICTURES)}. Give such an address, or send the picture as a file.",
            )


def _size_problems(message: Message) -> Iterator[Problem]:
    size = max((len(written(one).encode()) for one in _calls(message)), default=0)
    if size > CONTENT:
        yield (
            "text" if message.text else "buttons",
            f"{size} bytes with the buttons; Viber carries at most {CONTENT}. Shorten text or buttons by "
            f"{size - CONTENT}.",
        )


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """One call where Viber can join text, picture and buttons; raises ValueError for an empty message."""
    head = {"receiver": delivery.user_id, **_head(account, delivery.id)}
    return tuple(post(account, "send_message", {**head, **one}) for one in _filled(delivery.message))


def _build_batch(deliveries: Sequence[Delivery], account: Account) -> tuple[Request, ...]:
    """The tracking data is the same for all, so it names no single delivery."""
    people = {"broadcast_list": [one.user_id for one in deliveries]}
    head = {**people, **_head(account, deliveries[0].id.rpartition(":")[0])}
    return tuple(
        post(account, "broadcast_message", {**head, **one}) for one in _filled(deliveries[0].message)
    )


def _filled(message: Message) -> list[Fields]:
    calls = list(_calls(message))
    if not calls:
        raise ValueError("nothing to send: Viber needs a text or a file")
    return calls


def _head(account: Account, tracking: str) -> Fields:
    """Version 1 is what every client understands; nothing here needs a later one."""
    return {"min_api_version": 1, "sender": sender(account), "tracking_data": tracking}


def _calls(message: Message) -> Iterator[Fields]:
    """The last one carries the buttons: they stay until the next message without."""
    contents = list(_contents(message))
    yield from contents[:-1]
    if contents:
        yield {**contents[-1], **_keyboard(message.buttons)}


def _contents(message: Message) -> Iterator[Fields]:
    """Files first, since the text belongs below them; a short one goes with a picture."""
    caption = message.text if _fits_as_caption(message) else ""
    for number, medium in enumerate(message.media, start=1):
        yield _file(medium, caption if number == len(message.media) else "")
    if not caption:
        for piece in limits.parts(message.text, RULES.text_limit, RULES.counted):
            yield {"type": "text", "text": piece}


def _fits_as_caption(message: Message) -> bool:
    if not message.media or message.media[-1].kind is not MediaKind.IMAGE:
        return False
    return RULES.counted.length(message.text) <= RULES.caption_limit


def _file(medium: Media, caption: str) -> Fields:
    """Viber wants to know how many bytes a video or a file has, which nobody told us: they go as links."""
    if medium.kind is MediaKind.IMAGE:
        return {"type": "picture", "text": caption, "media": medium.url}
    return {"type": "url", "media": medium.url}


def _keyboard(buttons: tuple[Button, ...]) -> Fields:
    """One button in each row, so that labels stay readable."""
    if not buttons:
        return {}
    return {
        "keyboard": {"Type": "keyboard", "DefaultHeight": False, "Buttons": [_key(one) for one in buttons]}
    }


def _key(button: Button) -> Fields:
    """``Silent``: what the button says is for us, and marks the tap as one."""
    return {
        "Columns": 6,
        "Rows": 1,
        "ActionType": "open-url" if button.url else "reply",
        "ActionBody": button.url or button.reply,
        "Text": escape(button.label, quote=False),
        "Silent": True,
    }


def reply(reading: Reading, greeting: Message, account: Account) -> Reply:
    """The greeting for somebody who opened the chat and has not subscribed; nothing for all else.

    It is one message; the code of the entry link comes back with what the person says to it.
    """
    opened = (one for one in reading.events if one.kind is EventKind.OPENED and one.window == 0)
    event, calls = next(opened, None), list(_calls(greeting))
    if event is None or not calls:
        return Reply(200)
    tracking = f"{ENTRY}{event.code}" if event.code else ""
    return Reply(200, written({**_head(account, tracking), **calls[-1]}), "application/json")


def interpret(answer: Answer) -> Outcome:
    return errors.outcome(answer)


def _interpret_batch(answer: Answer, deliveries: Sequence[Delivery]) -> tuple[Outcome, ...]:
    """Viber names those who got nothing; a code for all of them speaks of the others."""
    code = errors.status(answer)
    if code is None:
        return (errors.outcome(answer),) * len(deliveries)
    others = errors.outcome(answer) if code == 0 else errors.of_all(code)
    failed = dict(_failed(answer))
    return tuple(failed.get(one.user_id, others) for one in deliveries)


def _failed(answer: Answer) -> Iterator[tuple[str, Outcome]]:
    for one in shared.records(shared.content(answer).get("failed_list")):
        code = shared.whole(one.get("status"))
        if code:
            yield shared.text(one.get("receiver")), errors.of(code)


def _may_broadcast(account: Account) -> bool:
    """Unless the account says that Viber has not approved it for broadcasts."""
    return account.secrets("broadcasts") != ("off",)


BATCH = Batch(_build_batch, _interpret_batch, _may_broadcast)


def entry_link(account: Account, code: str, _language: str) -> str:
    """Opens the chat with the code; raises ValueError where Viber could not carry it."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", account.address):
        raise ValueError("the account's address is the bot's URI, as the Viber admin panel shows it")
    if not CODE.fullmatch(code):
        raise ValueError("a code has 1 to 64 of A-Z, a-z, 0-9, _ and -")
    return f"viber://pa?chatURI={quote(account.address)}&context={code}"


def acknowledge(_event: Event, _account: Account) -> Request | None:
    """Viber wants no answer to a tap."""
    return None
