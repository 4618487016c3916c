"""The README's generated tables are what the code says now."""

from tools.readme import ROOT, TABLES, filled


def test_the_generated_tables_are_up_to_date() -> None:
    text = (ROOT / "README.md").read_text()
    assert filled(text) == text, "run: python -m tools.readme"


def test_every_generated_table_has_rows() -> None:
    for made in TABLES.values():
        assert made().count("\n| ") >= 2
