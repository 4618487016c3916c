"""Why an account's part of a broadcast stops, in words a marketer understands."""

from dataclasses import dataclass
from enum import StrEnum

LEAST = 100  # sends before errors count
BROKEN = 0.5  # of them, from where on the account stops
USED_UP = "quota"  # our own word for it, where we count


class Why(StrEnum):
    """What stopped an account."""

    REFUSED = "refused"  # the messenger refuses the account
    TOKEN = "token"  # noqa: S105 - the credentials are refused
    NOTICE = "notice"  # the messenger told of trouble with the account or the template
    QUOTA = "quota"  # used up
    ERRORS = "errors"  # at least half of a hundred sends failed
    BUDGET = "budget"  # the broadcast's budget is used up, or a price is not known
    ACCOUNT = "account"  # there is no such account any more


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an account waits; ``code`` is the messenger's code or a short word of ours, ``at`` in ms."""

    why: Why
    code: str
    at: int


def why(code: str, quota_codes: frozenset[str] = frozenset()) -> Why:
    """What a refusal of the account with this code is."""
    return Why.QUOTA if code == USED_UP or code in quota_codes else Why.REFUSED


def trips(asked: int, broken: int) -> bool:
    """Whether so many failures stop the account."""
    return asked >= LEAST and broken >= asked * BROKEN


_SENTENCES = {
    Why.REFUSED: (
        "{name} nimmt von diesem Konto gerade nichts an (Code {code}). Sehen Sie in der Verwaltung des "
        "Messengers nach Sperren, Zahlung und Rechten, und setzen Sie dann fort.",
        "{name} takes nothing from this account now (code {code}). Look for blocks, payment and rights in "
        "the messenger's console, then resume.",
    ),
    Why.TOKEN: (
        "{name} erkennt die Zugangsdaten dieses Kontos nicht an (Code {code}). Tragen Sie sie neu ein, und "
        "setzen Sie dann fort.",
        "{name} does not accept this account's credentials (code {code}). Enter them anew, then resume.",
    ),
    Why.NOTICE: (
        "{name} hat eine Störung gemeldet: {code}. Setzen Sie fort, sobald sie behoben ist.",
        "{name} told of trouble: {code}. Resume as soon as it is over.",
    ),
    Why.QUOTA: (
        "Die Zahl der Nachrichten, die {name} diesem Konto erlaubt, ist aufgebraucht. Setzen Sie fort, "
        "sobald wieder welche erlaubt sind.",
        "The number of messages that {name} allows this account is used up. Resume as soon as it allows "
        "more.",
    ),
    Why.ERRORS: (
        "Zu viele Nachrichten misslangen: {code}. Der Messenger ist gestört, oder die Nachricht passt ihm "
        "nicht. Sehen Sie den Bericht an, und setzen Sie dann fort.",
        "Too many messages failed: {code}. The messenger is in trouble, or does not like the message. Look "
        "at the report, then resume.",
    ),
    Why.BUDGET: (
        "Das Budget dieses Rundrufs reicht nicht für den nächsten Teil, oder für jemanden darin fehlt ein "
        "Preis (Code {code}). Setzen Sie mit einem höheren Budget fort, oder ergänzen Sie die Preistabelle.",
        "What is left of this broadcast's budget is too little for the next part, or somebody in it has no "
        "price (code {code}). Resume with a larger budget, or complete the price table.",
    ),
    Why.ACCOUNT: (
        "Dieses Konto gibt es nicht mehr. Legen Sie es wieder an und setzen Sie fort, oder brechen Sie ab.",
        "This account does not exist any more. Make it again and resume, or cancel.",
    ),
}


def sentence(stop: Stop, name: str) -> dict[str, str]:
    """The explanation by language; ``name`` is the messenger's."""
    german, english = _SENTENCES[stop.why]
    return {"de": german.format(name=name, code=stop.code), "en": english.format(name=name, code=stop.code)}


STALLED = {
    "de": "Seit einer Weile kommt dieser Rundruf nicht voran; seine offenen Teile wurden neu eingereiht. "
    "Liegt etwas bei den unzustellbaren Nachrichten?",
    "en": "This broadcast has made no progress for a while; its open parts were queued again. Is something "
    "among the dead letters?",
}
