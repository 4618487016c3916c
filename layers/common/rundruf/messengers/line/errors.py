"""What LINE's answers mean; it tells causes in words beside the HTTP status.

https://developers.line.biz/en/reference/messaging-api/#error-responses (2026-08-07)
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Unreadable

# Status, words within what is told (in lower case), and what it is; the first that fits counts.
_TABLE: tuple[tuple[int, str, Outcome], ...] = (
    (400, "invalid reply token", Outcome(OutcomeKind.BAD, "reply_token")),
    (400, "failed to send messages", Outcome(OutcomeKind.GONE, "unknown_user")),
    # Some accounts need LINE's leave for statistics; the account's setting switches them off.
    (400, "customaggregationunits", Outcome(OutcomeKind.PAUSE, "aggregation_units", account_wide=True)),
    (400, "retry key", Outcome(OutcomeKind.BAD, "retry_key")),
    (400, "the request body has", Outcome(OutcomeKind.BAD, "request_body")),
    (400, "", Outcome(OutcomeKind.BAD, "400")),
    (401, "", Outcome(OutcomeKind.TOKEN, "401", account_wide=True)),
    (403, "", Outcome(OutcomeKind.PAUSE, "403", account_wide=True)),
    (404, "", Outcome(OutcomeKind.PAUSE, "404", account_wide=True)),
    (409, "", Outcome(OutcomeKind.DUP, "409")),
    (413, "", Outcome(OutcomeKind.BAD, "413")),
    (415, "", Outcome(OutcomeKind.BAD, "415")),
    # The same status as the rate's: this one does not pass by waiting.
    (429, "monthly limit", Outcome(OutcomeKind.PAUSE, "monthly_limit", account_wide=True)),
    (429, "", Outcome(OutcomeKind.RETRY, "429", account_wide=True)),
)
NOBODY_THERE = Outcome(OutcomeKind.GONE, "bad_id")

# "The property, to[1], in the request body is invalid"; answers of push put marks around the name
# (https://github.com/line/line-bot-sdk-java/issues/54).
_SENTENCE = re.compile(r"the property, '?(to(?:\[\d{1,6}\])?)'?,")
_PROPERTY = re.compile(r"to(?:\[(\d{1,6})\])?")


def outcome(answer: Answer) -> Outcome:
    """What became of the one message of a call, or of all of them."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    if answer.status == 200 and opened(answer) is not None:
        return Outcome(OutcomeKind.OK)
    said = "\n".join(_said(answer)).lower()
    for status, words, found in _TABLE:
        if status == answer.status and words in said:
            wait = shared.retry_after(answer) if found.kind is OutcomeKind.RETRY else None
            return replace(found, retry_after=wait)
    return shared.by_status(answer)


def opened(answer: Answer) -> shared.Record | None:
    """The JSON object of an answer, which may be empty; None where there is none."""
    try:
        return shared.opened(answer.body)
    except Unreadable:
        return None


def refused(answer: Answer) -> frozenset[int | None]:
    """The places in ``to`` of people for whose sake nothing was sent to anybody; None: the only one in it."""
    if answer.status != 400:
        return frozenset()
    named = [
        _PROPERTY.fullmatch(one) for said in _said(answer) for one in (said, *_SENTENCE.findall(said.lower()))
    ]
    return frozenset(int(one[1]) if one[1] else None for one in named if one)


def _said(answer: Answer) -> Iterator[str]:
    """Message, and message and property of each detail."""
    content = shared.content(answer)
    yield shared.text(content.get("message"))
    for detail in shared.records(content.get("details")):
        yield shared.text(detail.get("message"))
        yield shared.text(detail.get("property"))
