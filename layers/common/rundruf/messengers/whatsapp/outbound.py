"""What we send on WhatsApp: free messages while the window is open, approved templates outside it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Delivery, Event, Request
from rundruf.messengers.limits import Problem, broken, file_name, too_long, too_many
from rundruf.messengers.whatsapp import errors, identity
from rundruf.messengers.whatsapp.rules import BODY_LIMIT, MEDIA_LIMIT, RULES, TITLE

HOST = "https://graph.facebook.com"
VERSION = "v25.0"

_SENTENCES = {
    "de": "Hallo! Bitte nehmt mich auf. Code: {code}",
    "en": "Hello! Please add me. Code: {code}",
}
_WORDS = {
    MediaKind.IMAGE: "image",
    MediaKind.AUDIO: "audio",
    MediaKind.VIDEO: "video",
    MediaKind.FILE: "document",
}

Part = Mapping[str, object]


def problems(message: Message) -> tuple[Problem, ...]:
    """What WhatsApp cannot carry. Without a text, file and buttons are those of the template."""
    own = _header_problems if message.template and not message.text else _button_problems
    return (
        *broken(message, TITLE, RULES),
        *(_template_problems(message.template) if message.template else ()),
        *own(message),
        *too_many(
            "media", len(message.media), MEDIA_LIMIT, "files, each a message of its own; WhatsApp gets"
        ),
    )


def _template_problems(template: Template) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z0-9_]{1,512}", template.name):
        yield (
            "template.name",
            f"{len(template.name)} characters given; a template's name has 1 to 512 of a-z, 0-9 and _. "
            "Copy it from WhatsApp Manager.",
        )
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Za-z]{2,5})?", template.language):
        yield (
            "template.language",
            f"{len(template.language)} characters given; a language is written like de or en_US "
            "(2 or 3 letters, underscore). Copy it from WhatsApp Manager.",
        )
    for number, value in enumerate(template.parameters):
        if not value.strip():
            yield (
                f"template.parameters.{number}",
                "The parameter has 0 characters; WhatsApp needs at least 1. Give a value or a default.",
            )


def _header_problems(message: Message) -> Iterator[Problem]:
    yield from too_many("media", len(message.media), 1, "files; the header of a template takes")
    if message.media and message.media[0].kind is MediaKind.AUDIO:
        yield (
            "media.0",
            "The header of a template takes 1 image, video or file, but no audio. Use one of these.",
        )


def _button_problems(message: Message) -> Iterator[Problem]:
    if not message.buttons:
        return
    if message.media and not message.text:
        yield "text", "0 characters above the buttons; WhatsApp needs at least 1. Write a text."
    elif len(message.text) <= RULES.text_limit:
        yield from too_long("text", message.text, BODY_LIMIT, f"{TITLE} with buttons", RULES.counted)
    links = sum(1 for one in message.buttons if one.url)
    if 0 < links < len(message.buttons):
        yield (
            "buttons",
            f"{links} of {len(message.buttons)} buttons open a page; WhatsApp shows either 1 such button "
            f"or up to {RULES.buttons} that answer. Remove one sort.",
        )
    seen: set[str] = set()
    for number, button in enumerate(message.buttons):
        if button.label in seen:
            yield (
                f"buttons.{number}.label",
                "2 buttons have the same label; WhatsApp takes each label at most once. Change one of them.",
            )
        seen.add(button.label)


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """The calls for one person: free form in an open window where there is one, else the template.

    Raises ValueError where neither can be sent: window shut and no template, or nothing to say.
    """
    message = delivery.message
    free = delivery.window_open and (message.text or not message.template)
    parts = tuple(_free(message)) if free else tuple(_approved(message))
    if not parts:
        raise ValueError(
            "nothing to send: outside the window WhatsApp needs a template, inside it a text or a file"
        )
    host = account.base_url or HOST
    return tuple(
        shared.post(
            f"{host}/{VERSION}/{account.secret('phone_number_id')}/messages",
            {**_envelope(delivery), **part},
            {"authorization": f"Bearer {account.secret('access_token')}"},
        )
        for part in parts
    )


def _envelope(delivery: Delivery) -> Part:
    # Without the plus WhatsApp would put our own country code in front.
    number = identity.is_number(delivery.user_id)
    person = {"to": f"+{delivery.user_id}"} if number else {"recipient": delivery.user_id}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **person,
        "biz_opaque_callback_data": delivery.id,
    }


def _free(message: Message) -> Iterator[Part]:
    """One part where WhatsApp can join them: the last file carries the text or heads the buttons."""
    media = list(message.media)
    joined = media.pop() if media and _carries(media[-1], message) else None
    for medium in media:
        yield _file(medium, "")
    if message.buttons:
        yield {"type": "interactive", "interactive": _interactive(message, joined)}
    elif joined:
        yield _file(joined, message.text)
    elif message.text:
        # No preview: it would open links that only the person may open.
        yield {"type": "text", "text": {"body": message.text, "preview_url": False}}


def _carries(medium: Media, message: Message) -> bool:
    if medium.kind is MediaKind.AUDIO or not message.text:
        return False
    return bool(message.buttons) or len(message.text) <= RULES.caption_limit


def _file(medium: Media, caption: str) -> Part:
    word = _WORDS[medium.kind]
    return {"type": word, word: {**_link(medium), **({"caption": caption} if caption else {})}}


def _link(medium: Media) -> Part:
    if medium.kind is not MediaKind.FILE:
        return {"link": medium.url}
    name = file_name(medium.url)
    return {"link": medium.url, **({"filename": name} if name else {})}


def _interactive(message: Message, joined: Media | None) -> Part:
    if not message.text:
        raise ValueError("buttons need a text on WhatsApp")
    links = [one for one in message.buttons if one.url]
    if links and len(message.buttons) > 1:
        raise ValueError("WhatsApp shows a button that opens a page only alone")
    head = {"header": {"type": _WORDS[joined.kind], _WORDS[joined.kind]: _link(joined)}} if joined else {}
    return {
        "type": "cta_url" if links else "button",
        **head,
        "body": {"text": message.text},
        "action": _opens(links[0]) if links else {"buttons": [_answers(one) for one in message.buttons]},
    }


def _opens(button: Button) -> Part:
    return {"name": "cta_url", "parameters": {"display_text": button.label, "url": button.url}}


def _answers(button: Button) -> Part:
    return {"type": "reply", "reply": {"id": button.reply, "title": button.label}}


def _approved(message: Message) -> Iterator[Part]:
    template = message.template
    if template is None:
        return
    components: list[Part] = []
    if not message.text:
        components += [_head(one) for one in message.media[:1]]
    if template.parameters:
        components.append({"type": "body", "parameters": [_value(one) for one in template.parameters]})
    if not message.text:
        components += _taps(message.buttons)
    content: dict[str, object] = {"name": template.name, "language": {"code": template.language}}
    if components:
        content["components"] = components
    yield {"type": "template", "template": content}


def _head(medium: Media) -> Part:
    word = _WORDS[medium.kind]
    return {"type": "header", "parameters": [{"type": word, word: _link(medium)}]}


def _value(text: str) -> Part:
    """WhatsApp refuses line breaks, tabs and more than four blanks in a row within a parameter."""
    return {"type": "text", "text": " ".join(text.split())}


def _taps(buttons: tuple[Button, ...]) -> Iterator[Part]:
    for number, button in enumerate(buttons):
        if button.reply:
            yield {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(number),
                "parameters": [{"type": "payload", "payload": button.reply}],
            }


def interpret(answer: Answer) -> Outcome:
    """Decides on the code in the body, not on the HTTP status; an error may come with status 200."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    content = shared.content(answer)
    accepted = _accepted(content) if 200 <= answer.status < 300 else None
    if accepted:
        return accepted
    if "error" in content:
        return _refused(content["error"], answer)
    return shared.by_status(answer)


def _accepted(content: shared.Record) -> Outcome | None:
    for message in shared.records(content.get("messages")):
        message_id = shared.identifier(message.get("id"))
        if message_id:
            status = message.get("message_status")
            held = status in ("held_for_quality_assessment", "paused")
            return Outcome(OutcomeKind.OK, str(status) if held else "", message_id=message_id)
    return None


def _refused(error: object, answer: Answer) -> Outcome:
    code = shared.whole(shared.record(error).get("code"))
    told = shared.retry_after(answer)
    known = errors.outcome(code) if code is not None else None
    if known and known.kind is OutcomeKind.RETRY:
        wait = known.retry_after if told is None else told
        return Outcome(known.kind, known.code, retry_after=wait, account_wide=known.account_wide)
    if known:
        return known
    word = "error" if code is None else str(code)
    if answer.status == 429:
        return Outcome(OutcomeKind.RETRY, word, retry_after=told, account_wide=True)
    if answer.status >= 500:
        return Outcome(OutcomeKind.UNKNOWN, word)
    return Outcome(OutcomeKind.BAD, word)


def entry_link(account: Account, code: str, language: str) -> str:
    """Opens the chat with a sentence that holds the code; raises ValueError for an account without number."""
    sentence = _SENTENCES.get(language.lower().split("-")[0], _SENTENCES["en"]).format(code=code)
    number = identity.canonical(account.address)
    if not identity.is_number(number):
        raise ValueError("the account's address is its phone number with country code")
    return f"https://wa.me/{number}?text={quote(sentence, safe='')}"


def acknowledge(_event: Event, _account: Account) -> Request | None:
    """WhatsApp wants no answer to a tap."""
    return None
