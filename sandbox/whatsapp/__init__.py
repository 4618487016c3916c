"""The WhatsApp Cloud API as a business meets it."""

from sandbox.kind import Deed, Kind, Look, Phone, Shades
from sandbox.whatsapp.config import WhatsAppAccount
from sandbox.whatsapp.server import NAME, WhatsApp

LOOK = Look(
    hue="#12a178",
    light=Shades(
        brand="#008069",
        wall="#efeae2",
        wall_dot="#e2dacd",
        mine="#d9fdd3",
        text="#111b21",
        meta="#5f6b73",
        tick="#1b8fc9",
        key="#00785f",
        bar="#f0f2f5",
        send="#00856c",
    ),
    dark=Shades(
        brand="#1f2c33",
        on_brand="#e9edef",
        wall="#0b141a",
        wall_dot="#131d23",
        theirs="#202c33",
        mine="#005c4b",
        meta_mine="#c3d6d0",
        text="#e9edef",
        meta="#a3b1b9",
        tick="#53bdeb",
        key="#3fd0a9",
        bar="#1f2c33",
        input="#2a3942",
        day="#1d282fe6",
        send="#00856c",
    ),
)
NEW_NUMBER = Deed("number", "Neue Nummer", "New number", icon="reply")
PHONE = Phone(marketing=True, hide=True, deeds=(NEW_NUMBER,))
KINDS = (Kind(NAME, "WhatsApp", WhatsAppAccount, WhatsApp, LOOK, PHONE),)

__all__ = ["KINDS", "WhatsApp"]
