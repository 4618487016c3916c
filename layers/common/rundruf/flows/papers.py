"""Papers about one person's consent, as HTML that prints: nothing is run, nothing is loaded.

A paper is read by the person it is about, by a court or by an authority, so it says what was checked and
when, and never shows a text that may differ from the one that was sent.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from zoneinfo import ZoneInfo

from minijinja import Environment

from rundruf.core import explain, proving
from rundruf.core.consent import FOREVER, Action, Fact, WordingRef
from rundruf.core.contact import Contact
from rundruf.core.ledger import Entry
from rundruf.core.retention import ABOUT_PEOPLE
from rundruf.core.topic import Topic
from rundruf.core.wording import Business, language_of
from rundruf.flows.history import History, Written
from rundruf.messengers import messenger

_TEMPLATES = Path(__file__).with_name("templates")
_PAGES = ("paper.html", "entries.html", "export.html", "certificate.html")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """A person's ledger as it was found at ``at`` (ms); ``altered`` is the first entry that is not intact."""

    business: Business
    topics: Mapping[str, Topic]
    contact: Contact
    entries: Sequence[Entry]
    altered: int | None
    at: int
    zone: str


def certificate(proof: Proof, language: str) -> str:
    """The proof of one person's consent, for whoever asks for it: person, business, authority or court."""
    say = _Words(language, proof)
    held = proof.contact
    person = say.fields(
        {
            "messenger": messenger(held.identity.messenger).title,
            "account": held.identity.account,
            "their_id": held.identity.user_id,
            "name": held.name,
            "contact": held.id,
        }
        | {name: value for name, value in _consent(held, say).items() if name in ("joined", "service")}
    )
    return _rendered("certificate.html", say, say.text("certificate_heading"), person=person)


def export_page(
    proof: Proof, past: History, language: str, created: int = 0, aliases: Iterable[str] = ()
) -> str:
    """Everything about one person, for that person; ``created`` in ms."""
    say = _Words(language, proof)
    return _rendered(
        "export.html",
        say,
        say.text("export_heading", name=proof.business.name),
        profile=say.fields(_profile(proof.contact, created, aliases, say)),
        consent=say.fields(_consent(proof.contact, say)),
        messages=[_message(one, say) for one in past.written],
        complete=past.complete,
        kept=[
            {"data": data_class(one, say.language), "long": say.kept(days)}
            for one, days in ABOUT_PEOPLE.items()
        ],
    )


def data_class(name: str, language: str) -> str:
    """A class of data (a key of ``ABOUT_PEOPLE``) in words."""
    return str(_translation(language_of(language, "en"))["classes"][name])


def action_name(action: Action, language: str) -> str:
    """What happened, in words."""
    every = _translation(language_of(language, "en"))["actions"]
    return str(every.get(action.value, action.value))


def paper_headers(name: str) -> dict[str, str]:
    """The headers that go with a paper; ``name`` is what it is saved as."""
    style = b64encode(sha256(_style().encode()).digest()).decode()
    return {
        "cache-control": "no-store",
        "content-disposition": f'inline; filename="{name}"',
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
    }


class _Words:
    """The texts of one language, and how it spells times, lists and entries of one proof."""

    def __init__(self, language: str, proof: Proof) -> None:
        self.language = language_of(language, "en")
        self.proof = proof
        self.every = _translation(self.language)

    def text(self, name: str, /, **values: object) -> str:
        return str(self.every[name]).format(**values)

    def among(self, group: str, name: str) -> str:
        """A word of a group, or the name itself where there is none."""
        return str(self.every[group].get(name, name))

    def time(self, ms: int) -> str:
        """A moment to the second with its offset from UTC; "" for 0."""
        if not ms:
            return ""
        when = datetime.fromtimestamp(ms / 1000, ZoneInfo(self.proof.zone))
        offset = when.strftime("%z")
        clock = f"{when:%H:%M:%S} ({offset[:3]}:{offset[3:5]})"
        if self.language == "de":
            return f"{when:%d.%m.%Y}, {clock}"
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {clock}"

    def listed(self, names: Iterable[str]) -> str:
        every = list(names)
        joined = [", ".join(every[:-1]), every[-1]] if len(every) > 1 else every
        return self.text("last").join(joined)

    def titles(self, topics: Iterable[str]) -> str:
        known = self.proof.topics
        return self.listed(known[one].title(self.language) if one in known else one for one in topics)

    def yes_or_no(self, answer: bool) -> str:
        return self.text("yes" if answer else "no")

    def fields(self, values: Mapping[str, str]) -> list[Row]:
        """Those fields that say something, under their names."""
        return [
            {"name": self.among("fields", name), "value": value} for name, value in values.items() if value
        ]

    def kept(self, days: int | None) -> str:
        if days is None:
            return self.text("for_good")
        if days == 1:
            return self.text("one_day")
        return self.text("days", count=days) if days else self.text("until_erased")


def _rendered(template: str, say: _Words, heading: str, **values: object) -> str:
    proof = say.proof
    labels, wordings = _wordings(say)
    html: str = _environment().render_template(
        template,
        say={name: text for name, text in say.every.items() if isinstance(text, str)},
        language=say.language,
        heading=heading,
        issued=say.time(proof.at),
        business={
            "name": proof.business.name,
            "imprint_url": proof.business.imprint_url,
            "privacy_url": proof.business.privacy_url,
        },
        style=_style(),
        altered=proof.altered is not None,
        verdict=_verdict(say),
        entries=[_entry(one, labels, say) for one in proof.entries],
        wordings=wordings,
        **values,
    )
    return html


def _verdict(say: _Words) -> Row:
    proof, count = say.proof, len(say.proof.entries)
    name = "broken" if proof.altered is not None else {0: "intact_none", 1: "intact_one"}.get(count, "intact")
    values = {"count": count, "number": proof.altered, "at": say.time(proof.at)}
    return {part: text.format(**values) for part, text in say.every[name].items()}


def _entry(entry: Entry, labels: Mapping[WordingRef, str], say: _Words) -> dict[str, object]:
    fact = entry.fact
    altered = say.proof.altered
    return {
        "number": str(entry.number),
        "altered": altered is not None and entry.number >= altered,
        "what": _what(fact, say),
        "topics": say.titles(fact.topics) or say.text("none"),
        "told": say.time(fact.at),
        "entered": say.time(entry.entered_at),
        "source": say.among("sources", fact.source) or say.text("none"),
        "reference": "" if fact.reference in fact.message_ids else fact.reference,
        "messages": " ".join(fact.message_ids),
        "hash": entry.hash,
        "wording": labels[fact.wording] if fact.wording else say.text("none"),
    }


def _what(fact: Fact, say: _Words) -> str:
    if fact.action is Action.WITHDRAWN and fact.everything:
        return say.among("actions", "everything")
    named = action_name(fact.action, say.language)
    return f"{named} ({say.text('until', when=_until(fact.until, say))})" if fact.until else named


def _wordings(say: _Words) -> tuple[dict[WordingRef, str], list[dict[str, str | None]]]:
    """The label of each wording, and what is proved of it."""
    proof = say.proof
    sound = [one for one in proof.entries if proof.altered is None or one.number < proof.altered]
    texts = proving.texts(sound, proof.business, proof.topics)
    for entry in proof.entries:
        if entry.fact.wording:
            texts.setdefault(entry.fact.wording, None)
    labels, shown = {}, []
    for place, (ref, text) in enumerate(texts.items()):
        labels[ref] = say.text("wording_label", letter=_letter(place))
        missing = "missing_changed" if ref.hash else "missing_elsewhere"
        shown.append(
            {
                "label": labels[ref],
                "id": ref.id,
                "version": ref.version,
                "language": ref.language,
                "hash": ref.hash,
                "text": text,
                "missing": say.text(missing),
            }
        )
    return labels, shown


def _letter(place: int) -> str:
    return ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1)


def _profile(contact: Contact, created: int, aliases: Iterable[str], say: _Words) -> dict[str, str]:
    identity = contact.identity
    return {
        "messenger": messenger(identity.messenger).title,
        "account": identity.account,
        "user_id": identity.user_id,
        "contact": contact.id,
        "aliases": ", ".join(aliases),
        "name": contact.name,
        "language": contact.language,
        "zone": contact.zone,
        "tags": ", ".join(sorted(contact.tags)),
        "attributes": "; ".join(f"{name}: {value}" for name, value in sorted(contact.attributes.items())),
        "created": say.time(created),
        "seen": say.time(contact.seen),
        "unreachable": contact.unreachable,
        "conversation": contact.conversation,
        "person": contact.person,
    }


def _consent(contact: Contact, say: _Words) -> dict[str, str]:
    held = contact.consent
    return {
        "joined": say.titles(sorted(held.topics)) or say.text("nothing"),
        "asked": say.titles(held.asked),
        "service": say.yes_or_no(held.service),
        "platform_stop": say.yes_or_no(held.platform_stop),
        "granted_at": say.time(held.granted_at),
        "stopped_at": say.time(held.stopped_at),
        "paused_until": _until(held.paused_until, say),
        "objected": say.yes_or_no(held.objected),
    }


def _until(until: int, say: _Words) -> str:
    """The end of a pause; one without an end has a word of its own."""
    return say.text("no_end") if until >= FOREVER else say.time(until)


def _message(one: Written, say: _Words) -> Row:
    found = one.broadcast
    told = messenger(say.proof.contact.identity.messenger).rules.receipts
    did = [say.text(name) for name, done in (("replied", one.replied), ("left", one.left)) if done]

    def reported(status: str, said: bool) -> str:
        if said or one.line.outcome != "sent":
            return say.text("yes" if said else "none")
        return say.text("not_yet" if status in told else "not_reported")

    written = (found.message_of(one.line.part) or found.message).spoken(one.line.language)
    template = written.template
    return {
        "when": say.time(one.claimed or found.started),
        "name": found.name,
        "id": found.id,
        "text": written.text or (template.name if template else ""),
        "topic": say.titles([found.topic]),
        "outcome": explain.sentence(one.line.outcome, one.line.reason)[say.language],
        "did": " ".join(did),
        "delivered": reported("delivered", one.line.delivered),
        "read": reported("read", one.line.read),
    }


@cache
def _environment() -> Environment:
    return Environment(
        templates={name: (_TEMPLATES / name).read_text("utf-8") for name in _PAGES},
        undefined_behavior="strict",
        auto_escape_callback=lambda _: True,
    )


@cache
def _style() -> str:
    return (_TEMPLATES / "paper.css").read_text("utf-8")


@cache
def _translation(language: str) -> Mapping[str, Any]:
    texts: dict[str, Any] = json.loads((_TEMPLATES / f"paper.{language}.json").read_text("utf-8"))
    return texts
