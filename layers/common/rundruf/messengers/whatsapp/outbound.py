"""What we send on WhatsApp: free messages while the window is open, approved templates outside it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import meta, shared
from rundruf.messengers.contract import Answer, Delivery, Event, Request
from rundruf.messengers.limits import Problem, broken, file_name, opens, too_long, too_many
from rundruf.messengers.whatsapp import errors, identity
from rundruf.messengers.whatsapp.rules import (
    BODY_LIMIT,
    HEADER_LIMIT,
    MEDIA_LIMIT,
    RULES,
    TEMPLATE_BUTTONS,
    TITLE,
)

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
    yield from meta.template_problems(template, "WhatsApp Manager")
    if template.header and template.media:
        yield "template.header", "A template has 1 header, of text or of a file; 2 given. Remove one of them."
    yield from too_long("template.header", template.header, HEADER_LIMIT, TITLE, RULES.counted)
    if template.media:
        yield from _shown_in_header("template.media", template.media)
        if not opens(template.media.url):
            yield "template.media", "The file has no web address. Give one that starts with https://."
    yield from too_many(
        "template.buttons", len(template.buttons), TEMPLATE_BUTTONS, "buttons; a template of WhatsApp has"
    )


def _header_problems(message: Message) -> Iterator[Problem]:
    yield from too_many("media", len(message.media), 1, "files; the header of a template takes")
    if message.media:
        yield from _shown_in_header("media.0", message.media[0])


def _shown_in_header(field: str, medium: Media) -> Iterator[Problem]:
    if medium.kind is MediaKind.AUDIO:
        yield (
            field,
            "The header of a template takes 1 image, video or file, but no audio. Use one of these.",
        )


def _button_problems(message: Message) -> Iterator[Problem]:
    if not message.buttons:
        return
    if message.media and not message.text:
        yield "text", "0 characters above the buttons; WhatsApp needs at least 1. Write a text."
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
    path = f"{account.secret('phone_number_id')}/messages"
    return tuple(meta.post(account, path, {**_envelope(delivery), **part}) for part in parts)


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
    """One part where WhatsApp can join them: the last file carries the text or heads the buttons.

    A text that is too long for one message comes in pieces, the last of which heads the buttons.
    """
    last = BODY_LIMIT if message.buttons else RULES.text_limit
    texts = meta.pieces(message.text, RULES.text_limit, last, RULES.counted)
    media = list(message.media)
    joined = media.pop() if media and _carries(media[-1], message) else None
    for medium in media:
        yield _file(medium, "")
    if joined and not message.buttons:
        yield _file(joined, message.text)
        return
    for number, text in enumerate(texts, start=1):
        if message.buttons and number == len(texts):
            yield {"type": "interactive", "interactive": _interactive(text, message.buttons, joined)}
        else:
            # No preview: it would open links that only the person may open.
            yield {"type": "text", "text": {"body": text, "preview_url": False}}


def _carries(medium: Media, message: Message) -> bool:
    if medium.kind is MediaKind.AUDIO or not message.text:
        return False
    return len(message.text) <= (BODY_LIMIT if message.buttons else RULES.caption_limit)


def _file(medium: Media, caption: str) -> Part:
    word = _WORDS[medium.kind]
    return {"type": word, word: {**_link(medium), **({"caption": caption} if caption else {})}}


def _link(medium: Media) -> Part:
    if medium.kind is not MediaKind.FILE:
        return {"link": medium.url}
    name = file_name(medium.url)
    return {"link": medium.url, **({"filename": name} if name else {})}


def _interactive(text: str, buttons: tuple[Button, ...], joined: Media | None) -> Part:
    links = [one for one in buttons if one.url]
    if links and len(buttons) > 1:
        raise ValueError("WhatsApp shows a button that opens a page only alone")
    head = {"header": {"type": _WORDS[joined.kind], _WORDS[joined.kind]: _link(joined)}} if joined else {}
    return {
        "type": "cta_url" if links else "button",
        **head,
        "body": {"text": text},
        "action": _opens(links[0]) if links else {"buttons": [_answers(one) for one in buttons]},
    }


def _opens(button: Button) -> Part:
    return {"name": "cta_url", "parameters": {"display_text": button.label, "url": button.url}}


def _answers(button: Button) -> Part:
    return {"type": "reply", "reply": {"id": button.reply, "title": button.label}}


def _approved(message: Message) -> Iterator[Part]:
    """Without a text, file and buttons of the message are those of the template, where it has none itself."""
    template = message.template
    if template is None:
        return
    own = () if message.text else message.media[:1]
    head = template.media or next(iter(own), None)
    components: list[Part] = []
    if head:
        components.append(_head(head))
    elif template.header:
        components.append({"type": "header", "parameters": [meta.parameter(template.header)]})
    if template.parameters:
        components.append({"type": "body", "parameters": meta.parameters(template)})
    # Of the message's own buttons only what a tap sends: a whole address stands in the approved template.
    payloads = () if message.text else tuple(Button("", reply=one.reply) for one in message.buttons)
    components += _taps(template.buttons or payloads)
    yield {"type": "template", "template": meta.template(template, components)}


def _head(medium: Media) -> Part:
    word = _WORDS[medium.kind]
    return {"type": "header", "parameters": [{"type": word, word: _link(medium)}]}


def _taps(buttons: tuple[Button, ...]) -> Iterator[Part]:
    for number, button in enumerate(buttons):
        if button.reply:
            yield _tap(number, "quick_reply", {"type": "payload", "payload": button.reply})
        elif button.url:
            yield _tap(number, "url", {"type": "text", "text": button.url})


def _tap(number: int, sort: str, parameter: Part) -> Part:
    return {"type": "button", "sub_type": sort, "index": str(number), "parameters": [parameter]}


def interpret(answer: Answer) -> Outcome:
    return meta.interpret(answer, _accepted, errors.known)


def _accepted(content: shared.Record) -> Outcome | None:
    for message in shared.records(content.get("messages")):
        message_id = shared.identifier(message.get("id"))
        if message_id:
            status = message.get("message_status")
            held = status in ("held_for_quality_assessment", "paused")
            return Outcome(OutcomeKind.OK, str(status) if held else "", message_id=message_id)
    return None


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
