"""GET /r/{token}: a link of ours in a message, counted without telling who, and on to where it leads."""

from typing import Any

from rundruf.aws.events import answer, call_of
from rundruf.aws.logs import described, logger, said
from rundruf.aws.wiring import Wiring
from rundruf.core.tokens import BadToken
from rundruf.flows.clicking import follow

NOT_THERE = """<!doctype html>
<html lang="de"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><title>404</title></head>
<body><main><h1>Diese Adresse gibt es nicht</h1>
<p>Vielleicht wurde der Link gekürzt. Bitte öffnen Sie ihn noch einmal direkt aus der Nachricht.</p>
<div lang="en"><h2>There is no such page</h2>
<p>The link may have been cut off. Please open it again from the message itself.</p></div></main></body>
</html>
"""
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "content-type": "text/html; charset=utf-8",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
READING = ("GET", "HEAD")

log = logger("click")
wiring = Wiring()
wiring.environment.require("TABLE", "SECRET_ARN")
services = wiring.services(wiring.environment.business(), said(log))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    call, token = call_of(event), (event.get("pathParameters") or {}).get("token", "")
    status, headers = 404, HEADERS
    try:
        if call.method not in READING:
            status, headers = 405, {**HEADERS, "allow": "GET, HEAD"}
        elif url := follow(token, call.method, call.headers, services):
            status, headers = 302, {**HEADERS, "location": url}
    except BadToken:
        status = 404
    except Exception as error:
        log.warning("click failed", extra=described(error))
        status, headers = 503, {**HEADERS, "retry-after": "2"}
    log.info("click", extra={"method": call.method, "status": status})
    return answer(status, NOT_THERE if status == 404 and call.method != "HEAD" else "", headers)
