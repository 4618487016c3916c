"""A WeChat Official Account as the sandbox plays it, and the templates approved for it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sandbox.kind import Account, Model

TemplateId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Template(Model):
    """A template of ``template/send`` or, as a notice that people subscribe to, of ``subscribe/bizsend``.

    ``fields`` are the keys of ``data``; a notice's are typed by their name: thing1, time2, number3 …
    """

    template_id: TemplateId
    title: str = Field(min_length=1)
    fields: tuple[Annotated[str, Field(pattern=r"^[a-z_]+\d*$")], ...] = ()
    notice: bool = False


class OfficialAccount(Account):
    """An Official Account; ``rate`` is in calls a second, ``token_seconds`` how long a token lives.

    ``mode`` says how webhooks are sent (``safe`` encrypts them) and ``body_format`` in which language;
    ``allowed_ips`` are those that may fetch a token (empty: all may).
    """

    CREDENTIALS: ClassVar[tuple[str, ...]] = (
        "app_id",
        "app_secret",
        "token",
        "encoding_aes_key",
        "account_type",
        "mode",
    )

    app_id: Annotated[str, Field(pattern=r"^wx[0-9a-f]{16}$")]
    app_secret: Annotated[str, Field(pattern=r"^[0-9a-zA-Z]{32}$", repr=False)]
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{3,32}$", repr=False)]
    encoding_aes_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{43}$", repr=False)]
    original_id: Annotated[str, Field(pattern=r"^gh_[0-9a-f]{12}$")]
    account_type: Literal["service", "subscription"] = "service"
    mode: Literal["plain", "compatible", "safe"] = "safe"
    body_format: Literal["xml", "json"] = "xml"
    rate: float = Field(default=100, gt=0)
    token_seconds: int = Field(default=7200, ge=1, le=7200)
    allowed_ips: tuple[str, ...] = ()
    callback_ips: tuple[str, ...] = ("127.0.0.1",)
    templates: tuple[Template, ...] = ()

    @property
    def address(self) -> str:
        return self.original_id
