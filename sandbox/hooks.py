"""Webhooks: a body goes out, again and again with growing pauses, until the other side says yes."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sandbox.config import Webhooks
from sandbox.times import now_ms

KEPT = 5000
AT_ONCE = 8
OK = 200


@dataclass(slots=True)
class Hook:
    """One webhook call. Calls of one ``lane`` go one after the other, a failing one holds the rest back;
    without a lane they go side by side. ``any_2xx`` says whether every 2xx means yes, or only 200;
    ``judge(status, body)``, if given, decides instead. ``query`` is added to the address; ``retries`` and
    ``timeout`` replace those of the configuration. ``answer`` is the last answer's body."""

    messenger: str
    account: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    kinds: tuple[str, ...]
    ids: tuple[str, ...] = ()
    user: str = ""
    lane: str = ""
    any_2xx: bool = False
    judge: Callable[[int, bytes], bool] | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    retries: tuple[float, ...] | None = None
    timeout: float | None = None
    answer: bytes = field(default=b"", repr=False)
    at_ms: int = field(default_factory=now_ms)
    acknowledged_ms: int | None = None
    tries: int = 0
    status: int = 0
    error: str = ""
    done: bool = False

    def means_yes(self) -> bool:
        """True if the last answer acknowledged the call."""
        if self.judge is not None:
            return self.judge(self.status, self.answer)
        return self.status == OK or (self.any_2xx and self.status // 100 == 2)

    def told(self) -> dict[str, Any]:
        """What the control API shows; ``status`` 0 means that no answer came."""
        return {
            "messenger": self.messenger,
            "account": self.account,
            "user": self.user,
            "kinds": list(self.kinds),
            "ids": list(self.ids),
            "at_ms": self.at_ms,
            "acknowledged_ms": self.acknowledged_ms,
            "tries": self.tries,
            "status": self.status,
            "error": self.error,
            "done": self.done,
        }


Address = Callable[[str, str], str]


class Hooks:
    """Sends webhooks to ``address(messenger, account)``; "" there means that nobody wants them."""

    def __init__(self, settings: Webhooks) -> None:
        self.settings = settings
        self.address: Address = lambda messenger, account: ""
        self.history: deque[Hook] = deque(maxlen=KEPT)
        self._lanes: dict[str, deque[tuple[Hook, asyncio.Future[bool]]]] = {}
        self._room: dict[tuple[str, str], asyncio.Semaphore] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.settings.timeout),
            connector=aiohttp.TCPConnector(limit=0),
            auto_decompress=False,
            skip_auto_headers=("User-Agent",),
        )

    async def stop(self) -> None:
        """Drops what is still waiting."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("webhooks were not started")
        return self._session

    def post(self, hook: Hook) -> "asyncio.Future[bool]":
        """Takes a webhook for sending; the future tells whether it was acknowledged in the end."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.history.append(hook)
        if not hook.lane:
            self._spawn(self._deliver(hook, future))
            return future
        waiting = self._lanes.get(hook.lane)
        if waiting is None:
            self._lanes[hook.lane] = deque([(hook, future)])
            self._spawn(self._drain(hook.lane))
        else:
            waiting.append((hook, future))
        return future

    def pending(self, messenger: str, account: str) -> int:
        """How many webhooks of an account are not acknowledged and not given up."""
        return sum(
            not hook.done and hook.messenger == messenger and hook.account == account for hook in self.history
        )

    def last_error(self, messenger: str, account: str) -> tuple[int, str] | None:
        """Time in seconds and text of the newest webhook that was not acknowledged at once."""
        for hook in reversed(self.history):
            if hook.error and hook.messenger == messenger and hook.account == account:
                return hook.at_ms // 1000, hook.error
        return None

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._deliver(*waiting[0])
            waiting.popleft()
        del self._lanes[lane]

    async def _deliver(self, hook: Hook, future: "asyncio.Future[bool]") -> None:
        room = self._room.setdefault((hook.messenger, hook.account), asyncio.Semaphore(AT_ONCE))
        retries = self.settings.retries if hook.retries is None else hook.retries
        for pause in (*retries, None):
            async with room:
                accepted, wait = await self._try(hook)
            if accepted or pause is None:
                break
            await asyncio.sleep(max(pause, wait))
        hook.done = True
        if not future.done():
            future.set_result(hook.acknowledged_ms is not None)

    async def _try(self, hook: Hook) -> tuple[bool, float]:
        """One attempt: (settled?, seconds the other side asked us to wait)."""
        url = self.address(hook.messenger, hook.account)
        if not url:
            hook.error = "no webhook address"
            return True, 0
        hook.tries += 1
        limit = aiohttp.ClientTimeout(total=hook.timeout or self.settings.timeout)
        try:
            async with self.session.post(
                url,
                data=hook.body,
                headers=hook.headers,
                params=hook.query,
                allow_redirects=False,
                timeout=limit,
            ) as answer:
                hook.answer = await answer.read()
                hook.status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
            hook.status, hook.error = 0, type(problem).__name__
            return False, 0
        if hook.means_yes():
            hook.acknowledged_ms = now_ms()
            return True, 0
        hook.error = f"Wrong response from the webhook: {hook.status}"
        asked = answer.headers.get("Retry-After", "")
        return False, min(float(asked), 60) if asked.isdigit() else 0
