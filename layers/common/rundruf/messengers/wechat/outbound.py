"""What we send on WeChat: replies in the window, templates and notices outside it, newsletters by mass send.

https://developers.weixin.qq.com/doc/service/guide/product/message/Service_Center_messages.html
https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends_and_Originality_Checks.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from rundruf.core.account import Account
from rundruf.core.message import Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.rules import Counted
from rundruf.messengers.contract import Answer, Batch, Delivery, Event, Request
from rundruf.messengers.limits import Problem, broken, too_long, too_many
from rundruf.messengers.wechat import errors
from rundruf.messengers.wechat.access import address, is_service, post
from rundruf.messengers.wechat.rules import RULES, TEMPLATE_LIMIT, TITLE

Fields = Mapping[str, object]

_NOTICE = "notice-"  # before a template's id: a notice that people subscribe to, not a template message
_KEYS = UUID("5f0c6f3e-6f0e-4a57-9a35-6d1f0a1a7c11")
# How long a notice's value may be, by the word before the number of its name, in characters.
_VALUE_LIMITS = {"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phrase": 5}

interpret = errors.interpret


def problems(message: Message) -> tuple[Problem, ...]:
    """What WeChat cannot carry. Every message needs a text; a template takes its place outside the window."""
    return (
        *broken(message, TITLE, RULES),
        *_text_problems(message),
        *too_many("buttons", len(message.buttons), RULES.buttons, "buttons; WeChat shows"),
        *(_template_problems(message.template) if message.template else ()),
    )


def _text_problems(message: Message) -> Iterator[Problem]:
    if message.template and not message.text and not message.media:
        yield (
            "text",
            "0 characters; a template leaves only outside the window, inside it WeChat needs at least 1. "
            "Write a text.",
        )
    elif RULES.counted.length(message.text) <= RULES.text_limit:
        whole = written(message)
        yield from too_long("text", whole, RULES.text_limit, f"{TITLE} with links and buttons", RULES.counted)


def _template_problems(template: Template) -> Iterator[Problem]:
    if not re.fullmatch(rf"(?:{_NOTICE})?[A-Za-z0-9_-]{{1,64}}", template.name):
        yield (
            "template.name",
            f"{len(template.name)} characters given; a template's id has 1 to 64 letters, digits, _ and -, "
            f'after "{_NOTICE}" if it is a notice. Copy it from the console.',
        )
    if template.header or template.media or template.buttons:
        yield (
            "template",
            "The template has a header, a file or buttons; WeChat's have 0 of them. Remove them.",
        )
    yield from too_many(
        "template.parameters", len(template.parameters), TEMPLATE_LIMIT, "values; a template of WeChat has"
    )
    if len(template.names) != len(template.parameters):
        yield (
            "template.names",
            f"{len(template.names)} names for {len(template.parameters)} values; WeChat knows them by name. "
            "Give each the name it has in the console, such as thing1.",
        )
    for number, name in enumerate(template.names):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", name):
            yield (
                f"template.names.{number}",
                f"{len(name)} characters given; a name has 1 to 32 letters, digits and _. "
                "Copy it from the console.",
            )
    if template.name.startswith(_NOTICE):
        yield from _value_problems(template)


def _value_problems(template: Template) -> Iterator[Problem]:
    for number, (name, value) in enumerate(zip(template.names, template.parameters, strict=False)):
        limit = _VALUE_LIMITS.get(name.rstrip("0123456789"), RULES.text_limit)
        if "{{" not in value:
            what = f"{TITLE}'s value {name.rstrip('0123456789')}"
            yield from (
                (f"template.parameters.{number}", sentence)
                for _, sentence in too_long("", value, limit, what, Counted.CHARACTERS)
            )


def written(message: Message) -> str:
    """The whole message as one text: files and pages as links, answers as words to type."""
    blocks = (
        message.text,
        "\n".join(f"{one.alt}: {one.url}" if one.alt else one.url for one in message.media),
        "\n".join(f"{one.label}: {one.url}" for one in message.buttons if one.url),
        "\n".join(f"» {one.label}" for one in message.buttons if not one.url),
    )
    return "\n\n".join(one for one in blocks if one)


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """The one call for one person; raises ValueError where nothing can be sent.

    Advertising leaves by mass send only, which takes at least two people: a single one gets its preview.
    """
    message = delivery.message
    if not message.text and not message.media:
        raise ValueError("nothing to send: WeChat needs a text or a file")
    if delivery.marketing:
        fields = {"touser": delivery.user_id, **_text(message)}
        return (post(address(account, "message/mass/preview"), fields),)
    if delivery.window_open:
        content = _menu(message) if is_service(account) else _text(message)
        return (post(address(account, "message/custom/send"), {"touser": delivery.user_id, **content}),)
    if message.template:
        return (_approved(delivery, message, message.template, account),)
    raise ValueError("outside the window WeChat needs a template")


def _text(message: Message) -> Fields:
    return {"msgtype": "text", "text": {"content": written(message)}}


def _menu(message: Message) -> Fields:
    """Answers as entries to tap where there are some; only service accounts have such menus."""
    answers = [{"id": one.reply, "content": one.label} for one in message.buttons if not one.url]
    if not answers:
        return _text(message)
    rest = replace(message, buttons=tuple(one for one in message.buttons if one.url))
    return {
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": written(rest), "list": answers, "tail_content": ""},
    }


def _approved(delivery: Delivery, message: Message, template: Template, account: Account) -> Request:
    """A template message, or a notice; the first page the message links to opens with a tap on it."""
    link = next((one.url for one in message.buttons if one.url), "")
    data = {name: {"value": value} for name, value in zip(template.names, template.parameters, strict=True)}
    fields: dict[str, object] = {
        "touser": delivery.user_id,
        "template_id": template.name.removeprefix(_NOTICE),
        "data": data,
    }
    if template.name.startswith(_NOTICE):
        url = address(account, "message/subscribe/bizsend")
        return post(url, {**fields, **({"page": link} if link else {})})
    fields |= {"client_msg_id": _key([delivery]), **({"url": link} if link else {})}
    return post(address(account, "message/template/send"), fields, keyed=True)


def _key(deliveries: Sequence[Delivery]) -> str:
    """The same for the same deliveries, so that WeChat knows a repeated call for the first."""
    return str(uuid5(_KEYS, "\n".join(one.id for one in deliveries)))


def _mass(deliveries: Sequence[Delivery], account: Account) -> tuple[Request, ...]:
    """One mass message to at least two people; raises ValueError for an empty message."""
    message = deliveries[0].message
    if not message.text and not message.media:
        raise ValueError("nothing to send: WeChat needs a text or a file")
    if len(deliveries) == 1:
        return build(replace(deliveries[0], marketing=True), account)
    fields = {
        "touser": [one.user_id for one in deliveries],
        **_text(message),
        "clientmsgid": _key(deliveries),
    }
    return (post(address(account, "message/mass/send"), fields, keyed=True),)


_ABOUT_PEOPLE = (OutcomeKind.GONE, OutcomeKind.WITHDRAW, OutcomeKind.WINDOW)


def _mass_outcomes(answer: Answer, deliveries: Sequence[Delivery]) -> tuple[Outcome, ...]:
    """The same for all. A code about a person does not say which one, so nobody is judged by it."""
    found = errors.interpret(answer)
    if found.kind in _ABOUT_PEOPLE and len(deliveries) > 1:
        found = Outcome(OutcomeKind.BAD, found.code)
    return (found,) * len(deliveries)


BATCH = Batch(_mass, _mass_outcomes)


def acknowledge(_event: Event, _account: Account) -> Request | None:
    """WeChat wants no answer to a tap."""
    return None
