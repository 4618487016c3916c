"""/n/{newsletter}, its issues and its feed: what everybody may read of a newsletter."""

from hashlib import sha256
from typing import Any

from rundruf.aws.events import answer, call_of
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.core.newsletter import Newsletter
from rundruf.flows.archive_page import (
    Frame,
    archive,
    archive_headers,
    archive_page,
    feed,
    feed_headers,
    issue,
    issue_page,
    joining,
    opened,
)
from rundruf.flows.pages import accepted, notice, page_headers, spoken
from rundruf.messengers.contract import Call

LONGEST_ID = 40
LONGEST_PLACE = 80
READING = ("GET", "HEAD")
FEED = "feed"

log = logger("issues")
wiring = Wiring()
wiring.environment.require("TABLE", "PUBLIC_URL_PARAMETER")
services = wiring.services(wiring.environment.business(), said(log))
business, brand = services.settings.business, wiring.environment.brand()

Page = tuple[int, str, dict[str, str]]


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    call, parameters = call_of(event), event.get("pathParameters") or {}
    headers = {**page_headers(brand), "allow": "GET, HEAD, OPTIONS"}
    try:
        status, page, more = _read(call, parameters.get("newsletter", ""), parameters.get("issue", ""))
    except Exception as error:
        log.warning("issues failed", extra=described(error))
        status, page, more = 503, _notice(call, "error"), {}
    if status == 200:
        more |= {"etag": f'"{sha256(page.encode()).hexdigest()[:32]}"', "allow": headers["allow"]}
        headers = more
        if _known(call, more["etag"]):
            status, page = 304, ""
    log.info("issues", extra={"method": call.method, "status": status})
    return answer(status, "" if call.method in ("HEAD", "OPTIONS") else page, headers | more)


def _known(call: Call, etag: str) -> bool:
    """Whether the reader holds just this."""
    held = call.headers.get("if-none-match", "")
    return etag in (one.strip().removeprefix("W/") for one in held.split(","))


def _read(call: Call, newsletter: str, what: str) -> Page:
    if call.method == "OPTIONS":
        return 204, "", {}
    if call.method not in READING:
        return 405, _notice(call, "error"), {}
    found = opened(newsletter, services) if len(newsletter) <= LONGEST_ID else None
    page = _page(call, found, what) if found and len(what) <= LONGEST_ID else None
    return page or (404, _notice(call, "unknown"), {})


def _page(call: Call, found: Newsletter, what: str) -> Page | None:
    """What is asked for, or None where there is no such issue."""
    language = _language(call, found.language)
    frame = _frame(found, language)
    if what == FEED:
        listed = archive(found, "", language, services)
        return 200, feed(listed, frame, services.public_url()), feed_headers()
    if not what:
        listed = archive(found, call.query.get("before", "")[:LONGEST_PLACE], language, services)
        return 200, archive_page(listed, frame), archive_headers(brand)
    one = issue(found, what, language, services)
    if one is None:
        return None
    return 200, issue_page(found, one, frame), archive_headers(brand, (url for url, _ in one.pictures))


def _frame(found: Newsletter, language: str) -> Frame:
    join = joining(found.topic, wiring.accounts.settings, language, services)
    topic = services.catalogue.topics().get(found.topic)
    often = topic.often.get(language, "") if topic else ""
    return Frame(language, services.settings.zone, business, brand, join, often)


def _language(call: Call, default: str) -> str:
    asked = accepted(call.headers.get("accept-language", ""))
    return spoken((call.query.get("lang", ""), *asked), default)


def _notice(call: Call, state: str) -> str:
    language = _language(call, services.settings.language)
    return notice(business, brand, language, "archive", state, name=business.name)
