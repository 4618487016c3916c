"""Which messengers are played: a line for each folder that plays one or several of them."""

from functools import cache
from importlib import import_module

from sandbox.kind import Kind

FOLDERS = (
    "whatsapp",
    "telegram",
    "meta",
    "line",
    "viber",
    "wechat",
    "botframework",
    "vkteams",
)


@cache
def kinds() -> dict[str, Kind]:
    """Every messenger by its name, in the order of the page."""
    modules = [import_module(f"sandbox.{folder}") for folder in FOLDERS]
    return {kind.name: kind for module in modules for kind in module.KINDS}
