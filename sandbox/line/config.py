"""The settings of a channel, and what can be switched on it."""

import hashlib
from typing import Annotated, ClassVar

from pydantic import Field

from sandbox.behaviour import Behaviour
from sandbox.kind import Account


class LineAccount(Account):
    """A LINE channel of the Messaging API; ``rate`` is in pushes a second, multicasts may be a tenth of it.

    ``access_token``: a long-lived token from the console; without it only issued tokens open the channel.
    ``quota``: messages a month, None for a plan without limit. ``redelivery``: the console's switch for
    sending failed webhooks again. ``webhook_seconds``: how long LINE waits for their answer.
    ``token_seconds``: life of a stateless token.
    """

    CREDENTIALS: ClassVar[tuple[str, ...]] = ("channel_id", "channel_secret", "access_token")

    channel_id: Annotated[str, Field(pattern=r"^\d{6,20}$")]
    channel_secret: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", repr=False)]
    access_token: str = Field(default="", repr=False)
    basic_id: Annotated[str, Field(pattern=r"^@[a-z0-9._-]{3,20}$")]
    rate: float = Field(default=2000, gt=0)
    quota: int | None = Field(default=None, ge=0)
    redelivery: bool = False
    webhook_seconds: float = Field(default=2, gt=0)
    token_seconds: int = Field(default=900, ge=1)

    @property
    def address(self) -> str:
        return self.basic_id

    @property
    def bot_user(self) -> str:
        """The channel's own user id, ``destination`` of its webhooks."""
        return "U" + hashlib.sha256(self.channel_id.encode()).hexdigest()[:32]


class LineBehaviour(Behaviour):
    """``quota`` and ``redelivery`` replace the account's; ``befriends``: who opens a chat or writes becomes a
    friend first, as LINE's apps offer it. ``read_share`` is the share of people who look at a message."""

    quota: int | None = Field(default=None, ge=0)
    redelivery: bool | None = None
    befriends: bool = True
