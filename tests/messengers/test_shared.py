"""The pieces that every messenger is made of."""

import pytest

from rundruf.messengers import shared
from rundruf.messengers.contract import Answer
from rundruf.messengers.limits import file_name, opens


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("wamid.HBg=", "wamid.HBg=", id="visible ASCII"),
        pytest.param(42, "42", id="a whole number"),
        pytest.param(-100123, "-100123", id="a negative number"),
        pytest.param("x" * 512, "x" * 512, id="512 characters"),
        pytest.param("x" * 513, "", id="513 characters"),
        pytest.param("a b", "", id="a blank"),
        pytest.param("a\n", "", id="a line break"),
        pytest.param("ä", "", id="not ASCII"),
        pytest.param("", "", id="nothing"),
        pytest.param(True, "", id="a truth"),
        pytest.param(1.5, "", id="a fraction"),
        pytest.param(None, "", id="none"),
        pytest.param(["a"], "", id="a list"),
    ],
)
def test_identifier(given: object, expected: str) -> None:
    assert shared.identifier(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1749416383, 1749416383000),
        ("1749416383", 1749416383000),
        (1749416383123, 1749416383123),
        ("1749416383123", 1749416383123),
        (0, 0),
        (-5, 0),
        (10**14, 0),
        (True, 0),
        (1749416383.5, 0),
        ("gestern", 0),
        ("1749416383\n", 0),
        ("٣", 0),
        (None, 0),
    ],
)
def test_milliseconds(given: object, expected: int) -> None:
    assert shared.milliseconds(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (35, 35.0),
        ("35", 35.0),
        ("0.5", 0.5),
        (0, 0.0),
        (10**9, 1e9),
        (-1, None),
        ("-1", None),
        ("NaN", None),
        (float("nan"), None),
        (float("inf"), None),
        ("1e9", None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        (True, None),
        (None, None),
    ],
)
def test_seconds(given: object, expected: float | None) -> None:
    assert shared.seconds(given) == expected


def test_a_waiting_time_is_found_whatever_the_header_is_spelled_like() -> None:
    for name in ("retry-after", "Retry-After", "RETRY-AFTER"):
        assert shared.retry_after(Answer(429, {name: " 7 "})) == 7.0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("text", "text"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "other"),
        ("a b", "other"),
        (7, "other"),
        ("", "other"),
    ],
)
def test_a_counter_has_a_plain_name(given: object, expected: str) -> None:
    assert shared.kind(given) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.jpg",
        "ftp://x/a",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "https://[",
        "https://a b",
        "https://x\n",
    ],
)
def test_what_is_no_web_address_does_not_open(url: str) -> None:
    assert not opens(url)


@pytest.mark.parametrize(
    "url", ["https://x.example", "HTTP://x/a?b#c", "https://köln.example/ä", "{{ link }}"]
)
def test_a_web_address_opens(url: str) -> None:
    assert opens(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.example/a/preise%202027.pdf?v=2", "preise 2027.pdf"),
        ("https://x.example/a%2Fb.pdf", "b.pdf"),
        ("https://x.example/", ""),
        ("https://x.example/{{ file }}", ""),
        ("https://[", ""),
    ],
)
def test_file_name(url: str, name: str) -> None:
    assert file_name(url) == name
