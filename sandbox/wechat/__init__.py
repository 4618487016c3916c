"""WeChat's API for Official Accounts as a business meets it."""

from sandbox.kind import Deed, Kind, Look, Phone, Shades, dark
from sandbox.wechat.config import OfficialAccount
from sandbox.wechat.people import NAME
from sandbox.wechat.server import WeChat

LOOK = Look(
    hue="#2a9d5c",
    light=Shades(
        brand="#ededed",
        on_brand="#161616",
        wall="#ededed",
        mine="#a9ea7a",
        text="#161616",
        meta="#5a6066",
        meta_mine="#35591c",
        tick="#23591a",
        key="#40557d",
        bar="#f7f7f7",
        send="#067a3e",
    ),
    dark=dark("#191919", "#256b41", wall="#111111", meta_mine="#d7ecdf", tick="#c9f2d8", send="#067a3e"),
    corner="round",
)
DEEDS = (
    Deed("menu", "Menüpunkt antippen", "Tap a menu entry", icon="reply"),
    Deed("place", "Standort senden", "Send location", icon="pin"),
    Deed("allow", "Benachrichtigung erlauben", "Allow a notice", icon="plus"),
    Deed("refuse", "Benachrichtigung ablehnen", "Refuse a notice", icon="mute"),
)
WORDS = {
    "de": {
        "businessAccount": "Offizielles Konto",
        "start": "Folgen",
        "startHint": "Das Konto kann erst schreiben, wenn Sie ihm folgen.",
        "block": "Entfolgen",
        "unblock": "Wieder folgen",
        "blocked": "Sie folgen diesem Konto nicht mehr.",
        "stopMarketing": "Nachrichten abstellen",
        "resumeMarketing": "Nachrichten zulassen",
        "bad_code": "Diesen QR-Code gibt es nicht oder nicht mehr.",
        "bad_user": "Auf WeChat eine OpenID mit 28 Zeichen oder eine Zahl.",
    },
    "en": {
        "businessAccount": "Official account",
        "start": "Follow",
        "startHint": "The account can only write once you follow it.",
        "block": "Unfollow",
        "unblock": "Follow again",
        "blocked": "You no longer follow this account.",
        "stopMarketing": "Switch messages off",
        "resumeMarketing": "Switch messages on",
        "bad_code": "There is no such QR code, or no longer.",
        "bad_user": "On WeChat an openid of 28 characters, or a number.",
    },
}
PHONE = Phone(marketing=True, start=True, deeds=DEEDS)
KINDS = (Kind(NAME, "WeChat", OfficialAccount, WeChat, LOOK, PHONE, WORDS),)

__all__ = ["KINDS", "WeChat"]
