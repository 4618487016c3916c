"""The settings of a bot."""

from typing import Annotated, ClassVar

from pydantic import Field

from sandbox.kind import Account


class TelegramAccount(Account):
    """A Telegram bot; ``rate`` is in messages a second over all chats, ``chat_rate`` in one chat."""

    CREDENTIALS: ClassVar[tuple[str, ...]] = ("bot_token", "secret_token")

    bot_token: Annotated[str, Field(pattern=r"^\d{3,20}:[A-Za-z0-9_-]{20,64}$", repr=False)]
    secret_token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$", repr=False)]
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{4,32}$")]
    rate: float = Field(default=30, gt=0)
    chat_rate: float = Field(default=1, gt=0)

    @property
    def address(self) -> str:
        return self.username

    @property
    def shown(self) -> str:
        return f"@{self.username}"
