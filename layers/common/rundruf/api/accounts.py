"""Accounts: senders on messengers."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from rundruf.api.context import Context
from rundruf.api.models import AccountIn, AccountList, AccountOut, CheckedOut, FileIn, VerifiedOut
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.core.account import Account
from rundruf.core.addresses import Barred
from rundruf.core.message import MediaKind
from rundruf.flows.fetching import NoFile, fetched
from rundruf.flows.renewing import Refused
from rundruf.flows.services import TooLarge, Unfinished
from rundruf.flows.verifying import verify as verified
from rundruf.messengers import UnknownMessenger, messenger
from rundruf.messengers.contract import MediaIn as MediaReceived
from rundruf.messengers.contract import Messenger

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST = 90
LARGEST_FILE = 4_000_000  # a function's answer may have 6 MB, and base64 adds a third
ANY_FILE = "*/*"
SAVED = {
    "content-disposition": "attachment",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "no-store",
}


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    accounts = context.wiring.accounts

    @app.get("/v1/accounts", tags=["accounts"], summary="Every sender")
    def every() -> AccountList:
        context.may("reports", "send", "contacts")
        return AccountList(accounts=[_out(one, context) for one in accounts.all()])

    @app.get("/v1/accounts/<messenger_name>/<account>", tags=["accounts"], summary="One sender")
    def one(messenger_name: Annotated[str, Path()], account: Annotated[str, Path()]) -> AccountOut:
        context.may("reports", "send", "contacts")
        return _out(_found(f"{messenger_name}/{account}", context), context)

    @app.put("/v1/accounts/<messenger_name>/<account>", tags=["accounts"], summary="Make or change a sender")
    def put(
        messenger_name: Annotated[str, Path()], account: Annotated[str, Path()], body: AccountIn
    ) -> AccountOut:
        """Credentials that are left out stay as they are."""
        context.may("admin")
        speaks = _messenger(messenger_name)
        if not NAME.fullmatch(account):
            raise invalid("account", "small letters, digits, - and _, at most 40")
        _alive(speaks, body.base_url, context)
        kept = accounts.credentials(f"{messenger_name}/{account}")
        credentials = {**kept, **checked(speaks, body.credentials, kept)}
        made = Account(
            messenger_name, account, body.address, body.base_url.rstrip("/"), body.rate, credentials
        )
        accounts.put(made)
        return _out(made, context)

    @app.delete(
        "/v1/accounts/<messenger_name>/<account>",
        tags=["accounts"],
        summary="Remove a sender",
        responses={HTTPStatus.NO_CONTENT: {"description": "Removed", "content": {}}},
    )
    def delete(messenger_name: Annotated[str, Path()], account: Annotated[str, Path()]) -> Response[None]:
        context.may("admin")
        _found(f"{messenger_name}/{account}", context)
        accounts.delete(f"{messenger_name}/{account}")
        return Response(HTTPStatus.NO_CONTENT)

    @app.post(
        "/v1/accounts/<messenger_name>/<account>/verify",
        tags=["accounts"],
        summary="Ask the messenger whether all is right, and set its webhook",
    )
    def verify(messenger_name: Annotated[str, Path()], account: Annotated[str, Path()]) -> VerifiedOut:
        """Step by step, up to the first that fails; what comes after it is not tried."""
        context.may("admin")
        done = verified(with_credentials(f"{messenger_name}/{account}", context), context.services)
        steps = [CheckedOut(name=one.name, ok=one.ok, detail=one.detail) for one in done]
        return VerifiedOut(ok=all(one.ok for one in done), steps=steps)

    @app.post(
        "/v1/accounts/<messenger_name>/<account>/media",
        tags=["accounts"],
        summary="A file that a person sent",
        responses={
            HTTPStatus.OK: {
                "description": "The file, called what the messenger calls it",
                "content": {ANY_FILE: {"schema": {}}},
            }
        },
    )
    def media(
        messenger_name: Annotated[str, Path()], account: Annotated[str, Path()], body: FileIn
    ) -> Response[str]:
        """By the id that the event names; at most 4 MB, and only while the messenger keeps it."""
        context.may("contacts")
        return _file(MediaReceived(MediaKind(body.kind), body.id), f"{messenger_name}/{account}", context)


def checked(
    speaks: Messenger, given: Mapping[str, str | list[str]], kept: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Credentials as stored; raises Problem naming each that is unknown, malformed or missing."""
    expected = {one.name: one for one in speaks.credentials}
    wrong, taken = [], {}
    for name, value in given.items():
        values = tuple([value] if isinstance(value, str) else value)
        if name not in expected:
            wrong.append(
                (
                    f"credentials.{name}",
                    f"{speaks.title} has no such credential; it has {', '.join(expected)}",
                )
            )
        elif not values or not all(re.fullmatch(expected[name].pattern, one) for one in values):
            wrong.append(
                (
                    f"credentials.{name}",
                    "this does not look like one; copy it again from the messenger's console",
                )
            )
        taken[name] = values
    wrong += [
        (f"credentials.{name}", "is missing; the messenger's console shows it")
        for name, one in expected.items()
        if one.required and name not in given and name not in kept
    ]
    if wrong:
        raise Problem("invalid", f"{wrong[0][0]}: {wrong[0][1]}", wrong)
    return taken


def with_credentials(account_id: str, context: Context) -> Account:
    """The account as it is stored this moment; raises Problem where there is none."""
    found = _found(account_id, context)
    return replace(found, credentials=context.wiring.accounts.credentials(found.id))


def _file(medium: MediaReceived, account_id: str, context: Context) -> Response[str]:
    """The bytes, to be saved and never to be shown by a browser as a page; raises Problem."""
    account = with_credentials(account_id, context)
    try:
        found = fetched(medium, account, context.services, LARGEST_FILE)
    except (NoFile, Barred) as why:
        raise Problem("not-found", f"There is no such file to be had: {why}.") from None
    except TooLarge:
        raise Problem("too-large", f"The file has more than {LARGEST_FILE} bytes.") from None
    except Refused as refused:
        raise Problem(
            "conflict",
            f"The messenger refuses the credentials of {account.id} ({refused.code}). "
            f"POST /v1/accounts/{account.id}/verify tells more.",
        ) from None
    except Unfinished:
        raise Problem("unavailable", "The messenger did not give the file just now. Try again.") from None
    answer = Response(HTTPStatus.OK, found.mime_type, b64encode(found.content).decode(), headers=dict(SAVED))
    answer.base64_encoded = True  # done here, since validation would read bytes as UTF-8
    return answer


def _alive(speaks: Messenger, base_url: str, context: Context) -> None:
    """Raises Problem for an account with a messenger that was shut down, unless another server plays it."""
    retired = speaks.rules.retired
    if retired is None or base_url or datetime.fromtimestamp(context.now() / 1000, UTC).date() < retired:
        return
    raise invalid(
        "base_url",
        f"{speaks.title} was shut down on {retired:%Y-%m-%d} ({speaks.rules.source}), so nobody can be "
        "reached there. Give the address of a server that still speaks its protocol, such as the sandbox.",
    )


def _messenger(name: str) -> Messenger:
    try:
        return messenger(name)
    except UnknownMessenger:
        raise not_found("messenger", name[:40]) from None


def _found(account_id: str, context: Context) -> Account:
    try:
        return context.wiring.accounts.settings(account_id[:LONGEST])
    except LookupError:
        raise not_found("account", account_id[:LONGEST]) from None


def _out(account: Account, context: Context) -> AccountOut:
    known = account.credentials or context.wiring.accounts.credentials(account.id)
    return AccountOut(
        id=account.id,
        messenger=account.messenger,
        account=account.name,
        address=account.address,
        base_url=account.base_url,
        rate=account.rate,
        credentials=sorted(known),
        webhook=context.services.webhook_of(account.id),
    )
