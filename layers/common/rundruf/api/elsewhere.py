"""What the OpenAPI document says of the public routes that other functions answer."""

from typing import Any

PAGE = {"text/html": {"schema": {"type": "string"}}}
OPEN: dict[str, Any] = {"security": []}


def _in_path(name: str, said: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": said, "schema": {"type": "string"}}


def _in_query(name: str, said: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": said, "schema": {"type": "string"}}


LANGUAGE = _in_query("lang", "de or en; else as the person's contact or browser says")
TOKEN = _in_path("token", "Signed by us; every token that is not gets the same answer")
MESSENGER = _in_path("messenger", "Such as whatsapp or line")
ACCOUNT = _in_path("account", "The account's name")
CODE = _in_path("code", "An entry point's code")
NEWSLETTER = _in_path("newsletter", "A newsletter's id")
ISSUE = _in_path("issue", "The id of one of its issues")
PLACE = _in_query("before", "Where older issues begin, as the page before links it")
READABLE = _in_query("lang", "de or en; else as the browser says")
ANYTHING: dict[str, Any] = {"content": {"*/*": {"schema": {}}}}


def _route(tag: str, name: str, summary: str, answers: dict[int, str], **more: Any) -> dict[str, Any]:
    """An operation whose answers of these statuses are pages, or say nothing in their bodies."""
    shown = {
        str(status): {"description": said}
        | ({"content": PAGE} if tag == "pages" and status not in (302, 304) else {})
        for status, said in answers.items()
    }
    return {"tags": [tag], "operationId": name, "summary": summary, "responses": shown, **more, **OPEN}


GONE = "The same page for whatever does not exist or was not signed by us"
FEED = _route(
    "pages",
    "feed",
    "The same issues as an Atom feed (RFC 4287)",
    {200: "The feed", 304: "As the reader has it (If-None-Match)", 404: GONE},
    parameters=[NEWSLETTER, READABLE],
)
FEED["responses"]["200"]["content"] = {"application/atom+xml": {"schema": {"type": "string"}}}
PATHS: dict[str, Any] = {
    "/webhooks/{messenger}/{account}": {
        "get": _route(
            "webhooks",
            "handshake",
            "A messenger asks whether this address is ours",
            {200: "What the messenger wants to hear", 403: "The wrong token", 404: "No such account"},
            parameters=[MESSENGER, ACCOUNT],
        ),
        "post": _route(
            "webhooks",
            "deliver",
            "A messenger delivers what people said and did",
            {
                200: "It is durable, and a STOP in it is in force",
                400: "XML with a document type",
                401: "Not signed by the messenger, whatever is wrong",
                404: "No such account",
                413: "More than 4 MB",
                503: "Not yet; the messenger is to come again",
            },
            parameters=[MESSENGER, ACCOUNT],
            requestBody={"description": "As the messenger documents it", **ANYTHING},
        ),
    },
    "/u/{token}": {
        "get": _route(
            "pages",
            "preferences",
            "A person's page: topics, pause, leaving, data. Looking changes nothing",
            {200: "The page", 404: GONE},
            parameters=[TOKEN, LANGUAGE],
        ),
        "post": _route(
            "pages",
            "choose",
            "What the page's forms ask for; without a form (RFC 8058) leaving all marketing",
            {
                200: "Done; nothing more leaves for this person",
                404: GONE,
                413: "Too large a form",
                503: "It is in force, but a message may still be on its way",
            },
            parameters=[TOKEN, LANGUAGE],
            requestBody={
                "required": False,
                "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
            },
        ),
    },
    "/j/{code}": {
        "get": _route(
            "pages",
            "joining",
            "The page of a way in: what one joins, a button and a QR code for each messenger",
            {200: "The page", 404: GONE},
            parameters=[CODE, LANGUAGE],
        )
    },
    "/n/{newsletter}": {
        "get": _route(
            "pages",
            "archive",
            "The issues of a newsletter with a public archive, newest first",
            {200: "The page", 304: "As the reader has it (If-None-Match)", 404: GONE},
            parameters=[NEWSLETTER, PLACE, READABLE],
        )
    },
    "/n/{newsletter}/{issue}": {
        "get": _route(
            "pages",
            "issue",
            "One issue, as it was written: nobody's values in it, and plain links",
            {200: "The page", 304: "As the reader has it (If-None-Match)", 404: GONE},
            parameters=[NEWSLETTER, ISSUE, READABLE],
        )
    },
    "/n/{newsletter}/feed": {"get": FEED},
    "/r/{token}": {
        "get": _route(
            "pages",
            "click",
            "A link in a message: counted, then on to its address",
            {302: "On to the address that the broadcast holds", 404: GONE},
            parameters=[TOKEN],
        )
    },
}
