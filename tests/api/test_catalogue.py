"""Topics and entry points: what people can join, and the links and codes that lead there."""

import struct
import zlib
from typing import Any
from xml.etree import ElementTree

import pytest
import segno

from rundruf.core.codes import ALPHABET
from tests.api.client import HERE, Client

POSTER = {"name": "Poster", "messenger": "telegram", "account": "main", "topics": ["news"]}


def made(api: Client, **more: Any) -> dict[str, Any]:
    point: dict[str, Any] = api.post("/v1/entry-points", POSTER | more)
    return point


def test_topics_are_made_and_renamed(api: Client) -> None:
    news = {"id": "news", "name": {"de": "Neues", "en": "News"}, "often": {"en": "about once a week"}}
    assert api("POST", "/v1/topics", news).status == 201
    assert api.get("/v1/topics") == {"topics": [news | {"caps": {"day": 0, "week": 0, "month": 0}}]}
    weekly = {"day": 0, "week": 2, "month": 0}
    api.post("/v1/topics", news | {"caps": {"week": 2}})
    api.post("/v1/topics", {"id": "news", "name": {"de": "Aktuelles"}})
    renamed = {"id": "news", "name": {"de": "Aktuelles"}, "often": {}, "caps": weekly}
    assert api.get("/v1/topics") == {"topics": [renamed]}
    assert api("POST", "/v1/topics", news | {"caps": {"day": 32}}).status == 422


def test_an_entry_point_gets_a_code_and_a_link(cafe: Client) -> None:
    point = made(cafe, keyword="Rezepte", tags=["poster"], language="en")
    assert len(point["code"]) == 8
    assert set(point["code"]) <= set(ALPHABET)
    assert point["id"] == point["code"]
    assert point["link"] == f"https://t.me/morgenrot_bot?start={point['code']}"
    assert point["page_url"] == f"{HERE}/j/{point['code']}"
    assert point["qr_svg"] == f"{HERE}/v1/entry-points/{point['code']}/qr.svg"
    assert (point["keyword"], point["tags"], point["language"]) == ("Rezepte", ["poster"], "en")
    assert cafe.get(f"/v1/entry-points/{point['code']}") == point
    assert cafe.get(f"/v1/entry-points/{point['code'].lower()}") == point
    assert cafe.get("/v1/entry-points") == {"entry_points": [point]}


def test_a_whatsapp_link_carries_the_code_in_its_text(cafe: Client) -> None:
    point = made(cafe, messenger="whatsapp")
    assert point["link"].startswith("https://wa.me/4930123456?text=")
    assert point["code"] in point["link"]


def test_the_svg_draws_the_link(cafe: Client) -> None:
    point = made(cafe)
    found = cafe("GET", f"/v1/entry-points/{point['code']}/qr.svg")
    assert (found.status, found.type) == (200, "image/svg+xml")
    assert ElementTree.fromstring(found.body).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 – our own
    expected = segno.make(point["link"], micro=False, error="m")
    assert str(expected.symbol_size(scale=8, border=4)[0]) in found.body.decode()


def test_every_dot_of_the_png_is_the_links(cafe: Client) -> None:
    """No reader of QR codes is needed: the dots are compared with those of the link itself."""
    point = made(cafe)
    found = cafe("GET", f"/v1/entry-points/{point['code']}/qr.png")
    assert (found.status, found.type) == (200, "image/png")
    symbol = segno.make(point["link"], micro=False, error="m")
    assert dots(found.body, scale=8, border=4) == [[bool(dot) for dot in row] for row in symbol.matrix]


def dots(png: bytes, scale: int, border: int) -> list[list[bool]]:
    """The dark dots of a black-and-white PNG of 1 bit each, rows plain or as the difference to the last."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    parts: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + data)
        parts[kind] = parts.get(kind, b"") + data
        at += 12 + length
    width, height, depth = struct.unpack(">IIB", parts[b"IHDR"][:9])
    assert depth == 1
    raw, line = zlib.decompress(parts[b"IDAT"]), (width + 7) // 8 + 1
    rows = [bytes(line - 1)]
    for start in range(0, len(raw), line):
        how, row = raw[start], raw[start + 1 : start + line]
        assert how in (0, 2)
        above = rows[-1] if how else bytes(line - 1)
        rows.append(bytes((one + other) % 256 for one, other in zip(row, above, strict=True)))
    del rows[0]

    def dark(x: int, y: int) -> bool:
        return not rows[y][x // 8] >> (7 - x % 8) & 1

    places = range((border * scale) + scale // 2, height - border * scale, scale)
    return [[dark(x, y) for x in places] for y in places]


def test_entry_points_of_a_page_are_for_the_same_topics(cafe: Client) -> None:
    assert made(cafe, page="shop")["page"] == "shop"
    assert made(cafe, messenger="whatsapp", page="shop")["page"] == "shop"
    found = cafe("POST", "/v1/entry-points", POSTER | {"page": "shop", "topics": ["recipes"]})
    assert (found.status, found.fields) == (422, ["page"])
    assert made(cafe, page="desk", topics=["recipes"])["page"] == "desk"


@pytest.mark.parametrize(("query", "language"), [("", "en"), ("?language=de", "de")])
def test_a_snippet_holds_every_messenger_of_the_page(cafe: Client, query: str, language: str) -> None:
    points = [made(cafe, messenger=one, page="shop", language="en") for one in ("telegram", "whatsapp")]
    found = cafe("GET", f"/v1/entry-points/{points[0]['code']}/snippet{query}")
    assert (found.status, found.type) == (200, "text/html; charset=utf-8")
    html = found.body.decode()
    assert f'<section lang="{language}"' in html
    assert html.count("<img") == 2
    for point in points:
        assert point["code"] in html
    assert "<script" not in html


@pytest.mark.parametrize("path", ["", "/qr.svg", "/qr.png", "/snippet"])
@pytest.mark.parametrize("code", ["NONE", "x" * 2000])
def test_an_unknown_code_is_not_found(cafe: Client, path: str, code: str) -> None:
    assert cafe("GET", f"/v1/entry-points/{code}{path}").problem == "not-found"


def test_the_list_survives_an_account_that_is_gone(cafe: Client) -> None:
    gone, kept = made(cafe), made(cafe, messenger="whatsapp")
    cafe("DELETE", "/v1/accounts/telegram/main")
    links = {one["code"]: one["link"] for one in cafe.get("/v1/entry-points")["entry_points"]}
    assert links == {gone["code"]: "", kept["code"]: kept["link"]}
    assert cafe("GET", f"/v1/entry-points/{gone['code']}/qr.svg").problem == "conflict"
    assert cafe("GET", f"/v1/entry-points/{gone['code']}/qr.png").problem == "conflict"
    assert cafe("GET", f"/v1/entry-points/{gone['code']}/snippet").problem == "conflict"


def test_an_account_without_address_has_no_link(cafe: Client) -> None:
    from tests.api.conftest import TELEGRAM

    assert cafe("PUT", "/v1/accounts/telegram/bare", {"credentials": TELEGRAM}).status == 200
    found = cafe("POST", "/v1/entry-points", POSTER | {"account": "bare"})
    assert (found.status, found.problem) == (409, "conflict")
    assert cafe.get("/v1/entry-points") == {"entry_points": []}
