"""The Viber bot API as a bot meets it."""

from sandbox.kind import Deed, Kind, Look, Phone, Shades, dark
from sandbox.viber.config import ViberAccount
from sandbox.viber.server import NAME, Viber

LOOK = Look(
    hue="#7360f2",
    light=Shades(brand="#5b45c9", wall="#eceaf6", mine="#d9d4ff", meta="#5d5a73", key="#4a36b5"),
    dark=dark(brand="#2a2148", mine="#4a3aa0", wall="#14121d", key="#c3b8ff", meta_mine="#d5cfff"),
    keys="below",
)
WORDS = {
    "de": {
        "businessAccount": "Bot",
        "start": "Nachrichten erhalten",
        "block": "Abbestellen",
        "unblock": "Wieder erhalten",
        "blocked": "Sie erhalten keine Nachrichten mehr.",
    },
    "en": {
        "businessAccount": "Bot",
        "start": "Receive messages",
        "block": "Unsubscribe",
        "unblock": "Receive again",
        "blocked": "You receive no messages any more.",
    },
}
DEEDS = (
    Deed("location", "Standort senden", "Send location", icon="pin"),
    Deed("sticker", "Sticker senden", "Send sticker", icon="smile"),
)
KINDS = (Kind(NAME, "Viber", ViberAccount, Viber, LOOK, Phone(deeds=DEEDS), WORDS),)

__all__ = ["KINDS", "Viber"]
