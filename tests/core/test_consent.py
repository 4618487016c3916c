"""Consent: what may be asked, confirmed and withdrawn, and in which order things count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.consent import (
    ANSWER_WITHIN,
    ASK_AGAIN_AFTER,
    FOREVER,
    Action,
    Consent,
    Fact,
    confirmation,
    may_ask,
    withdrawal,
)
from tests.support.people import DAY, NOW, consenting

ASKED = Consent().after(Fact(Action.ASKED, NOW, ("news",)))


def test_a_question_is_not_consent() -> None:
    assert ASKED.topics == frozenset()
    assert ASKED.asked == ("news",)


@pytest.mark.parametrize(
    ("consent", "at", "expected"),
    [
        pytest.param(ASKED, NOW + 1, ("news",), id="yes after the question"),
        pytest.param(Consent(), NOW, (), id="yes without a question"),
        pytest.param(ASKED, NOW + ANSWER_WITHIN + 1, (), id="yes a week too late"),
        pytest.param(
            Consent(asked=("news",), asked_at=NOW - 10, stopped_at=NOW),
            NOW,
            (),
            id="a yes as old as the stop",
        ),
    ],
)
def test_what_a_yes_confirms(consent: Consent, at: int, expected: tuple[str, ...]) -> None:
    assert confirmation(consent, at) == expected


def test_the_same_question_is_not_put_twice_a_day() -> None:
    assert not may_ask(ASKED, ("news",), NOW + ASK_AGAIN_AFTER - 1)
    assert may_ask(ASKED, ("news",), NOW + ASK_AGAIN_AFTER)
    assert may_ask(ASKED, ("news", "offers"), NOW + 1)
    assert not may_ask(consenting("news"), ("news",), NOW)


@pytest.mark.parametrize(
    ("topic", "everything", "at", "left", "service"),
    [
        pytest.param(None, False, NOW, (), True, id="stop leaves all topics, not the service messages"),
        pytest.param("news", False, NOW, ("offers",), True, id="stop news leaves one"),
        pytest.param(None, True, NOW, (), False, id="stop all ends service messages too"),
        pytest.param(None, False, NOW - DAY, (), True, id="at equal times the stop wins"),
        pytest.param(
            None, False, NOW - DAY - 5_001, ("news", "offers"), True, id="an older stop was answered already"
        ),
        pytest.param("recipes", False, NOW, ("news", "offers"), True, id="a topic never joined"),
    ],
)
def test_what_a_stop_leaves(
    topic: str | None, everything: bool, at: int, left: tuple[str, ...], service: bool
) -> None:
    held = consenting("news", "offers")
    fact = withdrawal(held, topic, everything, at)
    after = held.after(fact) if fact else held
    assert after.topics == frozenset(left)
    assert after.service is service


def test_the_same_stop_again_changes_nothing() -> None:
    held = consenting("news")
    first = withdrawal(held, None, False, NOW)
    assert first is not None
    assert withdrawal(held.after(first), None, False, NOW) is None


def test_a_later_stop_is_kept_though_nothing_is_held() -> None:
    stopped = consenting("news").after(Fact(Action.WITHDRAWN, NOW, ("news",)))
    later = withdrawal(stopped, None, False, NOW + 5)
    assert later is not None
    assert later.topics == ()
    assert stopped.after(later).stopped_at == NOW + 5


def test_a_stop_also_ends_an_open_question() -> None:
    fact = withdrawal(ASKED, None, False, NOW + 5)
    assert fact is not None
    assert confirmation(ASKED.after(fact), NOW + 10) == ()


def test_the_platforms_resume_does_not_lift_our_own_stop() -> None:
    held = consenting("news").after(Fact(Action.PLATFORM_STOP, NOW))
    stopped = held.after(Fact(Action.WITHDRAWN, NOW + 1, ("news",)))
    resumed = stopped.after(Fact(Action.PLATFORM_RESUME, NOW + 2))
    assert not resumed.platform_stop
    assert resumed.topics == frozenset()


def test_unblocking_is_no_renewed_consent() -> None:
    blocked = consenting("news").after(Fact(Action.BLOCKED, NOW, ("news",)))
    assert not blocked.service
    assert blocked.after(Fact(Action.UNBLOCKED, NOW + 1)).topics == frozenset()


@given(st.permutations([("grant", 1), ("stop", 2), ("grant", 3), ("stop", 4)]))
def test_any_order_of_arrival_ends_stopped_when_the_last_word_was_stop(order: list[tuple[str, int]]) -> None:
    consent = Consent()
    for what, at in order:
        if what == "stop":
            fact = withdrawal(consent, None, False, at)
            consent = consent.after(fact or Fact(Action.DECLINED, at))
        elif at > consent.stopped_at:
            consent = consent.after(Fact(Action.ASKED, at, ("news",)))
            topics = confirmation(consent, at)
            consent = consent.after(Fact(Action.CONFIRMED, at, topics)) if topics else consent
    assert consent.topics == frozenset()


PAUSED = consenting("news", "offers").after(Fact(Action.PAUSED, NOW, until=NOW + DAY))


def test_a_pause_keeps_the_topics_and_ends_by_itself() -> None:
    assert PAUSED.topics == {"news", "offers"}
    assert PAUSED.paused(NOW + DAY - 1)
    assert not PAUSED.paused(NOW + DAY)
    assert consenting("news").after(Fact(Action.PAUSED, NOW, until=FOREVER)).paused(NOW + 5_000 * DAY)


def test_a_pause_ends_when_the_person_says_so_or_joins_again() -> None:
    assert not PAUSED.after(Fact(Action.RESUMED, NOW + 1)).paused(NOW + 1)
    assert not PAUSED.after(Fact(Action.CONFIRMED, NOW + 1, ("recipes",))).paused(NOW + 1)


@pytest.mark.parametrize("action", [Action.CONFIRMED, Action.IMPORTED])
def test_a_grant_from_before_a_pause_does_not_end_it(action: Action) -> None:
    assert PAUSED.after(Fact(action, NOW, ("recipes",))).paused(NOW + 1)


def test_a_lapsed_consent_is_no_stop() -> None:
    lapsed = consenting("news", "offers").after(Fact(Action.LAPSED, NOW, ("news", "offers")))
    assert (lapsed.topics, lapsed.lapsed, lapsed.stopped_at) == (frozenset(), ("news", "offers"), 0)
    assert may_ask(lapsed, ("news",), NOW)
    assert lapsed.after(Fact(Action.ASKED, NOW, ("news", "offers"))).lapsed == ()


def test_an_objection_ends_everything_that_is_marketing() -> None:
    asked = consenting("news").after(Fact(Action.ASKED, NOW, ("offers",)))
    objected = asked.after(Fact(Action.OBJECTED, NOW + 1, ("news", "offers")))
    assert (objected.topics, objected.asked, objected.stopped_at) == (frozenset(), (), NOW + 1)
    assert objected.service
    assert confirmation(objected, NOW + 2) == ()


def test_who_objected_comes_back_by_their_own_word_only() -> None:
    objected = consenting("news").after(Fact(Action.OBJECTED, NOW, ("news",)))
    assert objected.after(Fact(Action.IMPORTED, NOW + DAY, ("news",))) == objected
    again = objected.after(Fact(Action.CONFIRMED, NOW + DAY, ("news",)))
    assert again.topics == {"news"}
    assert not again.objected
