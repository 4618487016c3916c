"""Accounts: senders on messengers."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from rundruf.api.context import Context
from rundruf.api.models import AccountIn, AccountList, AccountOut, CheckedOut, VerifiedOut
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.core.account import Account
from rundruf.flows.verifying import verify as verified
from rundruf.messengers import UnknownMessenger, messenger
from rundruf.messengers.contract import Messenger

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST = 90


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
        webhook=f"{context.services.public_url()}/webhooks/{account.id}",
    )
