"""A new account, asked for piece by piece: what its messenger needs, and no more."""

import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from rundruf_cli import show
from rundruf_cli.failures import BadUse

if TYPE_CHECKING:
    from rundruf.messengers.contract import Credential, Messenger

OWN_CHOICE = ("verify_token", "secret_token")
"""What the business thinks of itself, so it can be made up here."""
ADDRESS = {
    "whatsapp": "The number, like +4930123456",
    "messenger": "The page's name in m.me",
    "instagram": "The account's name",
    "line": "The basic id, like @shop",
    "viber": "The bot's URI",
    "telegram": "The bot's user name",
    "vkteams": "The bot's nick",
    "icq": "The bot's nick",
    "teams": "The app's id",
    "skype": "The bot's id",
}
"""What entry links are made of; WeChat makes its own."""


def messenger_of(name: str) -> "Messenger":
    """Raises BadUse for one that there is not."""
    from rundruf.messengers import MESSENGERS

    if name not in MESSENGERS:
        raise BadUse(f"There is no messenger {name!r}; there are {', '.join(sorted(MESSENGERS))}.")
    return MESSENGERS[name]


def address_asked(speaks: "Messenger") -> str:
    """The account's address; "" where it needs none or nobody can be asked."""
    what = ADDRESS.get(speaks.name)
    if what is None or not sys.stdin.isatty():
        return ""
    return str(typer.prompt(what, err=True)).strip()


def credentials_asked(
    speaks: "Messenger", given: Mapping[str, str | Sequence[str]]
) -> dict[str, str | Sequence[str]]:
    """What was given, and for the rest somebody is asked; raises BadUse where nobody is there."""
    missing = [one for one in speaks.credentials if one.name not in given]
    if not sys.stdin.isatty():
        needed = [one.name for one in missing if one.required and one.name not in OWN_CHOICE]
        if needed:
            raise BadUse(
                f"{speaks.title} needs {', '.join(needed)} as well.",
                [f"--credential {name}=@FILE" for name in needed],
            )
        return {**given, **{one.name: _made_up() for one in missing if one.required}}
    answers = {one.name: _asked(one) for one in missing}
    return {**given, **{name: value for name, value in answers.items() if value}}


def _asked(one: "Credential") -> str:
    """A value that fits, "" for one that is left out; asks again until then."""
    own = one.name in OWN_CHOICE
    hint = " (Enter: one is made up)" if own else "" if one.required else " (Enter: none)"
    while True:
        answer = _line(one.name + hint, one.secret)
        if not answer and own:
            return _shown_once(one.name)
        if (not answer and not one.required) or re.fullmatch(one.pattern, answer):
            return answer
        show.note(f"That is no {one.name}." if answer else f"{one.name} is needed.", "yellow")


def _line(question: str, secret: bool) -> str:
    if secret:
        from getpass import getpass

        return getpass(f"{question}: ").strip()
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip()


def _shown_once(name: str) -> str:
    made = _made_up()
    if name == "verify_token":
        show.note(f"verify_token, to enter in the messenger's console: {made}")
    return made


def _made_up() -> str:
    return secrets.token_urlsafe(24)
