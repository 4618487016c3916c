"""What messengers charge: the whole price table, read and written at once."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from rundruf.api.context import Context
from rundruf.api.models import Model, Slug, moment
from rundruf.api.problems import Problem
from rundruf.core.price import Price, problems
from rundruf.messengers import UnknownMessenger, messenger

MOST_ROWS = 500
MOST_ERRORS = 20
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
CURRENCY = re.compile(r"[A-Z]{3}")
COUNTRY = re.compile(r"([1-9][0-9]{0,6})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _amount(text: str) -> str:
    if not AMOUNT.fullmatch(text):
        raise ValueError('must be an amount of 0 or more as text, such as "0.0456"')
    return text


def _currency(text: str) -> str:
    if not CURRENCY.fullmatch(text):
        raise ValueError('must be three capital letters as in ISO 4217, such as "EUR"')
    return text


def _country(text: str) -> str:
    if not COUNTRY.fullmatch(text):
        raise ValueError('must be the beginning of a telephone number without "+" or "00", such as "49"')
    return text


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError('must be a day that there is, such as "2026-01-31"')


Amount = Annotated[str, AfterValidator(_amount)]
Currency = Annotated[str, AfterValidator(_currency)]
Day = Annotated[date, BeforeValidator(_day)]


class PriceModel(Model):
    """What one message costs from ``since`` until ``until``, that day included (null: until further notice).

    ``account`` left out: every account of the messenger; ``country`` (the beginning of telephone numbers)
    left out: every country. What is said for an account or a country counts before what is said for all.
    """

    messenger: Slug
    account: Slug | Literal[""] = ""
    kind: Literal["marketing", "transactional"] = "marketing"
    country: Annotated[str, AfterValidator(_country)] = ""
    amount: Amount
    currency: Currency
    since: Day
    until: Day | None = None
    source: Annotated[str, StringConstraints(max_length=300)] = ""


class PricesIn(Model):
    """The whole table: what was there before is replaced."""

    prices: list[PriceModel] = Field(max_length=MOST_ROWS)


class PricesOut(PricesIn):
    changed: datetime | None


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    table = context.wiring.prices

    @app.get("/v1/prices", tags=["prices"], summary="What messengers charge, as you told it")
    def prices() -> PricesOut:
        context.may("reports", "send")
        rows, changed = table.read()
        return _out(rows, changed)

    @app.put("/v1/prices", tags=["prices"], summary="Replace the whole price table")
    def put_prices(body: PricesIn) -> PricesOut:
        """Messengers change their prices and tell some to partners only, so the table is yours. Where it has
        no price, preflight says that the price is unknown."""
        context.may("admin")
        rows = [_row(one) for one in body.prices]
        _check(rows, context)
        now = context.now()
        table.put(rows, now)
        return _out(rows, now)


def _row(model: PriceModel) -> Price:
    return Price(
        model.messenger,
        model.kind,
        Decimal(model.amount),
        model.currency,
        model.since,
        model.until,
        model.account,
        model.country,
        model.source,
    )


def _check(rows: list[Price], context: Context) -> None:
    """Raises Problem naming every row that cannot stand."""
    accounts = {account.id for account in context.wiring.accounts.all()}
    wrong = []
    for number, row in enumerate(rows):
        try:
            messenger(row.messenger)
        except UnknownMessenger:
            wrong.append((f"prices.{number}.messenger", f"there is no messenger {row.messenger!r}"))
            continue
        if row.account and f"{row.messenger}/{row.account}" not in accounts:
            said = f"there is no account {row.messenger}/{row.account}; see GET /v1/accounts"
            wrong.append((f"prices.{number}.account", said))
    wrong += [(f"prices.{number}", f"row {number + 1} {said}") for number, said in problems(rows)]
    if wrong:
        more = len(wrong) - MOST_ERRORS
        detail = f"{wrong[0][0]}: {wrong[0][1]}" + (f" (and {more} more than are listed)" if more > 0 else "")
        raise Problem("invalid", detail, wrong[:MOST_ERRORS])


def _out(rows: list[Price], changed: int) -> PricesOut:
    return PricesOut(
        prices=[
            PriceModel(
                messenger=row.messenger,
                account=row.account,
                kind="transactional" if row.kind == "transactional" else "marketing",
                country=row.country,
                amount=str(row.amount),
                currency=row.currency,
                since=row.since,
                until=row.until,
                source=row.source,
            )
            for row in rows
        ],
        changed=moment(changed),
    )
