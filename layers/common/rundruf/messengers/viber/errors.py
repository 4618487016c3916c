"""What Viber's status codes mean; they come in the body of a 200.

https://developers.viber.com/docs/api/rest-bot-api/#error-codes
"""

from dataclasses import replace

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer

_TABLE: tuple[tuple[OutcomeKind, tuple[int, ...]], ...] = (
    (OutcomeKind.OK, (0,)),
    # Webhook address, token, bot blocked, unknown or suspended, no webhook, not authorised, no broadcasts,
    # free messages used up, no money.
    (OutcomeKind.PAUSE, (1, 2, 7, 8, 9, 10, 15, 20, 23, 24)),
    # Data wrong or missing, a client too old for it (no other message would fail), features of a later
    # version, inline or not, no public chat, payments.
    (OutcomeKind.BAD, (3, 4, 13, 14, 16, 17, 18, 22)),
    # Not on Viber, an unsuitable device, a country without bots.
    (OutcomeKind.GONE, (5, 11, 21)),
    (OutcomeKind.WITHDRAW, (6,)),
    # Too many messages to this person (100 an hour without an answer), a broadcast that failed.
    (OutcomeKind.RETRY, (12, 19)),
)
_KINDS = {code: kind for kind, codes in _TABLE for code in codes}
_PERSONAL = (OutcomeKind.GONE, OutcomeKind.WITHDRAW)


def outcome(answer: Answer) -> Outcome:
    """What became of a message to one person."""
    code = status(answer)
    if code is None:
        return shared.unanswered(answer.failure) if answer.failure else shared.by_status(answer)
    found = of(code)
    if found.kind is not OutcomeKind.OK:
        return found
    return replace(found, message_id=shared.identifier(shared.content(answer).get("message_token")))


def of(code: int) -> Outcome:
    """Codes beyond the table are general errors, which pass."""
    kind = _KINDS.get(code, OutcomeKind.RETRY)
    return Outcome(kind, str(code) if code else "", account_wide=kind is OutcomeKind.PAUSE)


def of_all(code: int) -> Outcome:
    """The code of a whole broadcast: it speaks of nobody in it, so nobody's consent ends with it."""
    found = of(code)
    if found.kind in _PERSONAL:
        return replace(found, kind=OutcomeKind.BAD)
    return replace(found, account_wide=found.account_wide or code == 12)


def status(answer: Answer) -> int | None:
    """The code in the body, also where it is written as a string; None where the HTTP status decides.

    A server error or a 429 says more than what stands below it; and only a 2xx can be good news.
    """
    if answer.failure or answer.status == 429 or answer.status >= 500:
        return None
    code = shared.whole(shared.content(answer).get("status"))
    return None if code == 0 and not 200 <= answer.status < 300 else code
