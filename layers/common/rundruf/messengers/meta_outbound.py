"""What we send on Messenger and Instagram, and what the answers mean: they share one call.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages (checked
2026-11-23)
"""

import re
from collections.abc import Iterator, Mapping

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.rules import Rules
from rundruf.messengers import meta, shared
from rundruf.messengers.contract import Answer, Event, Request
from rundruf.messengers.limits import Problem, broken, too_many
from rundruf.messengers.meta import Sort
from rundruf.messengers.shared import Record

BODY_LIMIT = 640  # characters of a text above buttons that stay
STAYING = 3  # buttons under one text
MEDIA_LIMIT = 10  # files in one message of ours; each leaves alone
_WORDS = {
    MediaKind.IMAGE: "image",
    MediaKind.AUDIO: "audio",
    MediaKind.VIDEO: "video",
    MediaKind.FILE: "file",
}

Part = Mapping[str, object]


def problems(message: Message, title: str, rules: Rules) -> Iterator[Problem]:
    """What neither can carry, beyond the rules."""
    yield from broken(message, title, rules)
    what = f"files, each a message of its own; {title} gets"
    yield from too_many("media", len(message.media), MEDIA_LIMIT, what)
    if message.buttons and message.media and not message.text:
        yield "text", f"0 characters above the buttons; {title} needs at least 1. Write a text."
    if any(one.url for one in message.buttons) and len(message.buttons) > STAYING:
        yield (
            "buttons",
            f"{len(message.buttons)} buttons, some of which open a page; {title} shows at most {STAYING} "
            "if there is one of these. "
            f"Remove {len(message.buttons) - STAYING}.",
        )


def parts(message: Message, rules: Rules) -> Iterator[Part]:
    """Files first: a picture that comes later would push quick replies away. The last text has the buttons.

    Up to three buttons stay in the chat under their text; more are quick replies, gone with the next message.
    """
    for medium in message.media:
        yield {"attachment": {"type": _WORDS[medium.kind], "payload": _payload(medium)}}
    staying = 0 < len(message.buttons) <= STAYING
    last = min(BODY_LIMIT, rules.text_limit) if staying else rules.text_limit
    texts = meta.pieces(message.text, rules.text_limit, last, rules.counted)
    for number, text in enumerate(texts, start=1):
        if not message.buttons or number < len(texts):
            yield {"text": text}
        elif staying:
            yield {"attachment": {"type": "template", "payload": _template(text, message.buttons)}}
        else:
            yield {"text": text, "quick_replies": [_quick(one) for one in message.buttons]}


def _payload(medium: Media) -> Part:
    return {"url": medium.url, "is_reusable": False}


def _template(text: str, buttons: tuple[Button, ...]) -> Part:
    return {"template_type": "button", "text": text, "buttons": [_button(one) for one in buttons]}


def _button(button: Button) -> Part:
    if button.url:
        return {"type": "web_url", "url": button.url, "title": button.label}
    return {"type": "postback", "title": button.label, "payload": button.reply}


def _quick(button: Button) -> Part:
    return {"content_type": "text", "title": button.label, "payload": button.reply}


def fields(user_id: str, delivery: str, messaging_type: str, part: Part) -> Part:
    """The body of one call. ``metadata`` comes back in the echo of the message."""
    return {
        "recipient": {"id": user_id},
        "messaging_type": messaging_type,
        "message": {**part, "metadata": delivery},
    }


# By code, or by code and subcode where the subcode changes the meaning. 1545041 is listed by Meta for a shut
# window, but real answers have it below 551: the person cannot be reached (checked 2026-11-22 against
# https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes).
_TABLE: Mapping[tuple[int, int | None], Sort] = meta.table(
    (
        # Theirs; 2 also comes where the person has blocked us, so it must not be tried for ever.
        (Sort(OutcomeKind.RETRY), ((1, None), (2, None), (1200, None))),
        # "Invalid JSON reply": the message may have been sent.
        (Sort(OutcomeKind.UNKNOWN), ((1, 1357046),)),
        # Too many calls of the app, the page or the account.
        (
            Sort(OutcomeKind.RETRY, account_wide=True),
            ((4, None), (17, None), (32, None), (613, None), (80006, None)),
        ),
        # Meta's own marketing messages: too soon, or too many for this person.
        (Sort(OutcomeKind.BAD), ((4, 2018354), (9, 2018352))),
        # The 24 hours since the person wrote are over; the last one is Instagram's.
        (Sort(OutcomeKind.WINDOW), ((10, 2018278), (10, 2018065), (10, 2534022))),
        # Not available, which is often a block but no proof of one; no such person.
        (Sort(OutcomeKind.GONE), ((551, None), (200, 1545041), (100, 2018001))),
        # Token, permission, policy.
        (
            Sort(OutcomeKind.PAUSE, account_wide=True),
            (
                (0, None),
                (3, None),
                (10, None),
                (190, None),
                (368, None),
                *((code, None) for code in range(200, 300)),
            ),
        ),
        # Our request or our content; a picture that is too large.
        (Sort(OutcomeKind.BAD), ((100, None), (36000, None))),
    )
)


def known(error: Record) -> Outcome | None:
    """The outcome of an error; None where it is not in the table."""
    code, subcode = shared.whole(error.get("code")), shared.whole(error.get("error_subcode"))
    if code is None:
        return None
    if code == 200 and "isn't receiving messages" in shared.text(error.get("message")).replace("’", "'"):
        subcode = 1545041
    sort = _TABLE.get((code, subcode)) if subcode is not None else None
    if sort:
        return sort.outcome(f"{code}_{subcode}")
    sort = _TABLE.get((code, None))
    return sort.outcome(str(code)) if sort else None


def interpret(answer: Answer) -> Outcome:
    return meta.interpret(answer, _accepted, known)


def _accepted(content: Record) -> Outcome | None:
    message_id = shared.identifier(content.get("message_id"))
    return Outcome(OutcomeKind.OK, message_id=message_id) if message_id and "error" not in content else None


def acknowledge(_event: Event, _account: Account) -> Request | None:
    """Neither wants an answer to a tap."""
    return None


def entry_link(host: str, address: str, code: str) -> str:
    """Opens the chat with a code behind it; raises ValueError where it could not be carried."""
    if not re.fullmatch(r"[A-Za-z0-9._]{1,64}", address):
        raise ValueError("the account's address is its user name, as in the address of its page")
    if not re.fullmatch(r"[A-Za-z0-9_=-]{1,64}", code):
        raise ValueError("a code has 1 to 64 of A-Z, a-z, 0-9, _, = and -")
    return f"https://{host}/{address}?ref={code}"
