"""WhatsApp's error codes, sorted. The same codes come in answers and in statuses.

Checked 2026-11-22 against
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared


@dataclass(frozen=True, slots=True)
class _Sort:
    """A class of errors; ``wait`` is how many seconds WhatsApp's documentation asks to wait."""

    kind: OutcomeKind
    account_wide: bool = False
    wait: float | None = None


_SORTS: tuple[tuple[_Sort, tuple[int, ...]], ...] = (
    # Something of theirs failed; the same person may be tried again.
    (_Sort(OutcomeKind.RETRY), (1, 2, 131000, 131016, 133004, 2494100)),
    # They could not fetch our file, which is often their fetcher and not our file.
    (_Sort(OutcomeKind.RETRY), (131053,)),
    # The number is being upgraded, which takes up to a minute.
    (_Sort(OutcomeKind.RETRY, account_wide=True, wait=60.0), (131057,)),
    # The number or the account is too fast.
    (_Sort(OutcomeKind.RETRY, account_wide=True), (4, 80007, 130429)),
    # Too fast to this one person: one message in six seconds.
    (_Sort(OutcomeKind.RETRY, wait=6.0), (131056,)),
    # A new template needs up to ten minutes to be known everywhere.
    (_Sort(OutcomeKind.RETRY, wait=600.0), (134101,)),
    # Held back for this person's sake or for an experiment: trying again within a day makes it worse.
    (_Sort(OutcomeKind.BAD), (131049, 130472)),
    # Not on WhatsApp, ourselves, not on a test number's list, id not possible, country, blocked by us.
    (_Sort(OutcomeKind.GONE), (131026, 131021, 131030, 131062, 130497, 130403)),
    # The person opted out of marketing in WhatsApp itself.
    (_Sort(OutcomeKind.WITHDRAW), (131050,)),
    (_Sort(OutcomeKind.WINDOW), (131047, 470)),
    # The template: parameters, missing, paused, disabled, rejected.
    (
        _Sort(OutcomeKind.BAD),
        (
            *(132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069),
            *(134100, 134102, 131055, 131063),
        ),
    ),
    # Token, permission, policy, payment, registration, spam limit.
    (
        _Sort(OutcomeKind.PAUSE, account_wide=True),
        (
            *(0, 3, 10, 33, 190, *range(200, 300), 368, 131005, 131031, 131037, 131042, 131044, 131045),
            *(131048, 131064, 133010, 134011),
        ),
    ),
    # Our request or our content.
    (_Sort(OutcomeKind.BAD), (100, 131008, 131009, 131051, 131052, 135000)),
)


def _unfolded() -> Iterator[tuple[int, _Sort]]:
    for sort, codes in _SORTS:
        for code in codes:
            yield code, sort


_TABLE: Mapping[int, _Sort] = dict(_unfolded())


def outcome(code: int) -> Outcome | None:
    """What a code means; None for one that is not in the table."""
    sort = _TABLE.get(code)
    if sort is None:
        return None
    return Outcome(sort.kind, str(code), retry_after=sort.wait, account_wide=sort.account_wide)


def failed(status: shared.Record) -> Outcome:
    """The outcome of a status ``failed``, by its first error that has a code."""
    for error in shared.records(status.get("errors")):
        code = shared.whole(error.get("code"))
        if code is not None:
            return outcome(code) or Outcome(OutcomeKind.BAD, str(code))
    return Outcome(OutcomeKind.BAD, "failed")
