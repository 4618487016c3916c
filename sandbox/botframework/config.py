"""A bot registered with Microsoft's bot service, as Teams and as Skype play it."""

from typing import Annotated, ClassVar

from pydantic import Field

from sandbox.kind import Account

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Bot(Account):
    """A bot; ``rate`` is in requests a second over all conversations, ``token_seconds`` a token's life.

    A bot that is not ``multi_tenant`` gets its tokens from its own tenant only. ``accepts_after_removal``:
    messages to somebody who removed the bot are answered as if nothing were wrong (seen 2025-11).
    """

    CREDENTIALS: ClassVar[tuple[str, ...]] = ("app_id", "app_password", "tenant_id")

    app_id: Uuid
    app_password: str = Field(min_length=1, repr=False)
    tenant_id: Uuid
    multi_tenant: bool = False
    rate: float = Field(default=50, gt=0)
    token_seconds: int = Field(default=3599, ge=1)
    accepts_after_removal: bool = False

    @property
    def address(self) -> str:
        return self.app_id

    @property
    def shown(self) -> str:
        return self.title or self.account

    @property
    def bot_id(self) -> str:
        """The bot's id in a conversation."""
        return f"28:{self.app_id}"
