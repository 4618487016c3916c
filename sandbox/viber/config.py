"""The settings of a bot on Viber, and what can be switched on it."""

from typing import Annotated, ClassVar

from pydantic import Field

from sandbox.behaviour import Behaviour
from sandbox.kind import Account


class ViberAccount(Account):
    """A Viber bot; ``rate`` is in calls a second, ten seconds' worth of which may come at once.

    ``uri``: its name in links. ``webhook_seconds``: how long Viber waits for a webhook's answer.
    """

    CREDENTIALS: ClassVar[tuple[str, ...]] = ("auth_token",)

    auth_token: Annotated[str, Field(pattern=r"^[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}$", repr=False)]
    uri: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    rate: float = Field(default=50, gt=0)
    webhook_seconds: float = Field(default=5, gt=0)

    @property
    def address(self) -> str:
        return self.uri


class ViberBehaviour(Behaviour):
    """``broadcasts``: Viber approved of them; ``hourly``: messages in an hour to a person who says nothing.
    With ``late_refusals`` every message is taken and then told as ``failed``."""

    broadcasts: bool = True
    hourly: int = Field(default=100, ge=1)
