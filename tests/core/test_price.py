"""The price table: which row counts, what overlaps, what nobody knows."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.price import Price, cost, countries, country_of, price, problems

DAY = date(2026, 11, 23)
EVERYWHERE = Price("whatsapp", "marketing", Decimal("0.09"), "EUR", date(2026, 1, 1))
GERMANY = replace(EVERYWHERE, amount=Decimal("0.1131"), country="49")
OWN = replace(EVERYWHERE, amount=Decimal("0.05"), account="shop")
OWN_GERMANY = replace(OWN, amount=Decimal("0.06"), country="49")
NEXT_YEAR = replace(EVERYWHERE, amount=Decimal("0.2"), since=date(2027, 1, 1))
THIS_YEAR = replace(EVERYWHERE, until=date(2026, 12, 31))


def test_the_row_that_says_most_counts() -> None:
    rows = [EVERYWHERE, GERMANY, OWN, OWN_GERMANY]
    found = {
        (account, country): price(rows, account, "marketing", country, DAY)
        for account in ("whatsapp/main", "whatsapp/shop")
        for country in ("49", "33", "")
    }
    assert found == {
        ("whatsapp/main", "49"): GERMANY,
        ("whatsapp/main", "33"): EVERYWHERE,
        ("whatsapp/main", ""): EVERYWHERE,
        ("whatsapp/shop", "49"): OWN_GERMANY,
        ("whatsapp/shop", "33"): OWN,
        ("whatsapp/shop", ""): OWN,
    }


def test_a_row_counts_on_its_days_only() -> None:
    rows = [THIS_YEAR, NEXT_YEAR]
    assert problems(rows) == []
    for day, row in (
        (date(2025, 12, 31), None),
        (date(2026, 12, 31), THIS_YEAR),
        (date(2027, 1, 1), NEXT_YEAR),
    ):
        assert price(rows, "whatsapp/main", "marketing", "49", day) == row


def test_other_messengers_and_kinds_have_no_price() -> None:
    assert price([EVERYWHERE], "line/main", "marketing", "", DAY) is None
    assert price([EVERYWHERE], "whatsapp/main", "transactional", "", DAY) is None


def test_rows_that_overlap_or_end_before_they_begin_are_named() -> None:
    later = replace(EVERYWHERE, since=date(2026, 12, 31))
    assert problems([THIS_YEAR, GERMANY, later]) == [(2, "holds on days on which row 1 holds for the same")]
    assert problems([replace(EVERYWHERE, until=date(2025, 1, 1))]) == [(0, "until lies before since")]


def test_a_number_belongs_to_the_longest_country() -> None:
    known = countries(
        [GERMANY, replace(GERMANY, country="1"), replace(GERMANY, country="1809")], "whatsapp/x", "marketing"
    )
    assert known == ("1809", "49", "1")
    assert [
        country_of(one, known) for one in ("+18095551234", "12125551234", "4917", "+33612", "U4af49")
    ] == [
        "1809",
        "1",
        "49",
        "",
        "",
    ]


def test_what_has_no_price_is_counted_and_not_free() -> None:
    told = cost(
        [GERMANY],
        {("whatsapp/main", "49"): 100, ("whatsapp/main", ""): 3, ("line/main", ""): 7},
        "marketing",
        DAY,
    )
    assert (told.amounts, told.unpriced) == ({"EUR": Decimal("11.3100")}, 10)


days = st.integers(0, 60).map(lambda days: DAY + timedelta(days))


@given(st.lists(st.tuples(days, st.none() | days), max_size=6), days)
def test_a_table_without_problems_has_one_row_for_a_day(
    spans: list[tuple[date, date | None]], day: date
) -> None:
    rows = [replace(EVERYWHERE, since=since, until=until) for since, until in spans]
    holding = [row for row in rows if row.holds_on(day)]
    if not problems(rows):
        assert len(holding) <= 1
    if len(holding) > 1:
        assert problems(rows)
