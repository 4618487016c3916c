"""The canary: the first chunk goes alone, and what becomes of it decides about the rest."""

from dataclasses import dataclass
from enum import StrEnum

from rundruf.core.chunk import SIZE, Mark
from rundruf.core.report import Receipts, tally

FIRST = "0-0"
ABOVE = 1_000
WAIT = 60_000


class Trial(StrEnum):
    """How far the trial is."""

    NONE = ""  # there is none
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    OVERRULED = "overruled"  # it failed, and somebody let the rest go nevertheless


@dataclass(frozen=True, slots=True)
class Canary:
    """How a broadcast is tried: with how many people, and which shares of them stop it.

    Shares are of those who were asked (sent, failed or unknown), 0 to 1, and a higher one stops it:
    ``failed`` counts refusals and unknowns, ``blocked`` people who had blocked the business, ``left`` those
    who left afterwards. ``wait`` (ms) is the time that receipts and people get; audiences up to ``above``
    people go without. Where a messenger wants a whole audience in one call, that is the first chunk.
    """

    size: int = SIZE
    failed: float = 0.1
    blocked: float = 0.02
    left: float = 0.02
    wait: int = WAIT
    above: int = 0


USUAL = Canary(above=ABOVE)


@dataclass(frozen=True, slots=True)
class Tried:
    """What the trial came to, in people."""

    asked: int = 0
    failed: int = 0
    blocked: int = 0
    left: int = 0


def counted(marks: bytes, receipts: Receipts) -> Tried:
    """The people of the first chunk, by marks and by what the messenger reported."""
    figures = tally(marks, receipts)
    blocked = figures.failed["withdraw"]
    turned_away = {at for at, mark in enumerate(marks) if mark == Mark.FAILED_WITHDRAW}
    return Tried(
        asked=figures.sent + figures.failed.total() + figures.unknown,
        failed=figures.failed.total() - blocked + figures.unknown,
        blocked=blocked,
        left=len((receipts.left | receipts.blocked) - turned_away),
    )


def objections(canary: Canary, tried: Tried) -> list[tuple[str, int, float]]:
    """(what, people, limit) of every limit that was passed; none where nobody was asked."""
    if not tried.asked:
        return []
    measured = (
        ("failed", tried.failed, canary.failed),
        ("blocked", tried.blocked, canary.blocked),
        ("left", tried.left, canary.left),
    )
    return [one for one in measured if one[1] > one[2] * tried.asked]


_SAID = {
    "failed": ("ist es misslungen", "failed"),
    "blocked": ("haben das Unternehmen blockiert", "had blocked the business"),
    "left": ("haben danach abbestellt", "left afterwards"),
}


def sentence(canary: Canary, tried: Tried) -> dict[str, str]:
    """Why the rest does not go, by language; empty where nothing speaks against it."""
    wrong = objections(canary, tried)
    if not wrong:
        return {}
    german = ", ".join(
        f"bei {count} {_SAID[what][0]}" if what == "failed" else f"{count} {_SAID[what][0]}"
        for what, count, _ in wrong
    )
    english = ", ".join(f"{count} {_SAID[what][1]}" for what, count, _ in wrong)
    limits = ", ".join(f"{what} {limit:.1%}" for what, _, limit in wrong)
    return {
        "de": f"Der Probelauf hat angehalten: von {tried.asked} Personen {german} (Grenzen: {limits}). "
        "Fortsetzen schickt an alle anderen.",
        "en": f"The canary stopped it: of {tried.asked} people {english} (limits: {limits}). "
        "Resuming sends to everybody else.",
    }


def reason(canary: Canary, tried: Tried) -> str:
    """The same in short: ``canary: failed 31 of 256 (limit 10.0%)``."""
    said = (
        f"{what} {n} of {tried.asked} (limit {limit:.1%})" for what, n, limit in objections(canary, tried)
    )
    return f"canary: {', '.join(said)}"
