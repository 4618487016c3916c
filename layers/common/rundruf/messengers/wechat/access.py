"""WeChat's host, its access token, and the calls around sending: check, file, link, quota, doubt.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html (2026-11-22)
"""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

from rundruf.core.account import Account
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Answer,
    Delivery,
    Doubt,
    Download,
    LinkMaker,
    MediaIn,
    Quota,
    Renewable,
    Renewed,
    Request,
    Step,
    Told,
)
from rundruf.messengers.wechat import errors
from rundruf.messengers.wechat.rules import MASS_CALLS, ZONE

HOST = "https://api.weixin.qq.com"
_LONGEST_LIFE = 7200.0  # seconds


def address(account: Account, path: str, **query: str) -> str:
    """The address of a call, with the token in it."""
    told = {"access_token": account.secret("access_token"), **query}
    joined = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
    return f"{account.base_url or HOST}/cgi-bin/{path}?{joined}"


def get(account: Account, path: str, **query: str) -> Request:
    return Request("GET", address(account, path, **query), {}, b"")


def post(url: str, fields: Mapping[str, object], *, keyed: bool = False) -> Request:
    """A POST of JSON in raw UTF-8: WeChat would show an escaped letter as its escape.

    Half characters are escaped all the same, since they cannot be written otherwise.
    """
    written = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    headers = {"content-type": "application/json; charset=utf-8"}
    return Request("POST", url, headers, written.encode("utf-8", "backslashreplace"), keyed)


def is_service(account: Account) -> bool:
    """A service account; one that does not say what it is has the rights of a subscription account."""
    return account.secrets("account_type")[:1] == ("service",)


# The token


def _token_request(account: Account, refused: bool) -> Request:
    fields = {
        "grant_type": "client_credential",
        "appid": account.secret("app_id"),
        "secret": account.secret("app_secret"),
        "force_refresh": refused,
    }
    return post(f"{account.base_url or HOST}/cgi-bin/stable_token", fields)


def _token_read(answer: Answer) -> Renewed | Outcome:
    content = shared.content(answer)
    token, seconds = shared.text(content.get("access_token")), shared.seconds(content.get("expires_in"))
    if seconds and seconds <= _LONGEST_LIFE and re.fullmatch(r"[!-~]{1,4096}", token):
        return Renewed(token, seconds)
    if answer.failure:
        return Outcome(OutcomeKind.RETRY, answer.failure.value)
    code = errors.code_of(answer)
    if not code:
        # Asking again for a token harms nobody, so nothing here is unknown.
        return Outcome(OutcomeKind.RETRY, f"token_{answer.status}", account_wide=True)
    found = errors.outcome(code)
    if found.kind is OutcomeKind.RETRY:
        return found
    return Outcome(OutcomeKind.PAUSE, found.code, account_wide=True)


TOKEN = Renewable("access_token", _token_request, _token_read)


# Quotas


def quotas(account: Account) -> tuple[Quota, ...]:
    """How many mass messages a day; from a service account each person gets at most four a month."""
    calls = MASS_CALLS["service" if is_service(account) else "subscription"]
    return (Quota(calls, "day", ZONE),)


# What 45015 means


def _ask(outcome: Outcome, delivery: Delivery, account: Account) -> Request | None:
    """45015 says that the window is shut or that the person has gone; who follows us can be asked."""
    if outcome.code != "45015":
        return None
    return get(account, "user/info", openid=delivery.user_id, lang="en")


def _settle(outcome: Outcome, answer: Answer) -> Outcome:
    gone = answer.status == 200 and shared.whole(shared.content(answer).get("subscribe")) == 0
    return Outcome(OutcomeKind.WITHDRAW, "unsubscribed") if gone else outcome


DOUBT = Doubt(_ask, _settle)


# The account's check

_HINTS: Mapping[int, str] = {
    40001: "Copy the app secret again from the console.",
    40013: "Copy the app id again from the console.",
    40125: "Copy the app secret again from the console.",
    40164: "Put the address our calls come from on the console's list of allowed addresses.",
    48001: "This kind of account may not do that; a verified service account may.",
}


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Does the token open WeChat, and from where will it call? Its webhook is set by hand only."""
    return (
        Step("who_am_i", get(account, "get_api_domain_ip"), _known),
        Step("set_webhook", get(account, "getcallbackip"), _by_hand(webhook, service=is_service(account))),
    )


def _known(answer: Answer) -> Told:
    count = _addresses(answer)
    if count is None:
        return _refused(answer)
    return Told(True, f"WeChat takes the account's credentials and answers from {_said(count)}.")


def _by_hand(webhook: str, *, service: bool) -> Callable[[Answer], Told]:
    """WeChat has no call for it, so all that can be done is to say what belongs where."""
    kind = "a service account" if service else "a subscription account (else set account_type)"

    def told(answer: Answer) -> Told:
        count = _addresses(answer)
        if count is None:
            return _refused(answer)
        return Told(
            True,
            f"WeChat has no call that sets a webhook. Paste {webhook} into the console's server settings, "
            f"with the account's token and AES key, and choose the encrypted mode. WeChat calls from "
            f"{_said(count)}. We take this for {kind}.",
        )

    return told


def _said(count: int) -> str:
    return f"{count} address" if count == 1 else f"{count} addresses"


def _addresses(answer: Answer) -> int | None:
    found = shared.content(answer).get("ip_list")
    return len(found) if answer.status == 200 and isinstance(found, list) else None


def _refused(answer: Answer) -> Told:
    code = errors.code_of(answer)
    if not code:
        return Told(
            False, f"WeChat's answer with status {answer.status} cannot be read. Try again in a minute."
        )
    hint = _HINTS.get(code, "See WeChat's list of error codes.")
    return Told(False, f"WeChat refuses with error {code}. {hint}")


# Files


def _file_request(medium: MediaIn, account: Account) -> Request:
    return get(account, "media/get", media_id=medium.id)


def _file_located(answer: Answer, _account: Account) -> Request | None:
    """A video is told by its address; an error comes as JSON where the file should be."""
    kind = shared.header(answer.headers, "content-type")
    if answer.failure or not 200 <= answer.status < 300:
        raise ValueError(f"no file: status {answer.status}")
    if answer.body.lstrip()[:1] != b"{" and "json" not in kind and "text/plain" not in kind:
        return None
    video = shared.content(answer).get("video_url")
    if isinstance(video, str) and _fetchable(video):
        return Request("GET", video, {}, b"")
    raise ValueError(f"no file: error {errors.code_of(answer) or 'unreadable'}")


def _fetchable(url: str) -> bool:
    try:
        return bool(re.fullmatch(r"https?://[!-~]{1,4096}", url) and urlsplit(url).hostname)
    except ValueError:
        return False


DOWNLOAD = Download(_file_request, _file_located)


# Entry links


def entry_link(_account: Account, _code: str, _language: str) -> str:
    """No link can be written down: WeChat makes it, and its QR code."""
    raise ValueError("WeChat makes entry links itself; ask it for one")


def _link_request(account: Account, code: str) -> Request:
    fields = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": code}}}
    return post(address(account, "qrcode/create"), fields)


def _link_read(answer: Answer) -> str:
    url = shared.content(answer).get("url")
    if answer.status == 200 and isinstance(url, str) and _fetchable(url):
        return url
    code = errors.code_of(answer)
    raise ValueError(f"WeChat made no link: {f'error {code}' if code else f'status {answer.status}'}")


LINKS = LinkMaker(_link_request, _link_read)
