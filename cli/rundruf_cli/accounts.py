"""`rundruf accounts`: senders on messengers, and their credentials."""

import sys
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import typer

from rundruf_cli import completing, new_account, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse, Refused
from rundruf_cli.words import split_account, without_empty

app = typer.Typer(name="accounts", no_args_is_help=True, help="Senders: a WhatsApp number, a Telegram bot, …")

Name = Annotated[
    str,
    typer.Argument(
        help="Like whatsapp/main: messenger, slash, your name for it.",
        show_default=False,
        autocompletion=completing.account,
    ),
]


@app.command("list", epilog=show.examples("rundruf accounts list"))
@connected
def every(client: Client, as_json: show.AsJson = False) -> None:
    """Every account. Of credentials only the names are shown, here and everywhere."""
    told = client.get("v1", "accounts")
    if as_json:
        show.data(told)
        return
    rows = ((one["id"], one["address"], one["rate"], one["credentials"]) for one in told["accounts"])
    show.table(
        ("account", "address", "#per second", "credentials"),
        rows,
        "No accounts yet; `rundruf accounts add` makes one.",
    )


@app.command("show", epilog=show.examples("rundruf accounts show whatsapp/main"))
@connected
def one(client: Client, account: Name, as_json: show.AsJson = False) -> None:
    """One account, with the webhook address to enter in the messenger's console."""
    _shown(client.get("v1", "accounts", *split_account(account)), as_json)


Address = Annotated[str | None, typer.Option(help="The number, or the bot's name.")]
BaseUrl = Annotated[
    str | None,
    typer.Option(help="In place of the messenger's own host: a sandbox, a proxy; '' for none."),
]
Rate = Annotated[
    float | None, typer.Option(help="Messages per second; 0 for the messenger's own limit.", min=0)
]
Credentials = Annotated[
    list[str] | None,
    typer.Option(
        "--credential",
        metavar="NAME[=VALUE|=@FILE]",
        help="Named as in the messenger's console; several times. NAME alone asks without echo, "
        "=@FILE reads a file, =VALUE stays in your shell's history. The same name "
        "twice: both are valid while you rotate.",
    ),
]


@app.command(
    epilog=show.examples(
        "rundruf accounts add telegram/main   # asks for what Telegram needs, checks it, sets the webhook",
        "rundruf accounts add viber/main --address cafe --credential auth_token=@token.txt",
    )
)
@connected
def add(
    client: Client,
    account: Name,
    address: Address = None,
    base_url: BaseUrl = None,
    rate: Rate = None,
    credential: Credentials = None,
    as_json: show.AsJson = False,
) -> None:
    """Make an account: asks for what its messenger needs, then checks it there and sets the webhook.

    Secrets are asked for without echo. What you may choose yourself is made up if you like.
    Ends with 1 when the messenger is not content; the account is kept, and `accounts set` corrects it.
    """
    messenger, name = split_account(account)
    speaks = new_account.messenger_of(messenger)
    if _standing(client, messenger, name):
        raise Refused(
            f"There is an account {account} already.", [f"rundruf accounts set {account} changes it."]
        )
    if address is None:
        address = new_account.address_asked(speaks)
    body = {
        "address": address, "base_url": base_url, "rate": rate,
        "credentials": new_account.credentials_asked(speaks, _credentials(credential or ())),
    }  # fmt: skip
    told = client.put("v1", "accounts", messenger, name, body=without_empty(body))
    if not as_json:
        _shown(told, as_json)
        show.blank()
    _verified(client, account, as_json)


@app.command(
    "set",
    epilog=show.examples(
        "rundruf accounts set telegram/main --address shop_bot --credential bot_token",
        "rundruf accounts set whatsapp/main --credential access_token=@token.txt",
        "rundruf accounts set whatsapp/main --credential app_secret=@new --credential app_secret=@old",
        "rundruf accounts set whatsapp/main --rate 80",
    ),
)
@connected
def put(
    client: Client,
    account: Name,
    address: Address = None,
    base_url: BaseUrl = None,
    rate: Rate = None,
    credential: Credentials = None,
    as_json: show.AsJson = False,
) -> None:
    """Make an account, or change it. What you do not name stays as it is."""
    messenger, name = split_account(account)
    body: dict[str, Any] = {
        **_standing(client, messenger, name),
        "credentials": _credentials(credential or ()),
    }
    if address is not None:
        body["address"] = address
    if base_url is not None:
        body["base_url"] = base_url
    if rate is not None:
        body["rate"] = rate or None
    _shown(client.put("v1", "accounts", messenger, name, body=body), as_json)


@app.command(epilog=show.examples("rundruf accounts verify whatsapp/main"))
@connected
def verify(client: Client, account: Name, as_json: show.AsJson = False) -> None:
    """Ask the messenger whether all is right, and set its webhook where that can be done from here.

    Ends with 1 when a step failed; what comes after that step is not tried.
    """
    _verified(client, account, as_json)


def _verified(client: Client, account: str, as_json: bool) -> None:
    """What the messenger says; raises typer.Exit where it is not content."""
    told = client.post("v1", "accounts", *split_account(account), "verify")
    if as_json:
        show.data(told)
    else:
        rows = ((one["name"], "ok" if one["ok"] else "failed", one["detail"]) for one in told["steps"])
        show.table(
            ("step", "result", "what the messenger says"), rows, "This messenger has nothing to check."
        )
    if not told["ok"]:
        raise typer.Exit(1)


@app.command(epilog=show.examples("rundruf accounts delete whatsapp/old --yes"))
@connected
def delete(client: Client, account: Name, yes: show.Yes = False) -> None:
    """Remove an account and its credentials. Contacts and their ledgers stay."""
    messenger, name = split_account(account)
    show.ask(f"Remove {account} and its credentials?", yes)
    client.delete("v1", "accounts", messenger, name)
    show.done(f"{account} is removed")


def _standing(client: Client, messenger: str, name: str) -> dict[str, Any]:
    """The settings that an account has now, as a PUT takes them; nothing for a new one."""
    try:
        told = client.get("v1", "accounts", messenger, name)
    except Refused as refused:
        if refused.status == HTTPStatus.NOT_FOUND:
            return {}
        raise
    return {key: told[key] for key in ("address", "base_url", "rate")}


def _credentials(given: Sequence[str]) -> dict[str, str | list[str]]:
    """Values by name, a list where a name comes more than once."""
    found: dict[str, list[str]] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not name:
            raise BadUse(
                "--credential is written like access_token, access_token=@FILE or access_token=VALUE"
            )
        found.setdefault(name, []).append(_value(name, sign, value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(name: str, sign: str, value: str) -> str:
    if not sign:
        return show.secret(name)
    if not value.startswith("@"):
        return value
    try:
        return (sys.stdin.read() if value == "@-" else Path(value[1:]).read_text(encoding="utf-8")).strip()
    except (OSError, ValueError):
        raise BadUse(f"--credential {name}: the file {value[1:]} cannot be read") from None


def _shown(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.data(told)
        return
    show.pairs(
        {
            "account": told["id"],
            "address": told["address"],
            "instead of the messenger's host": told["base_url"],
            "per second": told["rate"],
            "credentials": told["credentials"],
            "webhook": told["webhook"],
        }
    )
