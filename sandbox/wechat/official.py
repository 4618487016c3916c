"""An Official Account at work: everything WeChat keeps about it beside its chats."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.throttle import Throttle
from sandbox.wechat.clock import Clock, Quota
from sandbox.wechat.config import OfficialAccount, Template
from sandbox.wechat.content import Mass
from sandbox.wechat.errors import Refused
from sandbox.wechat.qr import Codes
from sandbox.wechat.tokens import Tokens

DAY_MS = 86_400_000
MEDIA_MS = 3 * DAY_MS
REPEAT_MS = 600_000
MASS_A_DAY = {"subscription": 1, "service": 100}
MASS_A_MONTH_AND_USER = 4
PREVIEWS_A_DAY = 100
MASS_A_MINUTE = 60
CLEARS_A_MONTH = 10


@dataclass(slots=True)
class Job:
    """A mass message under way or done."""

    msg_id: int
    digest: str
    at_ms: int
    done: bool = False


@dataclass(slots=True)
class Official:
    """Tokens, quotas, uploads and jobs of one account, all by the same clock."""

    config: OfficialAccount
    clock: Clock
    quota: Quota
    tokens: Tokens
    codes: Codes
    minute: Throttle = field(default_factory=lambda: Throttle(MASS_A_MINUTE / 60, MASS_A_MINUTE))
    # Media id to (picture of the stage, when it came in ms).
    media: dict[str, tuple[str, int]] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    # (openid, client_msg_id) to (msgid, ms): a template that came already.
    repeats: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, config: OfficialAccount) -> "Official":
        clock = Clock()
        quota = Quota(clock)
        return cls(config, clock, quota, Tokens(clock, quota, config.token_seconds), Codes(clock))

    def keep(self, picture: str) -> str:
        """A media id for three days."""
        media_id = secrets.token_urlsafe(48)
        self.media[media_id] = (picture, self.clock.now_ms())
        return media_id

    def picture(self, media_id: str) -> str:
        """What a media id stands for; raises Refused."""
        picture, at_ms = self.media.get(media_id, ("", -MEDIA_MS))
        if self.clock.now_ms() - at_ms >= MEDIA_MS:
            raise Refused(40007)
        return picture

    def template(self, template_id: str, *, notice: bool) -> Template:
        for template in self.config.templates:
            if template.template_id == template_id and template.notice == notice:
                return template
        raise Refused(40037)

    def need_service(self) -> None:
        """Raises Refused on a subscription account."""
        if self.config.account_type != "service":
            raise Refused(48001)

    def begin_mass(self, wanted: Mass, said: dict[str, Any]) -> Job:
        """The job of a mass message that may be sent; raises Refused."""
        digest = wanted.client_id or _digest(said)
        now = self.clock.now_ms()
        for job in self.jobs.values():
            if job.digest == digest and now - job.at_ms < DAY_MS:
                raise Refused(45065, msg_id=job.msg_id, msg_data_id=job.msg_id)
        if not self.minute.take():
            raise Refused(45011)
        if self.quota.used("mass") >= MASS_A_DAY[self.config.account_type]:
            raise Refused(45028)
        self.quota.count("mass")
        job = Job(3_147_483_648 + secrets.randbelow(10**9), digest, now)
        self.jobs[job.msg_id] = job
        return job

    def may_have_mass(self, user: str) -> bool:
        """False for somebody who got this month's four (service accounts); counted if true."""
        if self.config.account_type != "service":
            return True
        if self.quota.used(user, monthly=True) >= MASS_A_MONTH_AND_USER:
            return False
        self.quota.count(user, monthly=True)
        return True

    def repeated(self, user: str, client_msg_id: str) -> int | None:
        """The msgid of the same template ten minutes ago or less, else None."""
        msgid, at_ms = self.repeats.get((user, client_msg_id), (0, 0))
        return msgid if msgid and self.clock.now_ms() - at_ms < REPEAT_MS else None

    def clear_quota(self) -> None:
        """Raises Refused after ten times in a month."""
        if self.quota.used("cleared", monthly=True) >= CLEARS_A_MONTH:
            raise Refused(48006)
        self.quota.count("cleared", monthly=True)
        self.quota.clear("token", "stable_token", "preview")

    def reset(self) -> None:
        fresh = Official.of(self.config)
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(fresh, name))


def _digest(said: dict[str, Any]) -> str:
    """What stands for the key of a business that gave none: audience and content."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
