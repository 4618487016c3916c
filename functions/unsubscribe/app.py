"""/u/{token}: the page on which people leave or choose topics; looking at it changes nothing."""

from typing import Any
from urllib.parse import parse_qs

from rundruf.aws.events import answer, call_of
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.core.contact import Contact
from rundruf.core.tokens import BadToken
from rundruf.core.wording import language_of
from rundruf.flows.pages import Brand, TopicChoice, leave_page, page_headers
from rundruf.flows.services import Unfinished
from rundruf.flows.unsubscribe import Choice, act, person
from rundruf.messengers.contract import Call

LARGEST_FORM = 10_000
READING = ("GET", "HEAD")

log = logger("unsubscribe")
wiring = Wiring()
wiring.environment.require("TABLE", "SECRET_ARN")
services = wiring.services(wiring.environment.business(), said(log))
brand = Brand(
    services.settings.business.name,
    wiring.environment.variables.get("LOGO_URL", ""),
    wiring.environment.variables.get("BRAND_COLOUR", ""),
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    call, token = call_of(event), (event.get("pathParameters") or {}).get("token", "")
    try:
        status, page = _answered(call, token)
    except BadToken:
        status, page = 404, _page(None, call, token, "error")
    except Exception as error:
        log.warning("unsubscribe failed", extra=described(error))
        status, page = 503, _page(None, call, token, "error")
    log.info("unsubscribe", extra={"method": call.method, "status": status})
    headers = {**page_headers(brand), "allow": "GET, HEAD, OPTIONS, POST"}
    return answer(status, "" if call.method in ("HEAD", "OPTIONS") else page, headers)


def _answered(call: Call, token: str) -> tuple[int, str]:
    if call.method in READING:
        return 200, _page(person(token, services), call, token, "choose")
    if call.method == "OPTIONS":
        return 204, ""
    if call.method != "POST" or len(call.body) > LARGEST_FORM:
        return 405 if call.method != "POST" else 413, _page(None, call, token, "error")
    choice = chosen(call.body)
    done = "ended" if choice.everything else "left" if choice.leave_all else "saved"
    try:
        return 200, _page(act(token, choice, services), call, token, done)
    except Unfinished:
        return 503, _page(person(token, services), call, token, done)


def chosen(body: bytes) -> Choice:
    """What the form asks for; the one-click POST of RFC 8058 and anything unclear leave everything."""
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    if form.get("action") == ["everything"]:
        return Choice(everything=True)
    if form.get("action") == ["save"]:
        return Choice(leave_all=False, keep=frozenset(form.get("topic", ())))
    return Choice()


def _page(contact: Contact | None, call: Call, token: str, state: str) -> str:
    settings = services.settings
    wanted = call.query.get("lang") or (contact.language if contact else "") or _accepted(call)
    language = language_of(wanted, settings.language)
    granted = contact.consent.topics if contact else frozenset()
    known = services.catalogue.topics() if contact else {}  # the error page must not need the table
    topics = [TopicChoice(topic.id, topic.title(language), topic.id in granted) for topic in known.values()]
    return leave_page(settings.business, topics, language, f"/u/{token}", state, brand)


def _accepted(call: Call) -> str:
    return call.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
