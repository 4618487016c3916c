"""/u/{token}, where people leave or choose, and /j/{code}, where they join: looking changes nothing."""

from typing import Any
from urllib.parse import parse_qs

from rundruf.aws.events import answer, call_of, time_left
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.core.contact import Contact
from rundruf.core.tokens import BadToken
from rundruf.flows.join_page import join_headers, join_page, together, ways
from rundruf.flows.leave_page import leave_page, notice_page, question_page
from rundruf.flows.pages import accepted, notice, page_headers, spoken
from rundruf.flows.papers import paper_headers
from rundruf.flows.services import Unfinished
from rundruf.flows.unsubscribe import Act, Choice, Done, Visitor, act, view, visitor
from rundruf.messengers.contract import Call

LARGEST_FORM = 10_000
LONGEST_CODE = 40
READING = ("GET", "HEAD")
EXPORTS = (Act.VIEW, Act.PAGE, Act.JSON)

log = logger("unsubscribe")
wiring = Wiring()
wiring.environment.require("TABLE", "SECRET_ARN", "INBOX_URL")
services = wiring.services(wiring.environment.business(), said(log))
business, brand = services.settings.business, wiring.environment.brand()

Page = tuple[int, str, dict[str, str]]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    call, parameters = call_of(event), event.get("pathParameters") or {}
    if "code" in parameters:
        status, page, headers = _join(call, parameters["code"])
    else:
        status, page, headers = _leave(call, parameters.get("token", ""), context)
    return answer(status, "" if call.method in ("HEAD", "OPTIONS") else page, headers)


def _leave(call: Call, token: str, context: Any) -> Page:
    headers = {**page_headers(brand), "allow": "GET, HEAD, OPTIONS, POST"}
    try:
        status, page, more = _left(call, token, context)
    except BadToken:
        status, page, more = 404, _notice(call, "error"), {}
    except Exception as error:
        log.warning("unsubscribe failed", extra=described(error))
        status, page, more = 503, _notice(call, "error"), {}
    log.info("unsubscribe", extra={"method": call.method, "status": status})
    return status, page, headers | more


def _left(call: Call, token: str, context: Any) -> Page:
    if call.method == "OPTIONS":
        return 204, "", {}
    if call.method not in (*READING, "POST"):
        return 405, _notice(call, "error"), {}
    found = visitor(token, services)
    if call.method in READING:
        return 200, _looked(found, call, token), {}
    if len(call.body) > LARGEST_FORM:
        return 413, _notice(call, "error"), {}
    choice = chosen(call.body)
    if choice.act in EXPORTS and found.proven and found.contact:
        return _exported(found.contact, choice.act, _language(call, found), context)
    try:
        done = act(found, choice, services)
    except Unfinished:
        return 503, _page(visitor(token, services), Done("wait"), call, token), {}
    return 200, _page(visitor(token, services), done, call, token), {}


def _looked(found: Visitor, call: Call, token: str) -> str:
    if call.query.get("ask") == "delete" and found.proven and found.contact:
        language = _language(call, found)
        return question_page(business, view(found, None, language, services), language, f"/u/{token}", brand)
    return _page(found, Done("choose"), call, token)


def chosen(body: bytes) -> Choice:
    """What the form asks for; the one-click POST of RFC 8058 and anything unclear leave everything."""
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    said = form.get("action", [""])
    if len(said) != 1 or said[0] not in set(Act):
        return Choice()
    return Choice(Act(said[0]), frozenset(form.get("topic", ())))


def _page(found: Visitor, done: Done, call: Call, token: str) -> str:
    language = _language(call, found)
    if found.contact is None or done.state in ("deleted", "gone"):
        return notice_page(business, language, "deleted" if done.state == "deleted" else "gone", brand)
    shown = view(found, done, language, services)
    return leave_page(business, shown, language, f"/u/{token}", done.state, brand)


def _exported(contact: Contact, what: Act, language: str, context: Any) -> Page:
    """Everything about the person; what it takes is loaded only now."""
    from rundruf.api.exporting import export

    made = export(contact, wiring, services, time_left(context))
    if what is Act.JSON:
        saved = {"content-disposition": 'attachment; filename="my-data.json"'}
        return 200, made.data().model_dump_json(), {"content-type": "application/json", **saved}
    headers = paper_headers("my-data.html")
    if what is Act.PAGE:
        headers["content-disposition"] = 'attachment; filename="my-data.html"'
    return 200, made.page(language), headers


def _notice(call: Call, state: str) -> str:
    return notice_page(business, _language(call, None), state, brand)


def _language(call: Call, found: Visitor | None) -> str:
    own = found.contact.language if found and found.contact else ""
    asked = accepted(call.headers.get("accept-language", ""))
    return spoken((call.query.get("lang", ""), own, *asked), services.settings.language)


def _join(call: Call, code: str) -> Page:
    headers = {**page_headers(brand), "allow": "GET, HEAD, OPTIONS"}
    try:
        status, page, more = _joining(call, code)
    except Exception as error:
        log.warning("join failed", extra=described(error))
        status, page, more = 503, _join_notice(call, "error"), {}
    log.info("join", extra={"method": call.method, "status": status})
    return status, page, headers | more


def _joining(call: Call, code: str) -> Page:
    if call.method == "OPTIONS":
        return 204, "", {}
    if call.method not in READING:
        return 405, _join_notice(call, "error"), {}
    point = services.catalogue.entry_point(code.upper()) if len(code) <= LONGEST_CODE else None
    if point is None:
        return 404, _join_notice(call, "unknown"), {}
    asked = accepted(call.headers.get("accept-language", ""))
    language = spoken((call.query.get("lang", ""), *asked), point.language)
    open_ways = ways(together(point, services.catalogue), wiring.accounts.settings, language)
    if not open_ways:
        return 404, _join_notice(call, "unknown"), {}
    known = services.catalogue.topics()
    topics = [known[one] for one in point.topics if one in known]
    return 200, join_page(topics, open_ways, language, business, brand), join_headers(brand)


def _join_notice(call: Call, state: str) -> str:
    return notice(business, brand, _language(call, None), "join", state, name=business.name)
