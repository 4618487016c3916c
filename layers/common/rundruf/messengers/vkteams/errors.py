"""What answers of the bot API mean: errors come with status 200, and say why only in words."""

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer

# As in the vendor's own client (2024-04), compared in lower case. What it says of unknown chats and of people
# who blocked the bot is published nowhere, so no refusal of one message ends consent.
_REFUSALS: tuple[tuple[str, OutcomeKind, str], ...] = (
    ("invalid token", OutcomeKind.PAUSE, "invalid_token"),
    ("ratelimit", OutcomeKind.RETRY, "rate_limit"),
    ("missing required parameter", OutcomeKind.BAD, "missing_parameter"),
)


def interpret(answer: Answer) -> Outcome:
    """Decides on the words in the body, then on the status."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    content = shared.content(answer)
    if content.get("ok") is True and 200 <= answer.status < 300:
        return Outcome(OutcomeKind.OK, message_id=shared.identifier(content.get("msgId")))
    if content.get("ok") is not False or answer.status >= 500:
        return shared.by_status(answer)
    said = shared.text(content.get("description")).lower()
    for words, kind, code in _REFUSALS:
        if words in said:
            wait = shared.retry_after(answer) if kind is OutcomeKind.RETRY else None
            return Outcome(kind, code, wait, account_wide=kind is not OutcomeKind.BAD)
    if answer.status == 429:
        return shared.by_status(answer)
    return Outcome(OutcomeKind.BAD, "refused")
