"""The LINE Messaging API as a channel meets it."""

from sandbox.kind import Deed, Kind, Look, Phone, Shades, dark
from sandbox.line.config import LineAccount
from sandbox.line.server import NAME, Line

LOOK = Look(
    hue="#06a94d",
    light=Shades(brand="#1f4a3a", wall="#8fabc9", mine="#8de055", meta="#41505c", key="#0a6a35"),
    dark=dark(brand="#14251e", mine="#1f6d3a", wall="#10171c", key="#7fe0a0", meta_mine="#c9ead3"),
    corner="round",
)
WORDS = {
    "de": {
        "businessAccount": "LINE-Konto",
        "start": "Als Freund hinzufügen",
        "startHint": "Das Konto erreicht Sie, sobald Sie es als Freund hinzufügen.",
    },
    "en": {
        "businessAccount": "Official account",
        "start": "Add as friend",
        "startHint": "The account reaches you once you add it as a friend.",
    },
}
DEEDS = (
    Deed("location", "Standort senden", "Send location", icon="pin"),
    Deed("sticker", "Sticker senden", "Send sticker", icon="smile"),
    Deed("unsend", "Zurücknehmen", "Unsend", icon="out", of="mine"),
)
KINDS = (Kind(NAME, "LINE", LineAccount, Line, LOOK, Phone(start=True, deeds=DEEDS), WORDS),)

__all__ = ["KINDS", "Line"]
