"""What VK Teams and ICQ permit: two data sheets for one protocol."""

from dataclasses import dataclass, replace
from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

MEDIA_LIMIT = 10  # files of one message, each a line with a link; ours
KEYBOARD_LIMIT = 4_000  # bytes in the URL; with the text that is within the 8 KB which servers commonly take

_VKTEAMS = Rules(
    source="https://teams.vk.com/botapi/",
    checked=date(2026, 11, 22),
    # No rule about advertising was found: a messenger of companies, with rules of their own.
    advertising=Advertising.ALWAYS,
    business_may_open=False,
    window_hours=None,
    templates=False,
    # Nothing is told of lengths. A text travels in the URL of a GET, where a Latin letter takes one byte and
    # a Cyrillic one six, so the form in the URL is what has to be counted; 1,000 bytes of it always pass.
    text_limit=1_000,
    counted=Counted.ENCODED,
    caption_limit=0,
    media=frozenset(MediaKind),  # as links: the bot API takes files only as uploads, not by address
    buttons=8,  # no limit is told; ours
    button_label_limit=240,  # 40 Cyrillic letters; ours
    button_payload_bytes=64,  # no limit is told; ours
    link_buttons=8,
    rate=5.0,  # no rate is told; a careful one of ours
    receipts=frozenset(),
    block_signal=False,
    parts=4,
    note="People open the chat first. Nothing tells when somebody blocks the bot, so people leave by a word, "
    "a button or the link.",
)

_ICQ = replace(
    _VKTEAMS,
    source="https://icq.com/botapi/",
    retired=date(2024, 6, 26),
    note="ICQ was shut down on 2024-06-26. Nothing told when somebody blocked a bot.",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What differs between the two: ``host`` of the bot API, ``profile`` before the bot's nick in links."""

    title: str
    rules: Rules
    host: str
    profile: str


VKTEAMS = Sheet("VK Teams", _VKTEAMS, "https://myteam.mail.ru", "u.internal.myteam.mail.ru/profile/")
ICQ = Sheet("ICQ", _ICQ, "https://api.icq.net", "icq.im/")
