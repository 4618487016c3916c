"""The calls that check a Telegram bot, set its webhook and fill its menu.

https://core.telegram.org/bots/api#setwebhook
"""

from collections.abc import Callable

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Step, Told
from rundruf.messengers.telegram.outbound import method

_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]

# Telegram's terms want /privacy answered; the others are good manners. The first one is for all languages.
_COMMANDS = {
    "": {
        "start": "Subscribe to messages",
        "stop": "Stop all messages",
        "privacy": "What you get, and the privacy policy",
        "help": "What this chat understands",
    },
    "de": {
        "start": "Nachrichten abonnieren",
        "stop": "Alle Nachrichten beenden",
        "privacy": "Was Sie erhalten, und der Datenschutz",
        "help": "Was dieser Chat versteht",
    },
}

# What to do about the last failed call, by words within what Telegram says of it.
_ADVICE = (
    ("401", "The secret token did not fit; it has just been set again."),
    ("404", "The address or the name of the account in it was not known here."),
    ("ssl", "The certificate must be one of a public authority, with its whole chain."),
    ("certificate", "The certificate must be one of a public authority, with its whole chain."),
    ("timed out", "The webhook did not answer in time."),
    ("timeout", "The webhook did not answer in time."),
    ("resolve", "The webhook's name is not known in the public DNS."),
    ("refused", "Nothing listens at the webhook's address."),
)


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Who is it, where are its events sent, what does its menu hold, and did the last call arrive?"""
    hook = {"url": webhook, "secret_token": account.secret("secret_token"), "allowed_updates": _UPDATES}
    return (
        Step("who_am_i", method(account, "getMe", {}), _who),
        Step("set_webhook", method(account, "setWebhook", hook), _done("Telegram sends its events here.")),
        *(_menu(account, language) for language in _COMMANDS),
        Step("webhook_info", method(account, "getWebhookInfo", {}), lambda answer: _info(answer, webhook)),
    )


def _menu(account: Account, language: str) -> Step:
    commands = [{"command": one, "description": words} for one, words in _COMMANDS[language].items()]
    tongue = {"language_code": language} if language else {}
    name = f"set_commands_{language}" if language else "set_commands"
    request = method(account, "setMyCommands", {"commands": commands, **tongue})
    return Step(name, request, _done(f"The menu holds {len(commands)} commands."))


def _who(answer: Answer) -> Told:
    content = shared.content(answer)
    bot = shared.record(content.get("result"))
    name, user = shared.line(bot.get("first_name")), shared.line(bot.get("username"))
    if content.get("ok") is not True or not user:
        return _refused(answer)
    return Told(True, f"The bot is {name} with the user name @{user}.")


def _done(detail: str) -> Callable[[Answer], Told]:
    def read(answer: Answer) -> Told:
        return Told(True, detail) if shared.content(answer).get("ok") is True else _refused(answer)

    return read


def _info(answer: Answer, webhook: str) -> Told:
    """A failure is over once nothing waits any more."""
    content = shared.content(answer)
    info = shared.record(content.get("result"))
    if content.get("ok") is not True:
        return _refused(answer)
    if info.get("url") != webhook:
        return Told(False, "Telegram sends its events to another address. Somebody else set the webhook.")
    waiting = shared.whole(info.get("pending_update_count")) or 0
    words = shared.line(info.get("last_error_message"))
    if not words or not waiting:
        return Told(True, f"The webhook is set; {waiting} events wait to be delivered.")
    advice = next((one for said, one in _ADVICE if said in words.lower()), "Check again in a minute.")
    return Told(False, f"{waiting} events wait, since Telegram's last call failed: {words}. {advice}")


_STATUSES = {
    401: "Telegram refuses the bot token (status 401). Copy it from @BotFather again.",
    404: "Telegram knows no bot of this token (status 404). Copy it from @BotFather again.",
    429: "Telegram was asked too often (status 429). Try again in a minute.",
}


def _refused(answer: Answer) -> Told:
    content = shared.content(answer)
    code, words = shared.whole(content.get("error_code")), shared.line(content.get("description"))
    if not code or not words:
        return Told(False, f"Telegram answers with status {answer.status} and nothing of use.")
    return Told(False, _STATUSES.get(code, f"Telegram refuses with status {code}: {words}."))
