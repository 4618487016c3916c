"""WhatsApp's error codes, sorted. The same codes come in answers and in statuses.

Checked 2026-11-22 against
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import meta, shared
from rundruf.messengers.meta import Sort

_TABLE = meta.table(
    (
        # Something of theirs failed; the same person may be tried again.
        (Sort(OutcomeKind.RETRY), (1, 2, 131000, 131016, 133004, 2494100)),
        # They could not fetch our file, which is often their fetcher and not our file.
        (Sort(OutcomeKind.RETRY), (131053,)),
        # The number is being upgraded, which takes up to a minute.
        (Sort(OutcomeKind.RETRY, account_wide=True, wait=60.0), (131057,)),
        # The number or the account is too fast.
        (Sort(OutcomeKind.RETRY, account_wide=True), (4, 80007, 130429)),
        # Too fast to this one person: one message in six seconds.
        (Sort(OutcomeKind.RETRY, wait=6.0), (131056,)),
        # A new template needs up to ten minutes to be known everywhere.
        (Sort(OutcomeKind.RETRY, wait=600.0), (134101,)),
        # Held back for this person's sake or for an experiment: trying again within a day makes it worse.
        (Sort(OutcomeKind.BAD), (131049, 130472)),
        # Not on WhatsApp, ourselves, not on a test number's list, id not possible, country, blocked by us.
        (Sort(OutcomeKind.GONE), (131026, 131021, 131030, 131062, 130497, 130403)),
        # The person opted out of marketing in WhatsApp itself.
        (Sort(OutcomeKind.WITHDRAW), (131050,)),
        (Sort(OutcomeKind.WINDOW), (131047, 470)),
        # The template with this person's values: too long, or line breaks in them.
        (Sort(OutcomeKind.BAD), (132005, 132018)),
        # The template, whoever gets it: number and form of parameters, missing, paused, disabled, rejected,
        # marketing switched off for this way of sending. Nobody else would get it, so the broadcast stops.
        (
            Sort(OutcomeKind.PAUSE),
            (
                *(132000, 132001, 132007, 132008, 132012, 132015, 132016, 132068, 132069),
                *(134100, 134102, 131055, 131063),
            ),
        ),
        # Token, permission, policy, payment, registration, spam limit.
        (
            Sort(OutcomeKind.PAUSE, account_wide=True),
            (
                *(0, 3, 10, 33, 190, *range(200, 300), 368, 131005, 131031, 131037, 131042, 131044, 131045),
                *(131048, 131064, 133010, 134011),
            ),
        ),
        # Our request or our content.
        (Sort(OutcomeKind.BAD), (100, 131008, 131009, 131051, 131052, 135000)),
    )
)


def outcome(code: int | None) -> Outcome | None:
    """What a code means; None for one that is not in the table."""
    sort = _TABLE.get(code) if code is not None else None
    return sort.outcome(str(code)) if sort else None


def known(error: shared.Record) -> Outcome | None:
    """The outcome of an error of an answer; None where its code is not in the table."""
    return outcome(shared.whole(error.get("code")))


def failed(status: shared.Record) -> Outcome:
    """The outcome of a status ``failed``, by its first error that has a code."""
    for error in shared.records(status.get("errors")):
        code = shared.whole(error.get("code"))
        if code is not None:
            return outcome(code) or Outcome(OutcomeKind.BAD, str(code))
    return Outcome(OutcomeKind.BAD, "failed")
