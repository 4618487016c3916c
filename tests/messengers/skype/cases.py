"""Skype: the protocol of Teams with another channel, other buttons and files, and an end."""

from dataclasses import replace

from rundruf.core.message import Message
from tests.messengers.case import Sent
from tests.messengers.teams.cases import CLIP, SONG, Channel, Json, Posted, case, delivery
from tests.messengers.teams.tokens import APP

SKYPE = Channel(
    "skype",
    "skype",
    "Skype",
    "https://smba.trafficmanager.net/apis/",
    "29:1skyPE-x_y",
    "29:1skyPE-x_y",  # the conversation with one person has that person's id
    "",
    8_000,
)

URL = "https://smba.trafficmanager.net/apis/v3/conversations/29%3A1skyPE-x_y/activities"
TAP: Json = {"type": "postBack", "title": "Mehr", "value": {"rundruf": "MORE"}}
POSTED = Posted(SKYPE, URL)


def _unheard() -> Sent:
    """Somebody who came from elsewhere and of whom no activity told a conversation."""
    told = POSTED.sent("the conversation is that of the person's id", Message("Hi"), POSTED.said("Hi"))
    return replace(told, delivery=delivery(SKYPE, Message("Hi"), conversation=""))


SENT = (
    *POSTED.shared(TAP),
    _unheard(),
    POSTED.sent(
        "sound and film are attached",
        Message("Hi", (SONG, CLIP)),
        POSTED.said(
            "Hi",
            {"contentType": "audio/mpeg", "contentUrl": "https://cdn.example/a.mp3", "name": "a.mp3"},
            {"contentType": "video/mp4", "contentUrl": "https://cdn.example/a.mp4", "name": "a.mp4"},
        ),
    ),
)

CASE = case(
    SKYPE,
    SENT,
    {
        ("ABCD2345", "de"): f"https://join.skype.com/bot/{APP}?add",
        ("opt-in_1", "en"): f"https://join.skype.com/bot/{APP}?add",
    },
)
