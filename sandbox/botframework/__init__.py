"""Microsoft's bot service as a bot meets it, on Teams and on Skype."""

from functools import partial

from sandbox.botframework.config import Bot
from sandbox.botframework.server import Connector
from sandbox.kind import Deed, Kind, Look, Phone, Shades, dark

TEAMS = Look(
    hue="#6a70c9",
    light=Shades(
        brand="#464775",
        wall="#f3f2f1",
        mine="#e2e3fb",
        text="#242424",
        meta="#5c5f66",
        tick="#4f52b2",
        key="#464775",
        bar="#ffffff",
        input="#f5f5f5",
        send="#4f52b2",
    ),
    dark=dark("#201f1f", "#3d3e66", wall="#1f1f1f", send="#4f52b2"),
    corner="round",
)
SKYPE = Look(
    hue="#1a8fc2",
    light=Shades(
        brand="#00688f",
        wall="#ffffff",
        mine="#d3f0fb",
        theirs="#f1f4f8",
        text="#1b1e22",
        meta="#586068",
        tick="#00688f",
        key="#00597a",
        bar="#f4f4f4",
        send="#00688f",
    ),
    dark=dark("#102a36", "#0f4f6b", wall="#15181b", meta_mine="#c3d6df", send="#00749f"),
    corner="round",
)
MUTE = Deed("mute", "Bot stumm sperren", "Block silently", icon="mute")
EDITS = (
    Deed("edit", "Bearbeiten", "Edit", icon="reply", of="mine"),
    Deed("delete", "Löschen", "Delete", icon="trash", of="mine"),
    Deed("like", "Gefällt mir", "Like", icon="smile", of="theirs"),
)
WORDS = {
    "de": {
        "businessAccount": "Bot",
        "start": "Hinzufügen",
        "startHint": "Der Bot kann erst schreiben, wenn Sie ihn hinzufügen.",
        "block": "Bot entfernen",
        "unblock": "Wieder hinzufügen",
        "blocked": "Sie haben diesen Bot entfernt oder gesperrt.",
        "bad_user": "Eine Kennung 29:… oder eine Zahl.",
    },
    "en": {
        "businessAccount": "Bot",
        "start": "Add",
        "startHint": "The bot can only write once you add it.",
        "block": "Remove bot",
        "unblock": "Add again",
        "blocked": "You removed or blocked this bot.",
        "bad_user": "An id 29:… or a number.",
    },
}
KINDS = (
    Kind(
        "teams",
        "Microsoft Teams",
        Bot,
        partial(Connector, "teams"),
        TEAMS,
        Phone(start=True, deeds=(MUTE, *EDITS)),
        WORDS,
    ),
    Kind("skype", "Skype", Bot, partial(Connector, "skype"), SKYPE, Phone(start=True, deeds=(MUTE,)), WORDS),
)

__all__ = ["KINDS", "Connector"]
