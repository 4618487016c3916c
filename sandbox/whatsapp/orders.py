"""What the control API can have Meta do to a business's templates and account."""

from typing import Any

from sandbox.kind import Model
from sandbox.whatsapp.config import Category as TemplateCategory
from sandbox.whatsapp.config import TemplateStatus


class TemplateOrder(Model):
    """Names one template."""

    name: str
    language: str

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.language


class Category(TemplateOrder):
    """A template's category changes now, or with ``notice`` in 24 hours."""

    category: TemplateCategory
    notice: bool = False


class Status(TemplateOrder):
    status: TemplateStatus


class AccountUpdate(Model):
    """As Meta's ``account_update`` webhook has it: DISABLED_UPDATE, ACCOUNT_RESTRICTION, …"""

    event: str
    restriction_info: list[dict[str, Any]] | None = None
    ban_info: dict[str, Any] | None = None
    violation_info: dict[str, Any] | None = None
