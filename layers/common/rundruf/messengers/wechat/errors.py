"""WeChat's error codes, sorted. They come with HTTP status 200, and in some events.

Checked 2026-11-22 against
https://developers.weixin.qq.com/doc/service/guide/dev/api/errcode.html
"""

from collections.abc import Iterator, Mapping

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Unreadable

MINUTE = 60.0  # seconds

# Kind, whether it concerns the whole account, seconds to wait where told, and the codes.
_SORTS: tuple[tuple[OutcomeKind, bool, float | None, tuple[int, ...]], ...] = (
    (OutcomeKind.TOKEN, True, None, (40001, 40014, 41001, 42001)),
    # Busy, or one call at a time.
    (OutcomeKind.RETRY, True, None, (-1, 43108, 46007)),
    # So many calls a minute.
    (OutcomeKind.RETRY, True, MINUTE, (45011,)),
    # The same mass message again too soon.
    (OutcomeKind.RETRY, False, MINUTE, (45066,)),
    (OutcomeKind.RETRY, False, None, (45061, 45085)),
    # The mass message with this key was sent already.
    (OutcomeKind.DUP, False, None, (45065,)),
    # No openid of this account, nobody, on our own blacklist.
    (OutcomeKind.GONE, False, None, (40003, 46004, 43019, 45036)),
    # Does not follow us any more, or shut off our messages.
    (OutcomeKind.WITHDRAW, False, None, (43004, 43005, 50005, 48002)),
    # Too late, too often, or no leave for this notice (43101).
    (OutcomeKind.WINDOW, False, None, (45015, 45047, 43101)),
    # Quotas of the day and the month.
    (OutcomeKind.PAUSE, True, None, (45009, 45028, 45040, 45093, 45104, 45026, 43100)),
    # The account: id, secret, address of the caller, rights, bans.
    (
        OutcomeKind.PAUSE,
        True,
        None,
        (
            *(40013, 40125, 40164, *range(89501, 89508), 48001, 48003, 48004, 48008, 48009),
            *(50001, 50002, 50004, 43104, 43107, 45087, 45094, 45102, 61003, 61007),
        ),
    ),
    # Our request or our content.
    (
        OutcomeKind.BAD,
        False,
        None,
        (
            *range(40004, 40013),
            *(40031, 40032, 40033, 40037, 40038, 40130, 40200, 44002, 44003, 44004),
            *range(45001, 45009),
            *(45067, 45083, 45159, 45166, 45168, 47001, 47002, 47003, 87014),
        ),
    ),
)


def _unfolded() -> Iterator[tuple[int, Outcome]]:
    for kind, account_wide, wait, codes in _SORTS:
        for code in codes:
            yield code, Outcome(kind, str(code), retry_after=wait, account_wide=account_wide)


_TABLE: Mapping[int, Outcome] = dict(_unfolded())


def outcome(code: int) -> Outcome:
    """What a code other than 0 means; an unknown one is our fault and never the person's will."""
    return _TABLE.get(code) or Outcome(OutcomeKind.BAD, str(code))


def interpret(answer: Answer) -> Outcome:
    """Decides on ``errcode``; where it is missing beside an id or an "ok", it is 0."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    content = _content(answer)
    code = shared.whole(content.get("errcode", 0 if _accepted(content) else None))
    if code is None or (code == 0 and not 200 <= answer.status < 300):
        return shared.by_status(answer)
    if code == 0:
        return Outcome(OutcomeKind.OK, message_id=_message_id(content))
    found = outcome(code)
    if found.kind is OutcomeKind.DUP:
        return Outcome(found.kind, found.code, message_id=_message_id(content))
    return found


def _content(answer: Answer) -> shared.Record:
    try:
        return shared.opened(answer.body)
    except Unreadable:
        return {}


def _accepted(content: shared.Record) -> bool:
    return content.get("errmsg") == "ok" or bool(_message_id(content))


def _message_id(content: shared.Record) -> str:
    """Templates and notices have a ``msgid``, mass messages a ``msg_id``, replies none."""
    return shared.identifier(content.get("msgid", content.get("msg_id")))


def code_of(answer: Answer) -> int | None:
    """The error code of any answer: 0 where it has none, None where it cannot be read."""
    content = _content(answer)
    return shared.whole(content.get("errcode", 0)) if content else None
