"""Rows of an import: each is checked wholly, and refused with the field and what to do."""

import pytest

from rundruf.core.topic import Topic
from rundruf.flows.importing import BadRow, Known, checked, jsonl_rows
from tests.support.people import NOW

KNOWN = Known(frozenset({"whatsapp/main"}), {"news": Topic("news", {"de": "Neues"})})
GOOD = {
    "messenger": "whatsapp",
    "account": "main",
    "user_id": "+49 170 0000001",
    "language": "de",
    "tags": "vegan;press",
    "topics": "news",
    "consent_source": "form",
    "consent_at": "2026-05-01T12:00:00Z",
    "attr.city": "Köln",
}


def test_a_good_row_is_taken_with_its_canonical_number() -> None:
    row = checked(2, GOOD, KNOWN, NOW)
    assert row.identity.user_id == "491700000001"
    assert row.profile.tags == frozenset({"vegan", "press"})
    assert row.profile.attributes == {"city": "Köln"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("messenger", "pigeon"),
        ("account", "other"),
        ("user_id", "hello"),
        ("name", "x" * 121),
        ("language", "German"),
        ("zone", "Europe/Atlantis"),
        ("tags", "x" * 61),
        ("topics", "nowhere"),
        ("consent_source", ""),
        ("consent_source", "x" * 121),
        ("consent_at", ""),
        ("consent_at", "yesterday"),
        ("consent_at", "2999-01-01T00:00:00Z"),
        ("consent_wording", "x" * 201),
        ("attr.city", "x" * 201),
        ("attr.city", "a\0b"),
        ("nmae", "x"),
    ],
)
def test_a_wrong_cell_is_named(column: str, value: str) -> None:
    with pytest.raises(BadRow) as bad:
        checked(2, GOOD | {column: value}, KNOWN, NOW)
    assert bad.value.field == column
    assert bad.value.detail


def test_a_json_line_without_a_name_is_refused_without_its_value() -> None:
    ((_, cells),) = jsonl_rows('{"": "491700000001"}')
    with pytest.raises(BadRow) as bad:
        checked(1, cells, KNOWN, NOW)
    assert "4917" not in bad.value.detail
