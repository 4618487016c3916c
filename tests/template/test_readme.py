"""The generated tables of README and docs are what the code says now."""

import pytest

from tools.readme import DOCS, ROOT, filled


@pytest.mark.parametrize("name", DOCS)
def test_the_generated_tables_are_up_to_date(name: str) -> None:
    text = (ROOT / name).read_text()
    assert filled(text, DOCS[name]) == text, "run: python -m tools.readme"


def test_every_generated_table_has_rows() -> None:
    for tables in DOCS.values():
        for made in tables.values():
            assert made().count("\n| ") >= 2
