"""What we say about consent, word for word, with versions: proof of a consent names the text that was seen.

A changed text needs a new version; a test holds the two together. No text here promotes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date as Date  # noqa: N812 - a parameter has the name
from functools import lru_cache
from hashlib import sha256
from typing import Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")

PAYLOAD_YES = "optin:yes"
PAYLOAD_NO = "optin:no"
PAYLOAD_STOP = "stop"
PAYLOAD_KEEP = "keep"
PAYLOAD_ERASE = "erase"
PAYLOAD_BEGIN = "START"


@dataclass(frozen=True, slots=True)
class Business:
    """Who writes. Raises ValueError naming the field that is empty: nobody may be written to anonymously."""

    name: str
    imprint_url: str
    privacy_url: str

    def __post_init__(self) -> None:
        for one in fields(self):
            if not getattr(self, one.name).strip():
                raise ValueError(f"the business has no {one.name}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it was sent; ``version`` is the day its template was last changed."""

    id: str
    version: str
    language: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 of the text in hex."""
        return sha256(self.text.encode()).hexdigest()


def language_of(tag: str, default: str) -> Language:
    """The language we have for a tag such as ``de_AT`` or ``en-GB``; else for ``default``; else English."""
    for one in (tag, default):
        primary = one.strip().lower().replace("_", "-").partition("-")[0]
        for language in LANGUAGES:
            if primary == language:
                return language
    return "en"


def opt_in(business: Business, topic_names: Sequence[str], language: str) -> Wording:
    """The question that a YES answers: who wants to write, about what, how it ends."""
    return _wording("opt_in", language, business, topics=_listed(topic_names, language))


def confirmed(business: Business, topic_names: Sequence[str], language: str) -> Wording:
    return _wording("confirmed", language, business, topics=_listed(topic_names, language))


def declined(business: Business, language: str) -> Wording:
    return _wording("declined", language, business)


def stopped(
    business: Business, topic_names: Sequence[str] | None, language: str, service_too: bool = False
) -> Wording:
    """What has ended: some topics, all of them (None), or service messages as well."""
    if service_too:
        return _wording("stopped_everything", language, business)
    if topic_names is None:
        return _wording("stopped_all", language, business)
    return _wording("stopped_topics", language, business, topics=_listed(topic_names, language))


def already_stopped(business: Business, language: str) -> Wording:
    return _wording("already_stopped", language, business)


def started_again(business: Business, topic_names: Sequence[str], language: str) -> Wording:
    return _wording("started_again", language, business, topics=_listed(topic_names, language))


def info(
    business: Business, topic_lines: Sequence[str], held: str, language: str, paused_until: str | None = None
) -> Wording:
    """What the person gets, since when and why, what else is held of them, and where to read about it.

    ``paused_until`` is the day until which they get nothing ("" for no end), ``held`` lists data in words.
    """
    known = language_of(language, "en")
    if not topic_lines:
        return _wording("info_none", known, business, held=held)
    paused = _PAUSED[known][bool(paused_until)].format(until=paused_until) if paused_until is not None else ""
    lines = "\n".join(f"• {one}" for one in topic_lines)
    return _wording("info", known, business, lines=lines, held=held, paused=paused)


def topic_line(topic: str, since: str, source: str, language: str) -> str:
    """One topic in an overview: since which day, and by what."""
    known = language_of(language, "en")
    why = _SOURCES[known].get(source, _OTHER_SOURCE[known].format(source=source))
    return _SINCE[known].format(topic=topic, since=since, why=why)


def held_of(kinds: Sequence[str], messenger: str, language: str) -> str:
    """Kinds of data ("id", "name", "language", "more", "proof") in words, joined with "and"."""
    known = language_of(language, "en")
    names = [_HELD[known][one].format(messenger=messenger) for one in kinds]
    last = _QUOTES[known][2]
    return last.join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def day(date: Date, language: str) -> str:
    """A day as people write it."""
    if language_of(language, "en") == "de":
        return f"{date.day}.{date.month}.{date.year}"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def unsure(business: Business, language: str) -> Wording:
    """The question to somebody who may have meant to leave."""
    return _wording("unsure", language, business)


def kept(business: Business, topic_names: Sequence[str], language: str) -> Wording:
    return _wording("kept", language, business, topics=_listed(topic_names, language))


def paused(business: Business, until: str, language: str) -> Wording:
    """That there is no advertising until this day."""
    return _wording("paused", language, business, until=until)


def resumed(business: Business, topic_names: Sequence[str], language: str) -> Wording:
    return _wording("resumed", language, business, topics=_listed(topic_names, language))


def erase_question(business: Business, language: str) -> Wording:
    """Asked before an erasure, which nobody can undo; everything has been stopped by then."""
    return _wording("erase_question", language, business)


def erased(business: Business, language: str) -> Wording:
    """The last words to somebody."""
    return _wording("erased", language, business)


def help_text(business: Business, language: str) -> Wording:
    return _wording("help", language, business)


def data_link(business: Business, data_url: str, language: str) -> Wording:
    """The link behind which the person sees what is held about them."""
    return _wording("data_link", language, business, data_url=data_url)


def expired_code(business: Business, language: str) -> Wording:
    return _wording("expired_code", language, business)


def unknown_text(business: Business, language: str) -> Wording:
    return _wording("unknown_text", language, business)


def greeting(business: Business, language: str) -> Wording:
    """The first words to somebody who opened the chat and has said nothing yet."""
    return _wording("greeting", language, business)


def footer(business: Business, leave_url: str, language: str) -> str:
    """The last line of every marketing message: who writes and how to leave.

    Without ``leave_url`` it is the same for everybody, for messages that go to many people in one call.
    """
    before, after = _footer(business, language_of(language, "en"), bool(leave_url))
    return f"{before}{leave_url}{after}"


@lru_cache(maxsize=64)
def _footer(business: Business, language: Language, personal: bool) -> tuple[str, str]:
    """What stands before and after the link."""
    name = "footer" if personal else "common_footer"
    before, _, after = _wording(name, language, business, leave_url="\0").text.partition("\0")
    return before, after


def remade(name: str, business: Business, topic_names: Sequence[str], language: str) -> Wording | None:
    """The text of this id as it would be sent now; None for one that is not ours or takes more than this."""
    if name not in _TEXTS[language_of(language, "en")]:
        return None
    try:
        return _wording(name, language, business, topics=_listed(topic_names, language))
    except KeyError:
        return None


def begin_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][3]


def yes_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][0]


def no_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][1]


def stop_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][2]


def leave_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][4]


def keep_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][5]


def erase_label(language: str) -> str:
    return _LABELS[language_of(language, "en")][6]


def _wording(name: str, language: str, business: Business, **more: str) -> Wording:
    known = language_of(language, "en")
    version, template = _TEXTS[known][name]
    values = {
        "business": business.name,
        "imprint": business.imprint_url,
        "privacy": business.privacy_url,
        **more,
    }
    return Wording(name, version, known, template.format_map(values))


def _listed(names: Sequence[str], language: str) -> str:
    """Names in quotation marks, the last joined with "and"."""
    opening, closing, last = _QUOTES[language_of(language, "en")]
    quoted = [f"{opening}{name}{closing}" for name in names]
    return last.join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


_QUOTES: dict[Language, tuple[str, str, str]] = {"de": ("„", "“", " und "), "en": ("“", "”", " and ")}
_LABELS: dict[Language, tuple[str, ...]] = {
    "de": ("JA", "NEIN", "STOP", "Anmelden", "Keine Werbung mehr", "Alles wie bisher", "Endgültig löschen"),
    "en": ("YES", "NO", "STOP", "Join", "No more advertising", "Keep it as it is", "Delete for good"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SINCE: dict[Language, str] = {"de": "{topic}: seit {since}, {why}", "en": "{topic}: since {since}, {why}"}
_SOURCES: dict[Language, dict[str, str]] = {
    "de": {"chat": "durch Ihr Ja in diesem Chat", "page": "durch Ihr Ja auf unserer Seite"},
    "en": {"chat": "by your yes in this chat", "page": "by your yes on our page"},
}
_OTHER_SOURCE: dict[Language, str] = {"de": "Herkunft: {source}", "en": "source: {source}"}
_HELD: dict[Language, dict[str, str]] = {
    "de": {
        "id": "Ihre Kennung bei {messenger}",
        "name": "Ihr Name",
        "language": "Ihre Sprache",
        "more": "Angaben zu Ihnen",
        "proof": "der Nachweis Ihrer Einwilligungen",
    },
    "en": {
        "id": "your id on {messenger}",
        "name": "your name",
        "language": "your language",
        "more": "details about you",
        "proof": "the proof of your consents",
    },
}
_PAUSED: dict[Language, tuple[str, str]] = {  # without an end, and with one
    "de": ("Zurzeit pausiert. Weiter mit START.\n", "Pausiert bis {until}. Früher weiter mit START.\n"),
    "en": ("Paused at present. To go on: START.\n", "Paused until {until}. To go on earlier: START.\n"),
}

_TEXTS: dict[Language, dict[str, tuple[str, str]]] = {
    "de": {
        "opt_in": (
            "2026-11-23",
            "Hier ist {business}.\n\n"
            "Möchten Sie in diesem Chat Nachrichten von uns erhalten, auch Werbung? "
            "Es geht um: {topics}.\n\n"
            "Antworten Sie bitte mit JA oder NEIN. Ohne Ihr JA senden wir keine Werbung.\n\n"
            "Die Einwilligung ist freiwillig. Sie endet jederzeit, sobald Sie STOP schreiben.\n\n"
            "Impressum: {imprint}\n"
            "Datenschutz: {privacy}",
        ),
        "confirmed": (
            "2026-11-23",
            "{business}: Danke, Ihre Einwilligung ist gespeichert. "
            "Sie erhalten hier Nachrichten zu {topics}.\n\n"
            "Abmelden: jederzeit STOP schreiben. Übersicht: INFO.\n"
            "Datenschutz: {privacy}",
        ),
        "declined": (
            "2026-11-23",
            "{business}: In Ordnung, Sie erhalten keine Werbung von uns. "
            "Falls Sie es sich anders überlegen, schreiben Sie START.",
        ),
        "stopped_all": (
            "2026-11-23",
            "{business}: Sie sind abgemeldet und erhalten keine Werbung mehr in diesem Chat. "
            "Nachrichten zu Ihren Terminen und Bestellungen kommen weiterhin; "
            "STOPP ALLES beendet auch diese.\n"
            "Wieder anmelden: START",
        ),
        "stopped_topics": (
            "2026-11-23",
            "{business}: Sie erhalten keine Nachrichten mehr zu {topics}.\n"
            "STOP beendet alle Themen, STOPP ALLES auch Nachrichten zu Terminen und Bestellungen. "
            "Wieder anmelden: START",
        ),
        "stopped_everything": (
            "2026-11-23",
            "{business}: Sie sind von allem abgemeldet. "
            "Wir schreiben Ihnen in diesem Chat nicht mehr von uns aus, "
            "auch nicht zu Terminen und Bestellungen.\n"
            "Wieder anmelden: START",
        ),
        "already_stopped": (
            "2026-11-23",
            "{business}: Sie sind abgemeldet und erhalten keine Werbung in diesem Chat. "
            "STOPP ALLES beendet auch Nachrichten zu Terminen und Bestellungen.\n"
            "Wieder anmelden: START",
        ),
        "started_again": (
            "2026-11-23",
            "{business}: Sie sind wieder angemeldet und erhalten hier Nachrichten zu {topics}.\n"
            "Abmelden: jederzeit STOP schreiben.",
        ),
        "info": (
            "2026-11-23",
            "{business}: Mit Ihrer Einwilligung erhalten Sie hier Nachrichten zu:\n{lines}\n{paused}\n"
            "Gespeichert sind: {held}.\n\n"
            "Abmelden: STOP, auch mit dem Namen eines Themas. "
            "Außerdem: PAUSE (30 Tage), DATEN (alles ansehen), LÖSCHEN.\n\n"
            "Warum wir was speichern und welche Rechte Sie haben: {privacy}\n"
            "Impressum: {imprint}",
        ),
        "info_none": (
            "2026-11-23",
            "{business}: Es liegt keine Einwilligung von Ihnen vor, "
            "Sie erhalten keine Werbung in diesem Chat.\n"
            "Gespeichert sind: {held}.\n\n"
            "Anmelden: START. Außerdem: DATEN (alles ansehen), LÖSCHEN.\n\n"
            "Warum wir was speichern und welche Rechte Sie haben: {privacy}\n"
            "Impressum: {imprint}",
        ),
        "help": (
            "2026-11-23",
            "{business} – automatische Antwort. Das können Sie schreiben:\n"
            "STOP – keine Werbung mehr\n"
            "STOP und ein Thema – nur dieses Thema beenden\n"
            "STOPP ALLES – auch keine Nachrichten zu Terminen und Bestellungen\n"
            "PAUSE – 30 Tage lang keine Werbung\n"
            "START – wieder anmelden\n"
            "INFO – was Sie von uns erhalten und warum\n"
            "DATEN – alles ansehen, was wir über Sie gespeichert haben\n"
            "LÖSCHEN – all das entfernen lassen\n"
            "Impressum: {imprint}",
        ),
        "data_link": (
            "2026-11-23",
            "{business}: Hier sehen Sie, was wir über Sie speichern, und können es löschen: {data_url}\n"
            "Der Link gilt 24 Stunden. Geben Sie ihn bitte nicht weiter.",
        ),
        "unsure": (
            "2026-11-23",
            "{business}: Wir sind nicht sicher, ob Sie sich abmelden möchten. "
            "Sollen wir Ihnen keine Werbung mehr schicken?\n\n"
            "Antworten Sie bitte mit JA oder NEIN. Bis dahin senden wir Ihnen keine.",
        ),
        "kept": (
            "2026-11-23",
            "{business}: Alles bleibt wie bisher, Sie erhalten hier Nachrichten zu {topics}.\n"
            "Abmelden: jederzeit STOP schreiben.",
        ),
        "paused": (
            "2026-11-23",
            "{business}: Bis {until} senden wir Ihnen keine Werbung, danach geht es wie bisher weiter. "
            "Nachrichten zu Ihren Terminen und Bestellungen kommen trotzdem.\n"
            "Früher weiter: START. Ganz abmelden: STOP.",
        ),
        "resumed": (
            "2026-11-23",
            "{business}: Die Pause ist zu Ende. Sie erhalten hier wieder Nachrichten zu {topics}.\n"
            "Abmelden: jederzeit STOP schreiben.",
        ),
        "erase_question": (
            "2026-11-23",
            "{business}: Ab sofort schreiben wir Ihnen nicht mehr von uns aus. "
            "Sollen wir auch alles löschen, was wir über Sie gespeichert haben? "
            "Das lässt sich nicht rückgängig machen.\n\n"
            "Wenn ja, tippen Sie bitte auf „Endgültig löschen“ oder antworten Sie mit JA. "
            "Sonst löschen wir nichts.",
        ),
        "erased": (
            "2026-11-23",
            "{business}: Wir löschen jetzt alles, was wir über Sie gespeichert haben. "
            "Es bleibt nur ein verschlüsselter Vermerk, damit Ihnen niemand mehr Werbung schickt.\n"
            "Dies ist unsere letzte Nachricht. Alles Gute.",
        ),
        "expired_code": (
            "2026-11-23",
            "{business}: Dieser Code gilt nicht mehr. Zum Anmelden schreiben Sie START.",
        ),
        "unknown_text": (
            "2026-11-23",
            "{business} – automatische Antwort: Das haben wir nicht verstanden. "
            "HILFE zeigt, was Sie schreiben können; STOP meldet Sie ab.",
        ),
        "greeting": (
            "2026-11-23",
            "{business} – automatische Antwort. Möchten Sie Nachrichten von uns bekommen? "
            "Dann tippen Sie unten; wir fragen vorher noch einmal nach. STOP beendet alles jederzeit.\n"
            "Datenschutz: {privacy}\n"
            "Impressum: {imprint}",
        ),
        "footer": ("2026-11-23", "{business} · Abmelden: STOP oder {leave_url}"),
        "common_footer": ("2026-11-23", "{business} · Abmelden: STOP"),
    },
    "en": {
        "opt_in": (
            "2026-11-23",
            "This is {business}.\n\n"
            "Would you like to get messages from us in this chat, including advertising? "
            "They are about: {topics}.\n\n"
            "Please answer YES or NO. Without your YES we send no advertising.\n\n"
            "Your consent is voluntary. It ends at any time as soon as you write STOP.\n\n"
            "Imprint: {imprint}\n"
            "Privacy: {privacy}",
        ),
        "confirmed": (
            "2026-11-23",
            "{business}: Thank you, your consent is saved. You will get messages about {topics} here.\n\n"
            "To leave, write STOP at any time. Overview: INFO.\n"
            "Privacy: {privacy}",
        ),
        "declined": (
            "2026-11-23",
            "{business}: All right, you will get no advertising from us. "
            "If you change your mind, write START.",
        ),
        "stopped_all": (
            "2026-11-23",
            "{business}: You have left and will get no more advertising in this chat. "
            "Messages about your appointments and orders still come; STOP ALL ends those too.\n"
            "To join again: START",
        ),
        "stopped_topics": (
            "2026-11-23",
            "{business}: You will get no more messages about {topics}.\n"
            "STOP ends all topics, STOP ALL also messages about appointments and orders. "
            "To join again: START",
        ),
        "stopped_everything": (
            "2026-11-23",
            "{business}: You have left everything. "
            "We will not write to you in this chat on our own any more, "
            "not about appointments and orders either.\n"
            "To join again: START",
        ),
        "already_stopped": (
            "2026-11-23",
            "{business}: You have left and get no advertising in this chat. "
            "STOP ALL also ends messages about appointments and orders.\n"
            "To join again: START",
        ),
        "started_again": (
            "2026-11-23",
            "{business}: You have joined again and will get messages about {topics} here.\n"
            "To leave, write STOP at any time.",
        ),
        "info": (
            "2026-11-23",
            "{business}: With your consent you get messages here about:\n{lines}\n{paused}\n"
            "We hold {held}.\n\n"
            "To leave: STOP, also with a topic's name. "
            "And: PAUSE (30 days), DATA (see everything), DELETE.\n\n"
            "Why we store what, and your rights: {privacy}\n"
            "Imprint: {imprint}",
        ),
        "info_none": (
            "2026-11-23",
            "{business}: We hold no consent from you, so you get no advertising in this chat.\n"
            "We hold {held}.\n\n"
            "To join: START. And: DATA (see everything), DELETE.\n\n"
            "Why we store what, and your rights: {privacy}\n"
            "Imprint: {imprint}",
        ),
        "help": (
            "2026-11-23",
            "{business} – automatic reply. You can write:\n"
            "STOP – no more advertising\n"
            "STOP and a topic – leave just this topic\n"
            "STOP ALL – no messages about appointments and orders either\n"
            "PAUSE – no advertising for 30 days\n"
            "START – join again\n"
            "INFO – what you get from us, and why\n"
            "DATA – see everything we hold about you\n"
            "DELETE – have all of that removed\n"
            "Imprint: {imprint}",
        ),
        "data_link": (
            "2026-11-23",
            "{business}: Here you see what we store about you, and can delete it: {data_url}\n"
            "The link is valid for 24 hours. Please do not pass it on.",
        ),
        "unsure": (
            "2026-11-23",
            "{business}: We are not sure whether you want to leave. "
            "Should we send you no more advertising?\n\n"
            "Please answer YES or NO. Until then we send you none.",
        ),
        "kept": (
            "2026-11-23",
            "{business}: Everything stays as it is, you get messages about {topics} here.\n"
            "To leave, write STOP at any time.",
        ),
        "paused": (
            "2026-11-23",
            "{business}: We send you no advertising until {until}, then it goes on as before. "
            "Messages about your appointments and orders still come.\n"
            "To go on earlier: START. To leave: STOP.",
        ),
        "resumed": (
            "2026-11-23",
            "{business}: The pause is over. You get messages about {topics} here again.\n"
            "To leave, write STOP at any time.",
        ),
        "erase_question": (
            "2026-11-23",
            "{business}: From now on we do not write to you on our own any more. "
            "Should we also delete everything we hold about you? This cannot be undone.\n\n"
            "If so, please tap “Delete for good” or answer YES. Otherwise we delete nothing.",
        ),
        "erased": (
            "2026-11-23",
            "{business}: We now delete everything we hold about you. "
            "Only an encrypted note remains, so that nobody sends you advertising again.\n"
            "This is our last message. All the best.",
        ),
        "expired_code": (
            "2026-11-23",
            "{business}: This code is no longer valid. To join, write START.",
        ),
        "unknown_text": (
            "2026-11-23",
            "{business} – automatic reply: We did not understand that. "
            "HELP shows what you can write; STOP lets you leave.",
        ),
        "greeting": (
            "2026-11-23",
            "{business} – automatic reply. Would you like to get messages from us? "
            "Then tap below; we ask once more before anything comes. STOP ends everything at any time.\n"
            "Privacy: {privacy}\n"
            "Imprint: {imprint}",
        ),
        "footer": ("2026-11-23", "{business} · Leave: STOP or {leave_url}"),
        "common_footer": ("2026-11-23", "{business} · Leave: STOP"),
    },
}
