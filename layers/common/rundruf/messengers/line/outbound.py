"""What we send on LINE: all of a message in one call, to one person or to many.

https://developers.line.biz/en/reference/messaging-api/#message-objects (2026-08-07)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import splitext
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid5

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.rules import Counted
from rundruf.messengers import limits, shared
from rundruf.messengers.contract import Answer, Batch, Delivery, Event, Request
from rundruf.messengers.limits import Problem, broken, file_name, too_long, too_many, too_many_parts
from rundruf.messengers.line import errors
from rundruf.messengers.line.access import api, bearer
from rundruf.messengers.line.insight import unit
from rundruf.messengers.line.rules import BUBBLE, LINK, MEDIA_ADDRESS, OBJECTS, RULES, TITLE

# Of our retry keys; any other would do, as long as it stays.
_NAMESPACE = UUID("0f6b4b0e-5a53-5c0e-9d4a-6f3d1d7c2b11")
_SENTENCES = {
    "de": "Hallo! Bitte nehmt mich auf. Code: {code}",
    "en": "Hello! Please add me. Code: {code}",
}
# What LINE shows itself; everything else is opened by a button.
_SHOWN = {
    MediaKind.IMAGE: (".jpg", ".jpeg", ".png"),
    MediaKind.VIDEO: (".mp4",),
    MediaKind.AUDIO: (".mp3", ".m4a"),
    MediaKind.FILE: (),
}
# Milliseconds. LINE wants to know how long a sound is, which nobody told us; it shows this until then.
_SOME_DURATION = 60_000

Fields = Mapping[str, object]


def problems(message: Message) -> tuple[Problem, ...]:
    """What LINE cannot carry."""
    return (
        *broken(message, TITLE, RULES),
        *_bubble_problems(message),
        *_room_problems(message),
        *_address_problems(message),
    )


def _bubble_problems(message: Message) -> Iterator[Problem]:
    links = sum(1 for one in message.buttons if one.url)
    if max(links, len(message.buttons) - links) <= BUBBLE:
        keys = len(message.buttons) + sum(1 for one in message.media if not _is_shown(one, message))
        yield from too_many("buttons", keys, BUBBLE, "buttons and links to files; LINE shows")


def _room_problems(message: Message) -> Iterator[Problem]:
    """Five objects hold everything: files that are shown, pieces of the text, and one for all buttons."""
    shown = sum(1 for one in message.media if _is_shown(one, message))
    room = OBJECTS - bool(_has_bubble(message))
    yield from too_many("media", shown, room - bool(message.text), "files beside the rest; LINE shows")
    if message.text and shown < room:
        yield from too_many_parts(message.text, room - shown, TITLE, RULES)


def _address_problems(message: Message) -> Iterator[Problem]:
    for number, medium in enumerate(message.media):
        most = MEDIA_ADDRESS if _is_shown(medium, message) else LINK
        yield from _address(f"media.{number}", medium.url, most)
        if limits.opens(medium.url) and "{{" not in medium.url and not _is_safe(medium.url):
            yield (
                f"media.{number}",
                "The address starts with http:// and LINE fetches files only over https. "
                "Give one that starts with https://.",
            )
    for number, button in enumerate(message.buttons):
        yield from _address(f"buttons.{number}.url", button.url, LINK)


def _address(field: str, url: str, most: int) -> Iterator[Problem]:
    yield from too_long(field, url, most, TITLE, Counted.CHARACTERS)
    strange = sum(1 for one in url if not "!" <= one <= "~")
    if strange and limits.opens(url) and "{{" not in url:
        yield (
            field,
            f"The address has {strange} characters beyond ASCII, of which LINE takes 0. Percent-encode them.",
        )


def _is_safe(url: str) -> bool:
    """Whether LINE would fetch it: over TLS, or on this very machine, where only the sandbox can be meant."""
    parts = urlsplit(url)
    return parts.scheme.lower() == "https" or parts.hostname in ("127.0.0.1", "localhost")


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """One call; raises ValueError for an empty message."""
    return (_call(account, "push", {"to": delivery.user_id}, [delivery]),)


def _build_batch(deliveries: Sequence[Delivery], account: Account) -> tuple[Request, ...]:
    people = [one.user_id for one in deliveries]
    return (_call(account, "multicast", {"to": people}, deliveries),)


def _call(account: Account, name: str, people: Fields, deliveries: Sequence[Delivery]) -> Request:
    objects = list(_objects(deliveries[0].message))
    if not objects:
        raise ValueError("nothing to send: LINE needs a text or a file")
    return shared.post(
        api(account, f"/v2/bot/message/{name}"),
        {**people, "messages": objects, **_unit(deliveries[0], account)},
        {**bearer(account), "x-line-retry-key": _retry_key(deliveries)},
    )


def _retry_key(deliveries: Sequence[Delivery]) -> str:
    """The same for the same people and broadcast however often it is sent, and for nobody else."""
    return str(uuid5(_NAMESPACE, "\n".join(one.id for one in deliveries)))


def _unit(delivery: Delivery, account: Account) -> Fields:
    """The name under which LINE counts clicks; as it takes 1,000 a month, only broadcasts have one."""
    broadcast = delivery.id.partition(":")[0]
    if not delivery.marketing or not broadcast or account.secrets("aggregation_units") == ("off",):
        return {}
    return {"customAggregationUnits": [unit(broadcast)]}


def _objects(message: Message) -> Iterator[Fields]:
    """Files first, since the text belongs below them, and the buttons last."""
    for medium in message.media:
        if _is_shown(medium, message):
            yield _shown(medium, message)
    for piece in limits.parts(message.text, RULES.text_limit, RULES.counted):
        yield {"type": "text", "text": piece}
    if _has_bubble(message):
        yield _bubble(message)


def _is_shown(medium: Media, message: Message) -> bool:
    """Whether LINE shows it itself; a video needs a picture that stands for it: the message's first one."""
    endings, ending = _SHOWN[medium.kind], splitext(file_name(medium.url))[1].lower()
    if medium.kind is MediaKind.VIDEO and not _preview(message):
        return False
    return ending in endings or (not ending and bool(endings))


def _preview(message: Message) -> str:
    pictures = (one for one in message.media if one.kind is MediaKind.IMAGE and _is_shown(one, message))
    return next((one.url for one in pictures), "")


def _shown(medium: Media, message: Message) -> Fields:
    if medium.kind is MediaKind.AUDIO:
        return {"type": "audio", "originalContentUrl": medium.url, "duration": _SOME_DURATION}
    preview = _preview(message) if medium.kind is MediaKind.VIDEO else medium.url
    return {"type": medium.kind.value, "originalContentUrl": medium.url, "previewImageUrl": preview}


def _has_bubble(message: Message) -> bool:
    return bool(message.buttons) or not all(_is_shown(one, message) for one in message.media)


def _bubble(message: Message) -> Fields:
    """All buttons. Quick replies would vanish with the next message, and LINE on a computer shows none."""
    files = [_file_button(one) for one in message.media if not _is_shown(one, message)]
    keys = (*files, *message.buttons)
    return {
        "type": "flex",
        "altText": " · ".join(one.label for one in keys),
        "contents": {
            "type": "bubble",
            "body": {"type": "box", "layout": "vertical", "contents": [_key(one) for one in keys]},
        },
    }


def _file_button(medium: Media) -> Button:
    name = medium.alt.strip() or file_name(medium.url).strip() or urlsplit(medium.url).hostname or medium.url
    return Button(limits.parts(name, RULES.button_label_limit, RULES.counted)[0], url=medium.url)


def _key(button: Button) -> Fields:
    if button.url:
        action: Fields = {"type": "uri", "label": button.label, "uri": button.url}
    else:
        action = {
            "type": "postback",
            "label": button.label,
            "data": button.reply,
            "displayText": button.label,
        }
    return {"type": "button", "height": "sm", "action": action}


def interpret(answer: Answer) -> Outcome:
    if errors.refused(answer):
        return errors.NOBODY_THERE
    found = errors.outcome(answer)
    if found.kind is not OutcomeKind.OK:
        return found
    sent = shared.records((errors.opened(answer) or {}).get("sentMessages"))
    return Outcome(found.kind, message_id=shared.identifier(sent[0].get("id")) if sent else "")


def _interpret_batch(answer: Answer, deliveries: Sequence[Delivery]) -> tuple[Outcome, ...]:
    """One wrong id spoils the call for all: it is left out, and the others are sent to at once."""
    refused = errors.refused(answer)
    if refused.isdisjoint(range(len(deliveries))):
        return (errors.outcome(answer),) * len(deliveries)
    again = Outcome(OutcomeKind.RETRY, "other_id", retry_after=0.0)
    return tuple(errors.NOBODY_THERE if at in refused else again for at in range(len(deliveries)))


BATCH = Batch(_build_batch, _interpret_batch)


def entry_link(account: Account, code: str, language: str) -> str:
    """Opens the chat with a sentence that holds the code; raises ValueError for an account without ID."""
    line_id = account.address.removeprefix("@")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", line_id):
        raise ValueError("the account's address is its LINE ID, such as @123abcde")
    sentence = _SENTENCES.get(language.lower().split("-")[0], _SENTENCES["en"]).format(code=code)
    return f"https://line.me/R/oaMessage/%40{line_id}/?{quote(sentence, safe='')}"


def acknowledge(_event: Event, _account: Account) -> Request | None:
    """LINE wants no answer to a tap."""
    return None
