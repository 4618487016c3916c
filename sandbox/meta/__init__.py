"""Messenger and Instagram messaging as a business meets them on the Graph API."""

from functools import partial

from sandbox.kind import Kind, Look, Phone, Shades, dark
from sandbox.meta.config import InstagramAccount, PageAccount
from sandbox.meta.flavour import INSTAGRAM, MESSENGER
from sandbox.meta.server import Meta

MESSENGER_LOOK = Look(
    hue="#0a7cff",
    corner="round",
    light=Shades(
        brand="#fff",
        on_brand="#0b0c0d",
        wall="#fff",
        theirs="#f0f0f2",
        mine="#0a66d6",
        on_mine="#fff",
        meta_mine="#f0f6ff",
        tick="#fff",
        meta="#62676d",
        key="#0a5fd0",
        bar="#fff",
        input="#f0f0f2",
        day="#f0f0f2",
        send="#0a6ee6",
    ),
    dark=dark(
        brand="#101214",
        wall="#0c0d0e",
        mine="#0a63d0",
        on_mine="#fff",
        meta_mine="#dcebff",
        tick="#fff",
        bar="#101214",
        send="#0a6ee6",
    ),
)
INSTAGRAM_LOOK = Look(
    hue="#c13584",
    corner="round",
    light=Shades(
        brand="#fff",
        on_brand="#0b0c0d",
        wall="#fff",
        theirs="#efefef",
        mine="#8a35d6",
        on_mine="#fff",
        meta_mine="#f2e6ff",
        tick="#fff",
        meta="#656565",
        key="#7a2cc0",
        bar="#fff",
        input="#efefef",
        day="#efefef",
        send="#8a35d6",
    ),
    dark=dark(
        brand="#000",
        wall="#000",
        mine="#7a35c8",
        on_mine="#fff",
        meta_mine="#f0e4ff",
        tick="#fff",
        key="#d6b3ff",
        bar="#000",
        send="#8a35d6",
    ),
)
MESSENGER_WORDS = {
    "de": {
        "businessAccount": "Facebook-Seite",
        "start": "Los geht’s",
        "startHint": "Mit „Los geht’s“ beginnt das Gespräch mit dieser Seite.",
        "blocked": "Sie haben diese Seite blockiert.",
    },
    "en": {
        "businessAccount": "Facebook page",
        "start": "Get started",
        "startHint": "“Get started” begins the conversation with this page.",
        "blocked": "You blocked this page.",
    },
}
INSTAGRAM_WORDS = {
    "de": {"businessAccount": "Instagram", "blocked": "Sie haben dieses Konto blockiert."},
    "en": {"businessAccount": "Instagram", "blocked": "You blocked this account."},
}
KINDS = (
    Kind(
        MESSENGER.name,
        "Messenger",
        PageAccount,
        partial(Meta, MESSENGER),
        MESSENGER_LOOK,
        Phone(start=True, deeds=MESSENGER.deeds),
        MESSENGER_WORDS,
    ),
    Kind(
        INSTAGRAM.name,
        "Instagram",
        InstagramAccount,
        partial(Meta, INSTAGRAM),
        INSTAGRAM_LOOK,
        Phone(deeds=INSTAGRAM.deeds),
        INSTAGRAM_WORDS,
    ),
)

__all__ = ["KINDS", "Meta"]
