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
ANYTHING: dict[str, Any] = {"content": {"*/*": {"schema": {}}}}


def _route(tag: str, name: str, summary: str, answers: dict[int, str], **more: Any) -> dict[str, Any]:
    """An operation whose answers of these statuses are pages, or say nothing in their bodies."""
    shown = {
        str(status): {"description": said} | ({"content": PAGE} if tag == "pages" and status != 302 else {})
        for status, said in answers.items()
    }
    return {"tags": [tag], "operationId": name, "summary": summary, "responses": shown, **more, **OPEN}


GONE = "The same page for whatever does not exist or was not signed by us"
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
