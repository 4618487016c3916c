"""One folder per messenger; the list below is what the product knows."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from rundruf.messengers.contract import Messenger

_PLACES = {
    "icq": "vkteams:ICQ",
    "instagram": "instagram:INSTAGRAM",
    "line": "line:LINE",
    "messenger": "facebook:MESSENGER",
    "skype": "botframework:SKYPE",
    "teams": "botframework:TEAMS",
    "telegram": "telegram:TELEGRAM",
    "viber": "viber:VIBER",
    "vkteams": "vkteams:VKTEAMS",
    "wechat": "wechat:WECHAT",
    "whatsapp": "whatsapp:WHATSAPP",
}


class UnknownMessenger(LookupError):
    """There is no messenger of that name."""


class _Registry(Mapping[str, Messenger]):
    """Imports a messenger when it is first asked for: a webhook door pays only for its own."""

    def __getitem__(self, name: str) -> Messenger:
        module, value = _PLACES[name].split(":")
        found = getattr(import_module(f"{__name__}.{module}"), value)
        if not isinstance(found, Messenger):
            raise TypeError(f"{_PLACES[name]} is not a Messenger")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


MESSENGERS: Mapping[str, Messenger] = _Registry()


def messenger(name: str) -> Messenger:
    """The messenger of that name; raises UnknownMessenger."""
    try:
        return MESSENGERS[name]
    except KeyError:
        raise UnknownMessenger(name) from None
