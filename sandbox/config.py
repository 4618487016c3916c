"""Who the sandbox plays: business accounts on each messenger, and a few people with phones."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MessengerName = Literal["whatsapp", "telegram"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateButton(Model):
    """A button of an approved template: without ``url`` a quick reply."""

    text: str = Field(min_length=1, max_length=25)
    url: str = ""


class Template(Model):
    """A WhatsApp message approved beforehand; ``parameters`` counts the {{1}} … of its body."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: str
    category: Literal["MARKETING", "UTILITY", "AUTHENTICATION"] = "MARKETING"
    status: Literal["APPROVED", "PENDING", "PAUSED", "DISABLED"] = "APPROVED"
    parameters: int = Field(default=0, ge=0)
    header: Literal["", "image", "video", "document"] = ""
    body: str
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()

    @model_validator(mode="after")
    def _placeholders_fit(self) -> "Template":
        found = {int(number) for number in re.findall(r"\{\{(\d+)\}\}", self.body)}
        if found != set(range(1, self.parameters + 1)):
            raise ValueError("parameters must count the placeholders {{1}}, {{2}} … of body")
        return self


class WhatsAppAccount(Model):
    """A WhatsApp business number; ``rate`` is in messages a second."""

    account: Name = "main"
    phone_number_id: Annotated[str, Field(pattern=r"^\d{5,20}$")]
    number: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
    app_secret: str = Field(min_length=1, repr=False)
    access_token: str = Field(min_length=1, repr=False)
    verify_token: str = Field(min_length=1, repr=False)
    waba_id: str = "102290129340398"
    title: str = ""
    rate: float = Field(default=80, gt=0)
    templates: tuple[Template, ...] = ()
    unreachable_prefixes: tuple[str, ...] = ("+4915000",)


class TelegramAccount(Model):
    """A Telegram bot; ``rate`` is in messages a second over all chats, ``chat_rate`` in one chat."""

    account: Name = "main"
    bot_token: Annotated[str, Field(pattern=r"^\d{3,20}:[A-Za-z0-9_-]{20,64}$", repr=False)]
    secret_token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$", repr=False)]
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{4,32}$")]
    title: str = ""
    rate: float = Field(default=30, gt=0)
    chat_rate: float = Field(default=1, gt=0)


class PersonConfig(Model):
    """Somebody with a phone from the start; ``user`` is a number on WhatsApp, an id on Telegram."""

    messenger: MessengerName
    user: str
    name: str
    language: str = "de"


class Webhooks(Model):
    """How webhooks are sent: pauses in seconds before each repetition, and the longest wait for an answer."""

    retries: tuple[float, ...] = (0.2, 0.5, 1, 2, 4, 8, 15, 30, 30, 30)
    timeout: float = Field(default=30, gt=0)


class Config(Model):
    business: str = "Café Morgenrot"
    whatsapp: tuple[WhatsAppAccount, ...] = ()
    telegram: tuple[TelegramAccount, ...] = ()
    people: tuple[PersonConfig, ...] = ()
    webhooks: Webhooks = Webhooks()

    @classmethod
    def read(cls, path: Path) -> "Config":
        """The configuration in a JSON file; raises OSError or pydantic.ValidationError."""
        return cls.model_validate_json(path.read_bytes())


def demo_config() -> Config:
    """The business of the demo: its numbers are kept for fiction in Germany, its keys open nothing."""
    return Config.model_validate_json((files("sandbox") / "demo.json").read_bytes())
