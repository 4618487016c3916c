"""K8: the scan of the workers' logs finds what must not be there."""

import pytest

from tests.drill.place import TOKENS, told_too_much, user_of


@pytest.mark.parametrize("messenger", ["telegram", "whatsapp", "line"])
def test_a_person_in_a_log_is_found(messenger: str) -> None:
    assert told_too_much(f'{{"error": "no chat {user_of(messenger, 12)}"}}') == ["people"]


def test_a_text_or_a_token_in_a_log_is_found() -> None:
    assert told_too_much("Hello from b1") == ["texts"]
    token = TOKENS["telegram"]["bot_token"][0]
    assert told_too_much(f"POST /bot{token}/sendMessage") == ["secrets"]


def test_what_our_logs_say_is_not_too_much() -> None:
    line = '{"level":"INFO","message":"batch","timestamp":"2026-11-23T09:08:17.671+00:00","records":1}'
    assert told_too_much(line) == []
