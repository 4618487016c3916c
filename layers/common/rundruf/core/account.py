"""One sender on one messenger: a WhatsApp number, a bot, a channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """Settings and credentials of one sender.

    ``address`` is what a person's app opens (phone number with country code, bot username);
    ``base_url`` replaces the messenger's own host when set (sandbox, proxy, self-hosted server), without
    a trailing slash; ``rate`` is in messages a second (None: the messenger's rule); each credential is a
    tuple, newest first, because secrets rotate.
    """

    messenger: str
    name: str
    address: str = ""
    base_url: str = ""
    rate: float | None = None
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return f"{self.messenger}/{self.name}"

    def secret(self, credential: str) -> str:
        """The newest value of a credential; raises KeyError with the credential's name."""
        values = self.credentials.get(credential, ())
        if not values:
            raise KeyError(credential)
        return values[0]

    @property
    def daily_limit(self) -> int | None:
        """How many people may be written to in 24 hours, where the account says so."""
        told = self.credentials.get("daily_limit", ())
        return int(told[0]) if told and told[0].isdecimal() else None

    def secrets(self, credential: str) -> tuple[str, ...]:
        """Every value still valid, newest first; empty where the account has none."""
        return tuple(self.credentials.get(credential, ()))
