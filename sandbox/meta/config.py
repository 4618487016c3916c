"""The settings of a Facebook page and of an Instagram account."""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from sandbox.kind import Account, Model

Id = Annotated[str, Field(pattern=r"^\d{5,20}$")]
UserName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._]{1,50}$")]


class UtilityTemplate(Model):
    """A utility message of a page approved beforehand; ``body`` has {{1}} … or {{name}} …, not both."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: str
    status: Literal["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"] = "APPROVED"
    body: str
    postbacks: tuple[str, ...] = ()

    @property
    def places(self) -> list[str]:
        """The placeholders of the body, in order."""
        return list(dict.fromkeys(re.findall(r"\{\{(\w+)\}\}", self.body)))

    def told(self, number: int) -> dict[str, Any]:
        """The template as the Graph API lists it."""
        components: list[dict[str, Any]] = [{"type": "BODY", "text": self.body}]
        if self.postbacks:
            buttons = [{"type": "POSTBACK", "text": label} for label in self.postbacks]
            components.append({"type": "BUTTONS", "buttons": buttons})
        named = any(not place.isdecimal() for place in self.places)
        return {
            "id": str(number),
            "name": self.name,
            "language": self.language,
            "category": "UTILITY",
            "status": self.status,
            "parameter_format": "NAMED" if named else "POSITIONAL",
            "components": components,
        }


class IceBreaker(Model):
    """A question that a new chat offers."""

    question: str = Field(min_length=1, max_length=80)
    payload: str = Field(min_length=1, max_length=1000)


class MetaAccount(Account):
    """What a page and an Instagram account have alike; ``rate`` and ``media_rate`` in messages a second."""

    CREDENTIALS: ClassVar[tuple[str, ...]] = ("app_secret", "access_token", "verify_token")

    username: UserName
    app_id: Id = "480011220033"
    app_secret: str = Field(min_length=1, repr=False)
    access_token: str = Field(min_length=1, repr=False)
    verify_token: str = Field(min_length=1, repr=False)
    rate: float = Field(default=300, gt=0)
    media_rate: float = Field(default=10, gt=0)

    @property
    def own_id(self) -> str:
        """The id in webhooks and paths."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        return self.username


class PageAccount(MetaAccount):
    """A Facebook page; ``get_started`` is the payload of its Get Started button, "" for none."""

    CREDENTIALS: ClassVar[tuple[str, ...]] = (*MetaAccount.CREDENTIALS, "page_id")

    page_id: Id
    get_started: str = "GET_STARTED"
    templates: tuple[UtilityTemplate, ...] = ()

    @property
    def own_id(self) -> str:
        return self.page_id

    @property
    def shown(self) -> str:
        return f"m.me/{self.username}"


class InstagramAccount(MetaAccount):
    """A professional Instagram account; ``ice_breakers`` are the questions that a new chat offers."""

    CREDENTIALS: ClassVar[tuple[str, ...]] = (*MetaAccount.CREDENTIALS, "ig_id")

    ig_id: Id
    ice_breakers: tuple[IceBreaker, ...] = ()

    @property
    def own_id(self) -> str:
        return self.ig_id

    @property
    def shown(self) -> str:
        return f"@{self.username}"
