"""The environment, read once; a missing setting stops the function with the setting's name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rundruf.core.brand import Brand
from rundruf.core.canary import WAIT
from rundruf.core.caps import DAY, MOST, PERIODS, Cap, caps_of
from rundruf.core.quiet import Quiet, quiet_of
from rundruf.core.wording import Business
from rundruf.flows.services import Settings


class MissingSetting(Exception):
    """A setting without which the function must not run."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment variable {name} is missing or empty")


QUEUES = {"plan": "PLAN_URL", "send": "SEND_URL", "inbox": "INBOX_URL", "receipts": "RECEIPTS_URL"}

DEAD = {
    "plan": "PLAN_DEAD_URL",
    "send": "SEND_DEAD_URL",
    "inbox": "INBOX_DEAD_URL",
    "receipts": "RECEIPTS_DEAD_URL",
    "tick": "TICK_DEAD_URL",
    "archive": "ARCHIVE_DEAD_URL",
}

MONTH = 365.25 / 12 * DAY


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings by name; asking for one that is missing raises MissingSetting."""

    variables: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        value = self.variables.get(name, "").strip()
        if not value:
            raise MissingSetting(name)
        return value

    def require(self, *names: str) -> None:
        for name in names:
            self[name]

    def queues(self) -> dict[str, str]:
        """URLs of those queues that this function has."""
        return {queue: self.variables[name] for queue, name in QUEUES.items() if self.variables.get(name)}

    def dead_letters(self) -> dict[str, str]:
        """URLs of those dead-letter queues that this function has, by the name of the queue before them."""
        return {queue: self.variables[name] for queue, name in DEAD.items() if self.variables.get(name)}

    def brand(self) -> Brand:
        """How the business looks to people."""
        return Brand(
            self["BUSINESS_NAME"], self.variables.get("LOGO_URL", ""), self.variables.get("BRAND_COLOUR", "")
        )

    def business(self) -> Settings:
        """What the business says about itself; there is no sending without imprint and privacy notice."""
        language = self["LANGUAGE"]
        if language not in ("de", "en"):
            raise MissingSetting("LANGUAGE (de or en)")
        return Settings(
            business=Business(self["BUSINESS_NAME"], self["IMPRINT_URL"], self["PRIVACY_URL"]),
            language=language,
            zone=self["ZONE"],
            feeds_from=self.variables.get("FEEDS_FROM", ""),
            cap=int(float(self.variables.get("MARKETING_GAP_HOURS") or 0) * 3_600_000),
            caps=self._caps(),
            quiet=self._quiet(),
            lapse=int(self._number("CONSENT_LAPSES_AFTER_MONTHS") * MONTH),
            approval_above=int(self._number("APPROVAL_ABOVE")),
            canary_wait=int(float(self.variables.get("CANARY_WAIT") or WAIT / 1000) * 1000),
        )

    def _number(self, name: str) -> float:
        """A number of 0 or more; 0 where nothing is set. Raises MissingSetting."""
        try:
            value = float(self.variables.get(name) or 0)
        except ValueError:
            value = -1
        if not 0 <= value < 1_000_000:
            raise MissingSetting(f"{name} (a number of 0 or more)")
        return value

    def _quiet(self) -> Quiet:
        start, end, days = (
            self.variables.get(f"QUIET_{name}", "").strip() for name in ("FROM", "TO", "DAYS")
        )
        try:
            return quiet_of(start, end, days, self["ZONE"])
        except ValueError as wrong:
            raise MissingSetting(f"QUIET_FROM, QUIET_TO, QUIET_DAYS or ZONE ({wrong})") from None

    def _caps(self) -> tuple[Cap, ...]:
        try:
            return caps_of({name: int(self._number(f"CAP_PER_{name.upper()}")) for name in PERIODS})
        except ValueError:
            raise MissingSetting(f"CAP_PER_… (at most {MOST})") from None


def environment() -> Environment:
    return Environment(os.environ)
