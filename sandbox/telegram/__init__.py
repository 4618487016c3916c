"""The Telegram Bot API as a bot meets it."""

from sandbox.kind import Deed, Kind, Look, Phone, Shades
from sandbox.telegram.config import TelegramAccount
from sandbox.telegram.server import NAME, Telegram

LOOK = Look(
    hue="#3a93dc",
    keys="below",
    corner="bottom",
    light=Shades(
        brand="#2a72ad",
        wall="#cfe0c4",
        wall_dot="#bdd3b3",
        mine="#eeffde",
        text="#0f1419",
        meta="#5f7a57",
        tick="#3f9b46",
        key="#fff",
        key_ground="#2f5f34cc",
        bar="#fff",
        input="#f1f3f5",
        day="#3f6a3fd9",
        on_day="#fff",
    ),
    dark=Shades(
        brand="#17212b",
        on_brand="#f5f5f5",
        wall="#0e1621",
        wall_dot="#14202d",
        theirs="#1c2936",
        mine="#2b5278",
        meta_mine="#c3d5e6",
        text="#f5f5f5",
        meta="#9fb6cb",
        tick="#7fc4ff",
        key="#fff",
        key_ground="#2f455bd9",
        bar="#17212b",
        input="#242f3d",
        day="#1e2c3acc",
        send="#2a72ad",
    ),
)
WORDS = {
    "de": {
        "businessAccount": "Bot",
        "startHint": "Der Bot kann erst schreiben, wenn Sie ihn starten.",
        "blocked": "Sie haben diesen Bot blockiert.",
    },
    "en": {
        "businessAccount": "Bot",
        "startHint": "The bot can only write once you start it.",
        "blocked": "You blocked this bot.",
    },
}
DEEDS = (
    Deed("voice", "Sprachnachricht", "Voice message", icon="voice"),
    Deed("location", "Standort", "Location", icon="pin"),
)
KINDS = (Kind(NAME, "Telegram", TelegramAccount, Telegram, LOOK, Phone(start=True, deeds=DEEDS), WORDS),)

__all__ = ["KINDS", "Telegram"]
