"""What became of one send, in the same words for every messenger."""

from dataclasses import dataclass
from enum import StrEnum


class OutcomeKind(StrEnum):
    """The classes every messenger's codes are sorted into."""

    OK = "ok"  # accepted
    DUP = "dup"  # accepted earlier
    RETRY = "retry"  # definitely not sent, may work later
    TOKEN = "token"  # noqa: S105 - renew the credential once, then try again
    BAD = "bad"  # our content or our code
    GONE = "gone"  # this person can never be reached there
    WITHDRAW = "withdraw"  # blocked or unsubscribed: consent ends
    WINDOW = "window"  # the reply window is shut
    PAUSE = "pause"  # account, quota or money: stop the account
    UNKNOWN = "unknown"  # the request may or may not have arrived


_NOT_NOW = (OutcomeKind.RETRY, OutcomeKind.TOKEN, OutcomeKind.PAUSE, OutcomeKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One send's result.

    ``code`` is the messenger's own code or a short word of ours, never free text of the answer;
    ``retry_after`` is in seconds as the messenger said it, unclamped; ``account_wide`` says that the
    wait or the fault concerns the whole account and not just this person; ``message_id`` is the
    messenger's id of the accepted message.
    """

    kind: OutcomeKind
    code: str = ""
    retry_after: float | None = None
    account_wide: bool = False
    message_id: str = ""

    @property
    def accepted(self) -> bool:
        return self.kind in (OutcomeKind.OK, OutcomeKind.DUP)

    @property
    def inconclusive(self) -> bool:
        """Says nothing of an earlier call under the same key, which may have been taken all the same."""
        return self.kind in _NOT_NOW and not self.spoiled

    @property
    def spoiled(self) -> bool:
        """Refused for another person's sake only, who was in the same call: to be sent to again at once."""
        return self.kind is OutcomeKind.RETRY and self.retry_after == 0
