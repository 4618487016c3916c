"""What we send on Telegram, and what its answers mean.

https://core.telegram.org/bots/api#available-methods
"""

import re
from collections.abc import Iterator, Mapping
from posixpath import splitext

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Delivery, Event, Request
from rundruf.messengers.limits import Problem, broken, file_name, parts, too_many, too_many_parts
from rundruf.messengers.telegram.rules import MEDIA_LIMIT, RULES, TITLE

HOST = "https://api.telegram.org"

Fields = Mapping[str, object]

# Telegram fetches files itself, but as a document only these (Bot API, "Sending files").
_FETCHED_FILES = (".pdf", ".zip", ".gif")
_VOICE_FILES = (".ogg", ".oga", ".opus")
_ALBUM_WORDS = {
    MediaKind.IMAGE: "photo",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.FILE: "document",
}
_METHODS = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "document": "sendDocument",
}


def problems(message: Message) -> tuple[Problem, ...]:
    """What Telegram cannot carry."""
    return (
        *broken(message, TITLE, RULES),
        *too_many_parts(message.text, RULES.parts, TITLE, RULES),
        *_text_problems(message),
        *too_many("media", len(message.media), MEDIA_LIMIT, "files; Telegram shows"),
        *too_many("buttons", len(message.buttons), RULES.buttons, "buttons; Telegram shows"),
        *_file_problems(message.media),
    )


def _text_problems(message: Message) -> Iterator[Problem]:
    if message.buttons and not message.text and len(message.media) > 1:
        yield "text", "0 characters above the buttons; Telegram needs at least 1, or 1 file. Write a text."


def _file_problems(media: tuple[Media, ...]) -> Iterator[Problem]:
    for number, medium in enumerate(media):
        ending = _ending(medium)
        if medium.kind is MediaKind.FILE and ending and ending not in _FETCHED_FILES:
            yield (
                f"media.{number}",
                f"The file ends in {ending[:10]}; Telegram fetches only {', '.join(_FETCHED_FILES)}. "
                "Give a PDF, or put a link to the file into the text.",
            )


def _ending(medium: Media) -> str:
    """The ending of the file's name in lower case; "" where the address does not tell."""
    return splitext(file_name(medium.url))[1].lower()


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """One call where Telegram can join text, files and buttons; raises ValueError for an empty message."""
    calls = tuple(_calls(delivery.message))
    if not calls:
        raise ValueError("nothing to send: Telegram needs a text or a file")
    chat = {"chat_id": int(delivery.user_id)}
    return tuple(method(account, name, {**chat, **fields}) for name, fields in calls)


def method(account: Account, name: str, fields: Fields) -> Request:
    """A call of the Bot API; the token is part of the address."""
    host = account.base_url or HOST
    return shared.post(f"{host}/bot{account.secret('bot_token')}/{name}", fields)


def _calls(message: Message) -> Iterator[tuple[str, Fields]]:
    """Files first, since the text belongs below them; the last call carries the buttons."""
    keyboard = _keyboard(message.buttons)
    album = _is_album(message.media)
    caption = message.text if _fits_as_caption(message, album=album) else ""
    below = parts(message.text, RULES.text_limit, RULES.counted) if not caption else ()
    last_of_all = {} if below else keyboard
    if album:
        yield "sendMediaGroup", {"media": _album(message.media, caption)}
    else:
        for number, medium in enumerate(message.media, start=1):
            final = number == len(message.media)
            yield _file(medium, caption if final else "", last_of_all if final else {})
    for number, piece in enumerate(below, start=1):
        last = keyboard if number == len(below) else {}
        yield "sendMessage", {"text": piece, "link_preview_options": {"is_disabled": True}, **last}


def _fits_as_caption(message: Message, *, album: bool) -> bool:
    if not message.media or (album and message.buttons):
        return False
    return RULES.counted.length(message.text) <= RULES.caption_limit


def _is_album(media: tuple[Media, ...]) -> bool:
    """Images and videos share an album; audio and files only among themselves."""
    kinds = {one.kind for one in media}
    alike = kinds <= {MediaKind.IMAGE, MediaKind.VIDEO} or len(kinds) == 1
    return 1 < len(media) <= MEDIA_LIMIT and alike and "voice" not in map(_word, media)


def _album(media: tuple[Media, ...], caption: str) -> list[Fields]:
    first = {"caption": caption} if caption else {}
    return [
        {"type": _word(one), "media": one.url, **(first if number == 0 else {})}
        for number, one in enumerate(media)
    ]


def _word(medium: Media) -> str:
    voice = medium.kind is MediaKind.AUDIO and _ending(medium) in _VOICE_FILES
    return "voice" if voice else _ALBUM_WORDS[medium.kind]


def _file(medium: Media, caption: str, keyboard: Fields) -> tuple[str, Fields]:
    word = _word(medium)
    return _METHODS[word], {word: medium.url, **({"caption": caption} if caption else {}), **keyboard}


def _keyboard(buttons: tuple[Button, ...]) -> Fields:
    """One button in each row, so that labels stay readable."""
    if not buttons:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_key(one)] for one in buttons]}}


def _key(button: Button) -> Fields:
    if button.url:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.reply}


# Telegram tells the cause only in words; these are taken from its server's source and compared in lower case.
_REFUSALS: tuple[tuple[str, OutcomeKind, str], ...] = (
    ("bot was blocked by the user", OutcomeKind.WITHDRAW, "blocked"),
    ("user is deactivated", OutcomeKind.GONE, "deactivated"),
    ("bot can't initiate conversation", OutcomeKind.GONE, "not_opened"),
    ("bot was kicked", OutcomeKind.GONE, "kicked"),
    ("bot is not a member", OutcomeKind.GONE, "not_member"),
    ("group chat was deleted", OutcomeKind.GONE, "deleted"),
    ("chat not found", OutcomeKind.GONE, "chat_not_found"),
    ("group chat was upgraded", OutcomeKind.GONE, "migrated"),
    ("frozen_method_invalid", OutcomeKind.PAUSE, "frozen"),
    ("message text is empty", OutcomeKind.BAD, "text_empty"),
    ("message is too long", OutcomeKind.BAD, "text_too_long"),
    ("can't parse entities", OutcomeKind.BAD, "entities"),
    ("reply markup is too long", OutcomeKind.BAD, "buttons_too_long"),
    ("wrong http url specified", OutcomeKind.BAD, "media_address"),
    ("wrong type of the web page content", OutcomeKind.BAD, "media_type"),
    ("file is too big", OutcomeKind.BAD, "media_too_big"),
    ("wrong file_id", OutcomeKind.BAD, "media_id"),
    ("failed to get http url content", OutcomeKind.RETRY, "media_fetch"),
    ("query is too old", OutcomeKind.BAD, "tap_too_old"),
)


def interpret(answer: Answer) -> Outcome:
    """Decides on the words and the code in the body, which may differ from the HTTP status."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    content = shared.content(answer)
    if content.get("ok") is True and 200 <= answer.status < 300:
        return Outcome(OutcomeKind.OK, message_id=_message_id(content.get("result")))
    if content.get("ok") is not False:
        return shared.by_status(answer)
    said = shared.text(content.get("description")).lower()
    for words, kind, code in _REFUSALS:
        if words in said:
            return Outcome(kind, code, account_wide=kind is OutcomeKind.PAUSE)
    return _by_code(content, answer)


def _message_id(result: object) -> str:
    """Of an album, the first message. A message that Telegram will send later has 0, which is no id."""
    first = next(iter(shared.records(result)), shared.record(result))
    found = shared.identifier(first.get("message_id"))
    return "" if found == "0" else found


def _by_code(content: shared.Record, answer: Answer) -> Outcome:
    code = shared.whole(content.get("error_code")) or answer.status
    if code == 429:
        told = shared.seconds(shared.record(content.get("parameters")).get("retry_after"))
        wait = shared.retry_after(answer) if told is None else told
        return Outcome(OutcomeKind.RETRY, "429", retry_after=wait, account_wide=True)
    if code in (401, 404, 409):
        return Outcome(OutcomeKind.PAUSE, str(code), account_wide=True)
    if code == 500:
        return Outcome(OutcomeKind.RETRY, "500")
    if 400 <= code < 500:
        return Outcome(OutcomeKind.BAD, str(code))
    # 502 and 504 come from the servers in front: the one behind may have sent the message.
    return Outcome(OutcomeKind.UNKNOWN, f"http_{answer.status}")


def entry_link(account: Account, code: str, _language: str) -> str:
    """Opens the chat with the code behind ``/start``; raises ValueError where Telegram could not carry it."""
    username = account.address.removeprefix("@")
    if not re.fullmatch(r"[A-Za-z0-9_]{4,32}", username):
        raise ValueError("the account's address is the bot's user name")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", code):
        raise ValueError("a code has 1 to 64 of A-Z, a-z, 0-9, _ and -")
    return f"https://t.me/{username}?start={code}"


def acknowledge(event: Event, account: Account) -> Request | None:
    """A tapped button shows that it works until this call is made."""
    if not event.callback:
        return None
    return method(account, "answerCallbackQuery", {"callback_query_id": event.callback})
