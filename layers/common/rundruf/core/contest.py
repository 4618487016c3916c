"""Variants compared: rates with what chance allows, the winner by a rule, and all of it in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from rundruf.core.split import Measure, Rule

Z = 1.959964  # 95 of 100 intervals made like this hold the true share

FEW, TIE, SILENT = "few", "tie", "not_reported"
BY_RULE, BY_TIME, BY_HAND = "rule", "time", "hand"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many did something, of how many of whom it can be told."""

    count: int
    of: int

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares (0 to 1) the true one lies with a certainty of 95 % (Wilson's interval).

        Only for people: who clicks twice counts twice, and no interval can be given for that.
        """
        if not self.of:
            return 0.0, 1.0
        share, of = min(1.0, self.share), self.of
        middle = share + Z * Z / (2 * of)
        spread = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
        whole = 1 + Z * Z / of
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The winner, or ("") why there is none: ``FEW``, ``TIE`` or ``SILENT``."""

    winner: str = ""
    why: str = ""


def verdict(rule: Rule, rates: Mapping[str, Rate | None]) -> Verdict:
    """What a rule says of these variants, in their order; None for one of whom nobody tells."""
    if any(rate is None for rate in rates.values()):
        return Verdict(why=SILENT)
    known = {name: rate for name, rate in rates.items() if rate is not None}
    if any(rate.of < rule.at_least for rate in known.values()):
        return Verdict(why=FEW)
    fewest = rule.by is Measure.LEFT
    shares = {name: -rate.share if fewest else rate.share for name, rate in known.items()}
    best = max(shares.values())
    winners = [name for name, share in shares.items() if share == best]
    return Verdict(winners[0]) if len(winners) == 1 else Verdict(why=TIE)


def difference(one: Rate, other: Rate) -> tuple[float, float]:
    """Between which values two shares differ, with 95 % (Newcombe, from Wilson's intervals)."""
    (low, high), (below, above) = one.interval, other.interval
    apart = one.share - other.share
    return (
        apart - sqrt((one.share - low) ** 2 + (above - other.share) ** 2),
        apart + sqrt((high - one.share) ** 2 + (other.share - below) ** 2),
    )


def more_than_chance(one: Rate, other: Rate) -> bool:
    """Whether two shares of people differ by more than chance usually makes them."""
    low, high = difference(one, other)
    return bool(one.of and other.of) and (low > 0 or high < 0)


_DID = {
    Measure.CLICKED: ("Klicks je Person", "clicks a person"),
    Measure.REPLIED: ("Antworten", "replies"),
    Measure.READ: ("gelesen", "read"),
    Measure.LEFT: ("abbestellt", "left"),
}
_WHY = {
    FEW: ("noch zu wenige Personen erreicht", "too few people reached so far"),
    TIE: ("Gleichstand", "a tie"),
    SILENT: (
        "kein Messenger meldet, wonach verglichen werden soll",
        "no messenger reports what they are to be compared by",
    ),
}


_FIRST_GOES = ("geht die erste Variante.", "the first variant goes.")


def _hours(wait: int) -> tuple[str, str]:
    """So many hours after the start, in German and English; ``wait`` in ms."""
    hours = wait / 3_600_000
    number = f"{hours:.4g}"
    german = "Eine Stunde nach dem Start" if hours == 1 else f"{number} Stunden nach dem Start"
    english = "One hour after the start" if hours == 1 else f"{number} hours after the start"
    return german.replace(".", ","), english


def waiting(rule: Rule | None, why: str) -> dict[str, str]:
    """Why the rest waits, by language."""
    if rule is None:
        return {
            "de": "Die Varianten sind unterwegs. Wer übrig ist, wartet, bis jemand den Gewinner bestimmt.",
            "en": "The variants are out. Everybody else waits until somebody says which one wins.",
        }
    if not why:
        german, english = _DID[rule.by]
        after = _hours(rule.after)
        return {
            "de": f"Die Varianten sind unterwegs. {after[0]} entscheidet: {german}.",
            "en": f"The variants are out. {after[1]} it is decided by: {english}.",
        }
    german, english = _WHY[why]
    then = (
        tuple(f"{start} {end}" for start, end in zip(_hours(rule.otherwise), _FIRST_GOES, strict=True))
        if rule.otherwise
        else ("Bitte von Hand entscheiden.", "Please decide by hand.")
    )
    return {
        "de": f"Noch kein Gewinner: {german}. {then[0]}",
        "en": f"No winner yet: {english}. {then[1]}",
    }


def compared(names: Sequence[str], one: Rate, other: Rate) -> dict[str, str]:
    """Two shares of people side by side in plain words, by language; ``names`` are theirs."""
    sure = more_than_chance(one, other)
    low, high = (100 * each for each in difference(one, other))
    first, second = (f"{100 * rate.share:.1f}" for rate in (one, other))
    between = [f"{value:+.1f}".replace("-", "\N{MINUS SIGN}") for value in (low, high)]
    german = [text.replace(".", ",") for text in (first, second, *between)]
    return {
        "de": f"{names[0]}: {german[0]} % gegen {names[1]}: {german[1]} %. "
        + ("Das ist mehr, als Zufall gewöhnlich macht" if sure else "Das kann Zufall sein")
        + f" (Unterschied mit 95 % Sicherheit zwischen {german[2]} und {german[3]} Prozentpunkten).",
        "en": f"{names[0]}: {first}% against {names[1]}: {second}%. "
        + ("That is more than chance usually makes" if sure else "That may be chance")
        + f" (difference, with 95% certainty, between {between[0]} and {between[1]} percentage points).",
    }
