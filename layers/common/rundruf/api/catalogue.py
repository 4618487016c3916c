"""Topics and entry points."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from rundruf.api.accounts import with_credentials
from rundruf.api.context import Context
from rundruf.api.convert import checked_topic
from rundruf.api.models import CapsModel, EntryPointIn, EntryPointList, EntryPointOut, TopicIn, TopicList
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.core.caps import caps_of, counts_of
from rundruf.core.codes import code_from
from rundruf.core.topic import EntryPoint, Topic
from rundruf.flows.join_page import snippet, together, ways
from rundruf.flows.linking import NoLink, link_of, made_link, picture
from rundruf.flows.renewing import Refused
from rundruf.flows.services import Unfinished
from rundruf.messengers import UnknownMessenger, messenger

LONGEST_CODE = 40
HTML = "text/html"
TEXT = {"type": "string"}
Spoken = Annotated[Literal["de", "en"] | None, Query(description="Of the texts; left out: the entry point's")]


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    catalogue = context.wiring.catalogue

    @app.get("/v1/topics", tags=["topics"], summary="Reasons to write that people can join and leave")
    def topics() -> TopicList:
        context.may("reports", "send", "contacts")
        found = catalogue.topics().values()
        return TopicList(topics=[_topic_out(one) for one in found])

    @app.post("/v1/topics", tags=["topics"], summary="Make or rename a topic", status_code=201)
    def put_topic(body: TopicIn) -> TopicIn:
        context.may("admin")
        held = catalogue.topics().get(body.id)
        caps = caps_of(body.caps.model_dump()) if body.caps else held.caps if held else ()
        topic = Topic(body.id, dict(body.name), dict(body.often), caps)
        catalogue.put_topic(topic)
        return _topic_out(topic)

    @app.get("/v1/entry-points", tags=["entry points"], summary="Ways in: links, QR codes, keywords")
    def entry_points() -> EntryPointList:
        context.may("reports", "send", "contacts")
        return EntryPointList(entry_points=[_out(one, context) for one in catalogue.entry_points()])

    @app.post("/v1/entry-points", tags=["entry points"], summary="Make a way in", status_code=201)
    def add_entry_point(body: EntryPointIn) -> EntryPointOut:
        context.may("admin")
        return _out(_added(body, context), context)

    @app.get("/v1/entry-points/<code>", tags=["entry points"], summary="One way in")
    def entry_point(code: Annotated[str, Path()]) -> EntryPointOut:
        context.may("reports", "send", "contacts")
        return _out(_found(code, context), context)

    @app.get(
        "/v1/entry-points/<code>/qr.svg",
        tags=["entry points"],
        summary="QR code as SVG",
        responses=_picture("image/svg+xml"),
    )
    def qr_svg(code: Annotated[str, Path()]) -> Response[str]:
        context.may("reports", "send", "contacts")
        return Response(HTTPStatus.OK, "image/svg+xml", _qr(_found(code, context), "svg", context).decode())

    # Validation would read the picture as text.
    @app.get(
        "/v1/entry-points/<code>/qr.png",
        tags=["entry points"],
        summary="QR code as PNG",
        responses=_picture("image/png"),
        enable_validation=False,
    )
    def qr_png(code: Annotated[str, Path()]) -> Response[bytes]:
        context.may("reports", "send", "contacts")
        return Response(HTTPStatus.OK, "image/png", _qr(_found(code, context), "png", context))

    @app.get(
        "/v1/entry-points/<code>/snippet",
        tags=["entry points"],
        summary="A piece of HTML for your own site",
        responses={
            HTTPStatus.OK: {"description": "Buttons and QR codes", "content": {HTML: {"schema": TEXT}}}
        },
    )
    def own_site(code: Annotated[str, Path()], language: Spoken = None) -> Response[str]:
        """A button and a QR code for each messenger of the entry point's page; it loads and runs nothing."""
        context.may("reports", "send", "contacts")
        return Response(
            HTTPStatus.OK, f"{HTML}; charset=utf-8", _snippet(_found(code, context), language, context)
        )


def _topic_out(topic: Topic) -> TopicIn:
    caps = CapsModel(**counts_of(topic.caps))
    return TopicIn(id=topic.id, name=dict(topic.name), often=dict(topic.often), caps=caps)


def _picture(kind: str) -> dict[int, OpenAPIResponse]:
    return {HTTPStatus.OK: {"description": "The QR code of the link", "content": {kind: {"schema": {}}}}}


def _added(body: EntryPointIn, context: Context) -> EntryPoint:
    try:
        context.wiring.accounts.settings(f"{body.messenger}/{body.account}")
    except LookupError:
        raise invalid(
            "account", f"there is no account {body.messenger}/{body.account}; PUT it first"
        ) from None
    for topic in body.topics:
        checked_topic(context, topic, "topics")
    _same_page(body, context)
    while True:
        point = EntryPoint(
            code=code_from(context.services.random(16)),
            name=body.name,
            messenger=body.messenger,
            account=body.account,
            topics=tuple(body.topics),
            language=body.language,
            keyword=body.keyword,
            tags=frozenset(body.tags),
            created=context.now(),
            page=body.page,
        )
        point = _linked(point, context)
        if context.wiring.catalogue.add_entry_point(point):
            return point


def _same_page(body: EntryPointIn, context: Context) -> None:
    """People choose a messenger on a page, not a topic; raises Problem where the topics differ."""
    for one in context.wiring.catalogue.entry_points() if body.page else ():
        if one.page == body.page and set(one.topics) != set(body.topics):
            raise invalid(
                "page",
                f"the entry points of page {body.page} are for the topics {', '.join(one.topics)}; "
                "take the same topics, or another page",
            )


def _linked(point: EntryPoint, context: Context) -> EntryPoint:
    """The entry point with the messenger's own link, where it makes them; raises Problem without any link."""
    speaks = messenger(point.messenger)
    if speaks.links is None:
        _link(point, context)
        return point
    account = with_credentials(f"{point.messenger}/{point.account}", context)
    try:
        return replace(point, link=made_link(account, point.code, context.services))
    except NoLink as error:
        raise Problem("conflict", f"{speaks.title} made no link: {error}") from None
    except Refused as refused:
        raise Problem(
            "conflict",
            f"{speaks.title} refuses the credentials of {account.id} ({refused.code}), so it makes no link. "
            f"POST /v1/accounts/{account.id}/verify tells more.",
        ) from None
    except Unfinished:
        raise Problem("unavailable", f"{speaks.title} did not make the link just now. Try again.") from None


def _found(code: str, context: Context) -> EntryPoint:
    found = context.wiring.catalogue.entry_point(code.upper()[:LONGEST_CODE])
    if found is None:
        raise not_found("entry point", code[:LONGEST_CODE])
    return found


def _link(point: EntryPoint, context: Context) -> str:
    try:
        account = context.wiring.accounts.settings(f"{point.messenger}/{point.account}")
        return link_of(point, account)
    except (LookupError, UnknownMessenger):
        raise Problem("conflict", f"The account {point.messenger}/{point.account} is gone.") from None
    except ValueError as error:
        raise Problem("conflict", f"The account has no usable address for a link: {error}") from None


def _out(point: EntryPoint, context: Context) -> EntryPointOut:
    """A way in as shown; ``link`` is empty while its account cannot be reached."""
    try:
        link = _link(point, context)
    except Problem:
        link = ""
    public = context.services.public_url()
    here = f"{public}/v1/entry-points/{point.code}"
    return EntryPointOut(
        id=point.code,
        code=point.code,
        name=point.name,
        messenger=point.messenger,
        account=point.account,
        topics=list(point.topics),
        language="en" if point.language == "en" else "de",
        keyword=point.keyword,
        tags=sorted(point.tags),
        page=point.page,
        link=link,
        qr_svg=f"{here}/qr.svg",
        qr_png=f"{here}/qr.png",
        page_url=f"{public}/j/{point.code}",
        typed_code=_typed(point),
        hint=_hint(point),
    )


def _snippet(point: EntryPoint, language: str | None, context: Context) -> str:
    catalogue, settings = context.wiring.catalogue, context.services.settings
    spoken = language or point.language
    open_ways = ways(together(point, catalogue), context.wiring.accounts.settings, spoken)
    if not open_ways:
        _link(point, context)
    known = catalogue.topics()
    topics = [known[one] for one in point.topics if one in known]
    return snippet(topics, open_ways, spoken, settings.business, context.wiring.environment.brand())


def _typed(point: EntryPoint) -> bool:
    try:
        return messenger(point.messenger).rules.typed_code
    except UnknownMessenger:
        return False


def _hint(point: EntryPoint) -> str:
    """What to write beside the link or QR code, in plain English."""
    if not _typed(point):
        return ""
    title = messenger(point.messenger).title
    return (
        f"A link cannot carry the code on {title}: people open the chat and type {point.code} themselves. "
        "Print the code beside the link."
    )


def _qr(point: EntryPoint, kind: str, context: Context) -> bytes:
    return picture(_link(point, context), kind)
