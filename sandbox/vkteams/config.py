"""The settings of a bot on VK Teams or ICQ, and what can be switched on it."""

from typing import Annotated, ClassVar

from pydantic import Field

from sandbox.behaviour import Behaviour
from sandbox.kind import Account


class VkAccount(Account):
    """A bot; the digits behind the colon of its token are its user id, ``nick`` is its name in links.

    ``rate`` is in messages a second; the real number is nowhere published.
    """

    CREDENTIALS: ClassVar[tuple[str, ...]] = ("bot_token",)

    bot_token: Annotated[str, Field(pattern=r"^\d{3}\.\d{6,20}\.\d{6,20}:\d{5,20}$", repr=False)]
    nick: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,64}$")]
    rate: float = Field(default=10, gt=0)

    @property
    def address(self) -> str:
        return self.nick

    @property
    def shown(self) -> str:
        return f"@{self.nick}"

    @property
    def bot_user(self) -> str:
        return self.bot_token.rpartition(":")[2]


class VkBehaviour(Behaviour):
    """``echoes``: the bot's own messages come back to it as events.

    ``duplicate_events`` and ``reorder_events`` concern the events of one answer."""

    echoes: bool = False
