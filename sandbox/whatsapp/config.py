"""The settings of a WhatsApp number, and its approved templates."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from sandbox.kind import Account, Model

Category = Literal["MARKETING", "UTILITY", "AUTHENTICATION"]
TemplateStatus = Literal["APPROVED", "PENDING", "PAUSED", "DISABLED"]


class TemplateButton(Model):
    """A button of an approved template: without ``url`` a quick reply."""

    text: str = Field(min_length=1, max_length=25)
    url: str = ""


class Template(Model):
    """A WhatsApp message approved beforehand; ``parameters`` counts the {{1}} … of its body."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: str
    category: Category = "MARKETING"
    status: TemplateStatus = "APPROVED"
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


class WhatsAppAccount(Account):
    """A WhatsApp business number; ``rate`` is in messages a second."""

    CREDENTIALS: ClassVar[tuple[str, ...]] = (
        "app_secret",
        "access_token",
        "verify_token",
        "phone_number_id",
        "waba_id",
    )

    phone_number_id: Annotated[str, Field(pattern=r"^\d{5,20}$")]
    number: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
    app_secret: str = Field(min_length=1, repr=False)
    access_token: str = Field(min_length=1, repr=False)
    verify_token: str = Field(min_length=1, repr=False)
    waba_id: str = "102290129340398"
    rate: float = Field(default=80, gt=0)
    templates: tuple[Template, ...] = ()
    unreachable_prefixes: tuple[str, ...] = ("+4915000",)

    @property
    def address(self) -> str:
        return self.number
