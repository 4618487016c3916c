"""Reports: figures that balance, no 0 for what nobody reports, tables that run nothing, a page to mail."""

import csv
import io
import re
from typing import Any

import pytest

from rundruf.aws.growth import TableGrowth
from rundruf.core.chunk import Mark
from rundruf.core.clicks import link_id
from rundruf.core.report import Receipts
from rundruf.flows.newsletter import issue
from rundruf.flows.planning import start
from tests.api.client import Client
from tests.api.test_broadcasts import BODY, DRAFT, add, chunked
from tests.browser.evaluated import page

URL = "https://shop.example/autumn"
HOUR = 495_000
BALANCE = ("sent", "unknown", "expired", "pending")


@pytest.fixture
def told(cafe: Client) -> tuple[Client, str]:
    """Four people on Telegram, which reports neither delivery nor reading, and two clicks."""
    people = add(cafe, 1, 2, 3, 4)
    made = str(cafe.post("/v1/broadcasts", BODY | {"message": {"text": f"See {URL}"}})["id"])
    marks = dict(zip(people, (Mark.SENT, Mark.SENT, Mark.UNKNOWN, Mark.SKIPPED_CAP), strict=True))
    chunked(cafe, made, marks, receipts=Receipts.of(HOUR, replied=frozenset({0}), left=frozenset({1})))
    store = cafe.wiring.broadcasts
    store.link(made, {link_id(URL): URL})
    for _ in range(2):
        store.click(made, link_id(URL), HOUR * 3_600_000)
    return cafe, made


def table(answer: Any, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body.decode()), delimiter=separator))


def test_a_report_says_what_came_of_it(told: tuple[Client, str]) -> None:
    api, made = told
    report = api.get(f"/v1/broadcasts/{made}/report")
    figures = report["figures"]
    assert (figures["audience"], figures["sent"], figures["skipped"]) == (4, 2, {"cap": 1})
    assert figures["audience"] == sum(figures[one] for one in BALANCE) + 1
    assert (figures["replied"], figures["left"], figures["clicked"]) == (1, 1, 2)
    assert report["links"] == [{"url": URL, "clicks": 2}]
    assert [one["clicked"] for one in report["hours"] if one["clicked"]] == [2]
    assert sum(report["best_hours"]["replied"]) == 1
    assert report["by_account"]["telegram/main"]["sent"] == 2


def test_what_nobody_reports_is_never_zero(told: tuple[Client, str]) -> None:
    api, made = told
    report = api.get(f"/v1/broadcasts/{made}/report")
    assert report["figures"]["delivered"] is None
    assert report["figures"]["read"] is None
    assert report["bases"]["read"] == 0
    (everybody, *_) = table(api("GET", f"/v1/broadcasts/{made}/report?format=csv"))
    assert (everybody["of"], everybody["read"], everybody["sent"]) == ("all", "not reported", "2")
    page = api("GET", f"/v1/broadcasts/{made}/report?format=html&language=en").body.decode()
    assert "not reported" in page


def test_links_that_are_not_counted_are_not_zero(cafe: Client) -> None:
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY | {"track": "none"})
    assert made["figures"]["clicked"] == "not reported"
    assert cafe.get(f"/v1/broadcasts/{made['id']}/report")["figures"]["clicked"] is None


@pytest.mark.parametrize("part", ["figures", "hours", "links", "reasons"])
def test_a_table_is_what_spreadsheets_read(told: tuple[Client, str], part: str) -> None:
    api, made = told
    answer = api("GET", f"/v1/broadcasts/{made}/report?format=csv&table={part}&separator=%3B&excel=true")
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert answer.type == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="report-{made}-{part}.csv"'
    lines = answer.body.decode("utf-8-sig").split("\r\n")
    assert len({line.count(";") for line in lines if line}) == 1


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_no_cell_is_a_formula(cafe: Client, name: str) -> None:
    link = f"https://shop.example/{name.strip()}"
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY | {"name": name})["id"]
    cafe.wiring.broadcasts.link(made, {"aaaaaaaa": name.strip() or link})
    body = cafe("GET", f"/v1/broadcasts/{made}/report?format=csv&table=links").body.decode()
    assert not re.search(r"(^|,)\s*[=+@-]", body, re.MULTILINE)


def test_a_page_runs_nothing_and_loads_nothing(told: tuple[Client, str]) -> None:
    api, made = told
    for language in ("de", "en"):
        answer = api("GET", f"/v1/broadcasts/{made}/report?format=html&language={language}")
        page = answer.body.decode()
        assert page.startswith("<!doctype html>")
        assert f'<html lang="{language}">' in page
        assert not re.search(r"<script|<link|<img|<iframe|src=|@import|url\((?!#)", page)
        assert not re.search(r"\son\w+=|\sstyle=", page)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_names_and_texts_are_never_markup(cafe: Client) -> None:
    add(cafe, 1)
    odd = "<script>alert(1)</script>"
    made = cafe.post("/v1/broadcasts", DRAFT | {"name": odd, "message": {"text": odd}})["id"]
    page = cafe("GET", f"/v1/broadcasts/{made}/report?format=html").body.decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 2


def test_a_browser_gets_the_page_and_a_program_the_data(told: tuple[Client, str]) -> None:
    api, made = told
    seen = {
        accept: api("GET", f"/v1/broadcasts/{made}/report", headers={"accept": accept}).type.partition(";")[0]
        for accept in ("text/html,application/xhtml+xml", "text/csv", "application/json", "*/*")
    }
    assert list(seen.values()) == ["text/html", "text/csv", "application/json", "application/json"]


def test_recipients_are_a_table_page_by_page(cafe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rundruf.api.reports.A_PAGE", 2)
    people = add(cafe, 1, 2, 3, 4, 5)
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    chunked(cafe, made, *({one: Mark.SENT} for one in people))
    file, cursor, pages = "", "", 0
    while pages == 0 or cursor:
        answer = cafe("GET", f"/v1/broadcasts/{made}/recipients?format=csv&cursor={cursor}")
        file, cursor, pages = file + answer.body.decode(), answer.headers.get("x-next-cursor", ""), pages + 1
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [row["contact"] for row in rows] == people
    assert {row["delivered"] for row in rows} == {"not reported"}
    assert pages > 1


def test_a_report_needs_the_right_to_it(told: tuple[Client, str]) -> None:
    api, made = told
    assert Client(api.stack, scopes="send")("GET", f"/v1/broadcasts/{made}/report").problem == "forbidden"
    assert Client(api.stack, scopes="reports")("GET", f"/v1/broadcasts/{made}/report").status == 200
    assert api("GET", "/v1/broadcasts/nothing/report").problem == "not-found"
    assert api("GET", "/v1/newsletters/nothing/report").problem == "not-found"


def test_a_newsletters_report_is_that_of_its_issues(cafe: Client) -> None:
    people = add(cafe, 1, 2)
    newsletter = cafe.post(
        "/v1/newsletters",
        {
            "name": "Weekly",
            "topic": "news",
            "message": {"text": "Hello"},
            "schedule": {"cron": "0 9 * * 1", "zone": "Europe/Berlin"},
        },
    )["id"]
    empty = cafe.get(f"/v1/newsletters/{newsletter}/report")
    assert (empty["figures"]["audience"], empty["issues"]) == (0, [])
    held = cafe.wiring.catalogue.newsletter(newsletter)
    assert held is not None
    for slot in (1, 2):
        made = issue(held, slot * 86_400_000, cafe.wiring.broadcasts.now())
        cafe.wiring.broadcasts.create(made)
        start(made.id, cafe.api.context.services)
        chunked(cafe, made.id, dict.fromkeys(people, Mark.SENT))
    report = cafe.get(f"/v1/newsletters/{newsletter}/report")
    assert report["figures"]["sent"] == 4
    assert [one["figures"]["sent"] for one in report["issues"]] == [2, 2]
    page = cafe("GET", f"/v1/newsletters/{newsletter}/report?format=html&language=en").body.decode()
    assert "Issue by issue" in page


def test_a_topics_growth_is_told_by_day_source_and_cohort(cafe: Client) -> None:
    store = TableGrowth(cafe.wiring.table)
    steps = {"2026-09-28|joined|KRTMBXZV": 10, "2026-10-28|left|chat": 3, "cohort|2026-09-28|4": 3}
    store.count({("news", name): count for name, count in steps.items()}, 1_790_553_600_000)
    told = cafe("GET", "/v1/growth?topic=news&from=2026-09-01&until=2026-12-31").json
    assert [(one["day"], one["joined"], one["left"]) for one in told["days"]] == [
        ("2026-09-28", 10, 0),
        ("2026-10-28", 0, 3),
    ]
    assert {one["source"]: one["joined"] for one in told["sources"]} == {"KRTMBXZV": 10, "chat": 0}
    (cohort,) = told["cohorts"]
    assert (cohort["week"], cohort["joined"], cohort["after_4_weeks"]) == ("2026-09-28", 10, 10)


def test_growth_of_what_there_is_not_is_refused(cafe: Client) -> None:
    assert cafe("GET", "/v1/growth?topic=weather").problem == "invalid"
    assert cafe("GET", "/v1/growth?topic=news&from=2026-12-01&until=2026-01-01").fields == ["from"]
    assert cafe("GET", "/v1/growth?topic=news&from=yesterday").problem == "invalid"


def test_shares_by_language_are_of_those_of_whom_it_can_be_told() -> None:
    html, _ = page("en")
    section = html[html.index("By language of the message") :]
    assert "97.9" in section.partition("</section>")[0]  # of WhatsApp's people, not of Telegram's, too
