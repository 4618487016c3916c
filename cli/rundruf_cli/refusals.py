"""What the suite answers when it says no, in words that say what to do on the command line."""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rundruf import __version__
from rundruf_cli.failures import Refused

if TYPE_CHECKING:
    from requests import Response

UNKNOWN_KEY = (
    "The suite does not know this API key (or it has been deleted). `rundruf keys create` makes a new one."
)
THERE_IS_NO = re.compile(r"(There is no ([a-z ]+) .*\.) GET the list of them to see which exist\.", re.DOTALL)
LISTS = {
    "account": "accounts",
    "broadcast": "broadcast",
    "contact": "contacts",
    "entry point": "entry-points",
    "newsletter": "newsletters",
    "segment": "segments",
    "topic": "topics",
}
NO_ROUTE = "There is no such path and method"
SCOPE = re.compile(r"with the scope ([a-z]+)")
BROADCAST = re.compile(r"/v1/broadcasts/([^/]+)/")


def refused(answer: "Response") -> Refused:
    """An answer that is no success."""
    status = answer.status_code
    if answer.is_redirect:
        return Refused("The address has moved; use the address it leads to.", status=status)
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict) or "type" not in told:
        return Refused(_not_ours(status), status=status)
    detail = str(told.get("detail") or told.get("title") or f"refused with HTTP {status}")
    lines = [f"{one.get('field')}: {one.get('detail')}" for one in told.get("errors") or ()]
    kind = str(told["type"]).rpartition("/")[2]
    said, hint = _here(kind, detail, answer)
    return Refused(said, [line for line in (*lines, *hint) if line != detail], status)


def _here(kind: str, detail: str, answer: "Response") -> tuple[str, list[str]]:
    """The detail for somebody at a terminal, and the command that helps."""
    missing = THERE_IS_NO.fullmatch(detail)
    if missing and missing[2] in LISTS:
        return missing[1], [f"Which there are: rundruf {LISTS[missing[2]]} list"]
    if detail.startswith(NO_ROUTE):
        return detail, [f"This command is of version {__version__}; is the suite older? rundruf health"]
    scope = SCOPE.search(detail)
    if kind == "forbidden" and scope:
        return detail, [f"rundruf keys create NAME --scope {scope[1]}", "rundruf login saves it."]
    if kind == "approval-needed":
        return detail, [f"Somebody else: rundruf broadcast approve {_broadcast(answer)}"]
    if kind in ("preflight-needed", "preflight-stale"):
        return detail, ["The same command looks and asks anew."]
    return detail, []


def _broadcast(answer: "Response") -> str:
    found: Any = BROADCAST.search(answer.request.url or "")
    return found[1] if found else "ID"


def _not_ours(status: int) -> str:
    """What stands in front of the suite says no in its own words."""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return UNKNOWN_KEY
    if status == HTTPStatus.NOT_FOUND:
        return "There is no Rundruf at this address. Is it complete?"
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "That is too large to be sent at once."
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "The suite gets too many calls at once. Try again in a minute."
    return f"The suite could not answer (HTTP {status}). Try again in a moment."
