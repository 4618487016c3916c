"""Bodies before anything else reads them: not too large, text, JSON, and nothing that cannot be stored."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from rundruf.api.problems import LONGEST_FIELD, Problem, invalid

LARGEST = 1024 * 1024
LARGEST_IMPORT = 5 * 1024 * 1024
IMPORT_PATHS = ("/v1/contacts/import", "/v1/suppressions")
DEEPEST = 32
WITH_BODY = ("POST", "PUT", "PATCH")
UNFIT = "holds the character NUL or half a surrogate pair; take it out"


def check(event: Mapping[str, Any]) -> None:
    """Raises Problem for a body that no route could take; an import's lines are read by their route."""
    importing = event["rawPath"] in IMPORT_PATHS
    text = _text(event, LARGEST_IMPORT if importing else LARGEST)
    if importing or not text or event["requestContext"]["http"]["method"] not in WITH_BODY:
        return
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    kind = headers.get("content-type", "").partition(";")[0].strip()
    if kind not in ("", "application/json"):
        raise Problem("unsupported-media-type", "Send application/json.")
    try:
        content = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem("bad-request", "The body is not valid JSON.") from None
    for place, value in _strings(content):
        if not storable(value):
            raise invalid(place.encode("utf-8", "replace").decode()[:LONGEST_FIELD] or "body", UNFIT)


def storable(text: str) -> bool:
    """Whether text can be kept and sent on: no NUL, and nothing that UTF-8 cannot say."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _text(event: Mapping[str, Any], limit: int) -> str:
    body = event.get("body") or ""
    encoded = event.get("isBase64Encoded")
    size = len(body) * 3 // 4 if encoded else len(body.encode("utf-8", "replace"))
    if size > limit:
        raise Problem("too-large", f"The body has {size} bytes; at most {limit} are taken. Send it in parts.")
    try:
        return b64decode(body).decode() if encoded else str(body)
    except ValueError:
        raise Problem("bad-request", "The body is not UTF-8.") from None


def _no_number(constant: str) -> None:
    raise ValueError(constant)


def _strings(content: Any) -> Iterator[tuple[str, str]]:
    """Every text of a JSON value, names of fields too, with its place; raises Problem for one too deep."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), content)]
    while waiting:
        place, value = waiting.pop()
        if len(place) > DEEPEST:
            raise Problem("bad-request", f"The body is nested more than {DEEPEST} levels deep.")
        if isinstance(value, str):
            yield ".".join(place), value
        elif isinstance(value, list):
            waiting += [((*place, str(number)), one) for number, one in enumerate(value)]
        elif isinstance(value, dict):
            for name, one in value.items():
                yield ".".join(place), name
                waiting.append(((*place, name), one))
