"""A message's translations: what is wrong with them, and under which names its fields are told."""

import json
from collections.abc import Collection, Iterator

from rundruf.aws import codec
from rundruf.core import language as tongue
from rundruf.core.message import Message
from rundruf.core.rules import Advertising
from rundruf.messengers import messenger

LARGEST = 200_000  # bytes that a message may take with all its translations; it is stored in one item
Wrong = list[tuple[str, str]]


def by_field(message: Message) -> Iterator[tuple[str, Message]]:
    """Each version of the message with the field that it stands in."""
    own, *others = message.versions()
    yield "message", own
    for one in others:
        yield f"message.translations.{one.language}", one


def translation_problems(message: Message) -> Wrong:
    """Two texts in one language, and more than can be stored."""
    wrong: Wrong = []
    seen = {tongue.plain(message.language): "the message itself is"}
    for one in message.translations:
        tag = tongue.plain(one.language)
        if tag in seen:
            said = f"{seen[tag]} in {one.language!r} already; leave one of the two out"
            wrong.append((f"message.translations.{one.language}", said))
        seen.setdefault(tag, "there is a translation")
    size = len(json.dumps(codec.message_out(message), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if message.translations and size > LARGEST:
        said = f"{size} bytes in all languages together; at most {LARGEST} can be stored. Shorten them."
        wrong.append(("message.translations", said))
    return wrong


def untemplated(message: Message, names: Collection[str]) -> Wrong:
    """Versions without a template where others have one: outside the window people would get nothing."""
    asking = [name for name in names if messenger(name).rules.advertising is Advertising.TEMPLATE]
    if not asking or not any(one.template for one in message.versions()):
        return []
    title = messenger(asking[0]).title
    return [
        (
            f"{where}.template",
            f"{title}: another language of the message has a template and this one has none, so its people "
            "would get nothing outside the reply window. Give it one; its name and language may differ.",
        )
        for where, one in by_field(message)
        if one.template is None
    ]
