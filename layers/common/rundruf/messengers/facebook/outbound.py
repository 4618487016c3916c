"""What we send on Messenger: freely while the window is open, utility templates outside it.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
(checked 2026-11-22)
"""

import re
from collections.abc import Iterator, Mapping

from rundruf.core.account import Account
from rundruf.core.message import Message, Template
from rundruf.messengers import meta, meta_outbound
from rundruf.messengers.contract import Delivery, Request
from rundruf.messengers.facebook.rules import RULES, TITLE
from rundruf.messengers.limits import Problem, too_many

Part = Mapping[str, object]


def problems(message: Message) -> tuple[Problem, ...]:
    """What Messenger cannot carry. Without a text, the buttons are those of the template."""
    return (
        *meta_outbound.problems(message, TITLE, RULES),
        *(_template_problems(message) if message.template else ()),
    )


def _template_problems(message: Message) -> Iterator[Problem]:
    template = message.template
    if template is None:
        return
    if not re.fullmatch(r"[a-z0-9_]{1,512}", template.name):
        yield (
            "template.name",
            f"{len(template.name)} characters given; a template's name has 1 to 512 of a-z, 0-9 and _. "
            "Copy it from the page's list of templates.",
        )
    yield from meta.template_problems(template, "the page's list of templates")
    if template.header or template.media:
        yield (
            "template.header" if template.header else "template.media",
            "Messenger fills 0 headers of templates. Put it into a parameter.",
        )
    if message.media and not message.text:
        yield "media", f"{len(message.media)} files given; a template of Messenger takes 0. Remove them."
    yield from too_many(
        "template.buttons",
        len(template.buttons),
        meta_outbound.STAYING,
        "buttons; a template of Messenger has",
    )


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """The calls for one person: free form in an open window where there is one, else the template.

    Raises ValueError where neither can be sent: window shut and no template, or nothing to say.
    """
    message = delivery.message
    if delivery.window_open and (message.text or not message.template):
        calls = [("RESPONSE", part) for part in meta_outbound.parts(message, RULES)]
    elif message.template:
        calls = [("UTILITY", {"template": _approved(message, message.template)})]
    else:
        calls = []
    if not calls:
        raise ValueError(
            "nothing to send: outside the window Messenger needs a template, inside it a text or a file"
        )
    path = f"{account.secret('page_id')}/messages"
    return tuple(
        meta.post(account, path, meta_outbound.fields(delivery.user_id, delivery.id, sort, part))
        for sort, part in calls
    )


def _approved(message: Message, template: Template) -> Part:
    components: list[Part] = []
    if template.parameters:
        components.append({"type": "body", "parameters": meta.parameters(template)})
    taps = _taps(message, template)
    if taps:
        components.append({"type": "buttons", "parameters": taps})
    return meta.template(template, components)


def _taps(message: Message, template: Template) -> list[Part]:
    """What the buttons carry. Of the message's own only what a tap sends: addresses stand in the template."""
    if template.buttons:
        told = [(one.reply, one.url) for one in template.buttons]
    else:
        told = [(one.reply, "") for one in (() if message.text else message.buttons)]
    return [
        {"type": "POSTBACK", "payload": reply} if reply else {"type": "URL", "url": url}
        for reply, url in told
        if reply or url
    ]


def entry_link(account: Account, code: str, _language: str) -> str:
    """Opens the chat; a chat that is new tells the code only if the page has a Get Started button."""
    return meta_outbound.entry_link("m.me", account.address.removeprefix("@"), code)
