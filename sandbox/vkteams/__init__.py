"""The bot API of VK Teams, and of ICQ, which it was before."""

from functools import partial

from sandbox.kind import Kind, Look, Phone, Shades, dark
from sandbox.vkteams.config import VkAccount
from sandbox.vkteams.server import VkTeams

VK = Look(
    hue="#0a7aef",
    light=Shades(brand="#0b5fc0", wall="#e6edf5", mine="#d3e7ff", meta="#52626f", key="#0a55ad"),
    dark=dark(brand="#15273c", mine="#1d4a80", wall="#0f151c", key="#9ccbff", meta_mine="#cfe2f7"),
)
ICQ = Look(
    hue="#2fa84f",
    light=Shades(brand="#1f6d34", wall="#e9f2e6", mine="#d3f0cb", meta="#4f6350", key="#1b6330"),
    dark=dark(brand="#152a1b", mine="#21572f", wall="#10170f", key="#9fe0b0", meta_mine="#cdebd3"),
)
WORDS = {
    "de": {"businessAccount": "Bot", "startHint": "Der Bot kann erst schreiben, wenn Sie ihn starten."},
    "en": {"businessAccount": "Bot", "startHint": "The bot can only write once you start it."},
}
KINDS = (
    Kind("vkteams", "VK Teams", VkAccount, partial(VkTeams, "vkteams"), VK, Phone(start=True), WORDS),
    Kind("icq", "ICQ", VkAccount, partial(VkTeams, "icq"), ICQ, Phone(start=True), WORDS),
)

__all__ = ["KINDS", "VkTeams"]
