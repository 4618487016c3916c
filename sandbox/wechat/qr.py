"""QR codes with a scene: the only entry link that carries a code."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.wechat.clock import Clock
from sandbox.wechat.errors import Refused

SCENE_LIMIT = 64
LONGEST = 2_592_000
SHORTEST = 60
PERMANENT_LIMIT = 100_000
ACTIONS = ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")


@dataclass(frozen=True, slots=True)
class Code:
    """``until_ms`` is 0 for one that never ends."""

    ticket: str
    url: str
    scene: str
    until_ms: int


class Codes:
    """The codes of one account."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._codes: dict[str, Code] = {}

    def create(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The answer of ``qrcode/create``; raises Refused."""
        action = wanted.get("action_name")
        if action not in ACTIONS:
            raise Refused(40053)
        scene = _scene(action, wanted.get("action_info"))
        seconds = 0 if "LIMIT" in action else _seconds(wanted.get("expire_seconds", SHORTEST))
        if not seconds and sum(not one.until_ms for one in self._codes.values()) >= PERMANENT_LIMIT:
            raise Refused(45009)
        until = self.clock.now_ms() + seconds * 1000 if seconds else 0
        ticket = "gQ" + secrets.token_urlsafe(70)
        code = Code(ticket, "http://weixin.qq.com/q/02" + secrets.token_urlsafe(15), scene, until)
        self._codes[ticket] = code
        told = {"ticket": ticket, "expire_seconds": seconds, "url": code.url}
        return told if seconds else {"ticket": ticket, "url": code.url}

    def find(self, link: str) -> Code | None:
        """The code that a link or the picture of a code stands for, unless it has run out."""
        ticket = parse_qs(urlsplit(link).query).get("ticket", [""])[0]
        for code in self._codes.values():
            if code.url == link or (ticket and code.ticket == ticket):
                return code if not code.until_ms or code.until_ms > self.clock.now_ms() else None
        return None

    def __iter__(self) -> Iterator[Code]:
        return iter(self._codes.values())

    def __len__(self) -> int:
        return len(self._codes)

    def saved(self) -> list[dict[str, Any]]:
        return [asdict(code) for code in self._codes.values()]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        self._codes = {one["ticket"]: Code(**one) for one in saved}


def is_link(link: str) -> bool:
    """True for what a QR code of WeChat holds, and for the address of its picture."""
    parts = urlsplit(link)
    return (parts.netloc.lower() == "weixin.qq.com" and parts.path.startswith("/q/")) or (
        parts.path == "/cgi-bin/showqrcode"
    )


def _scene(action: str, info: Any) -> str:
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise Refused(40053)
    if "STR" in action:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= SCENE_LIMIT:
            raise Refused(40053)
        return text
    number = scene.get("scene_id")
    most = PERMANENT_LIMIT if "LIMIT" in action else 2**32 - 1
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
        raise Refused(40053)
    return str(number)


def _seconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LONGEST:
        raise Refused(40053)
    return value
