"""People who leave, however they do it, and what the messenger's log must not hold afterwards."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from tests.drill.counts import COUNTS
from tests.drill.place import Place, promise
from tests.drill.workers import Job

TRIES = 40
COMES_AGAIN = 0.3


@dataclass
class Leavers:
    """Who got a yes to their STOP, and when (monotonic seconds)."""

    place: Place
    yes: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def asks(self, user: str, how: str = "keyword") -> Job:
        """One call of the door that this way of leaving goes through."""
        number = next(self._numbers)
        ways: dict[str, Callable[[], Job]] = {
            "keyword": lambda: self.place.says(user, "STOP", number),
            "block": lambda: self.place.blocks(user, number),
            "page": lambda: self.place.clicks(user),
        }
        return ways[how]()

    def noted(self, user: str, job: Job) -> bool:
        """Whether the door said yes, which is noted; a 503 is not a yes, and the messenger comes again."""
        answer = job.wait()
        status = answer["statusCode"] if answer else 0
        with self._lock:
            COUNTS.add(f"STOPs answered {status}")
            self.took.append(job.at - job.began)
            if status == 200:
                self.yes.setdefault(user, job.at)
        promise(status in (200, 503), "a STOP is taken or comes again", status=status)
        return bool(status == 200)

    def leaves(self, user: str, how: str = "keyword", after: float = 0) -> None:
        """Until the yes; begins ``after`` seconds."""
        time.sleep(after)
        for _ in range(TRIES):
            if self.noted(user, self.asks(user, how)):
                return
            time.sleep(COMES_AGAIN)
        promise(False, "a STOP is answered in the end")

    def judged(self) -> None:
        """Nothing arrived for anybody after their yes, and their consent has ended."""
        late = 0
        for user, at in self.yes.items():
            sent = self.place.messenger.arrivals(user, self.place.texts)
            late += sum(1 for one in sent if one > at)
        COUNTS.add("sent after a STOP's yes", late)
        promise(not late, "nothing after the yes", late=late)
        held = [user for user in self.yes if self.place.contact(user).consent.topics]
        promise(not held, "consent has ended", held=len(held))
