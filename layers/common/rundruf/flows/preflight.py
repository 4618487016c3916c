"""Broadcast -> its people by account, country and language -> messages, cost, and what to know before."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rundruf.core import language as tongue
from rundruf.core import policy, price
from rundruf.core.account import Account
from rundruf.core.broadcast import Broadcast
from rundruf.core.consent import Consent
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message, Template
from rundruf.core.placeholders import names
from rundruf.core.plan import FallbackPlan, Plan, content_of
from rundruf.core.price import Cost, Price
from rundruf.core.split import messages as versions_of
from rundruf.flows.forecast import ASKED, barred, refused
from rundruf.flows.personalise import Personaliser
from rundruf.flows.planning import known
from rundruf.flows.services import Noted, Services
from rundruf.flows.writing import outgoing
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery

# AWS dollars for a million recipients, as tools/costs.py counts them (a test holds them to it): sending, and
# three receipts a person through the HTTP API, one in each webhook call.
SENDING, RECEIPTS = Decimal("0.79"), Decimal("5.19")
MILLION = 1_000_000
MARKETING = "MARKETING"
A_LOOK = 1_000
SAMPLE_USER, SAMPLE_NAME = "491510000000", "Alexandra"
LEAVE_TAIL = "x" * 61
LONG_VALUE = "x" * 20
NOTHING = Message()
Sentence = dict[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Those of an account's people who would get one version of the message, and how many messages ``each``
    of them is.

    They are told apart by country where the price table does; ``languages`` are what they speak ("": nobody
    knows).
    """

    account: Account
    people: int
    message: Message = NOTHING
    each: int = 1
    countries: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    complete: bool = True

    @property
    def messages(self) -> int:
        return self.people * self.each


def day_of(found: Broadcast, services: Services) -> date:
    """The day on which it would be sent, in the business's own zone."""
    at = max(found.send_at, services.now()) / 1000
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(services.settings.zone)).date()


def parts(
    found: Broadcast,
    account: Account,
    rows: Sequence[Price],
    services: Services,
    more: Callable[[], bool] = lambda: True,
) -> list[Part]:
    """Who of an account would be written to, by what they get; looked at while there is ``more`` time."""
    if barred(account, services.now()):
        return [Part(account, 0)]
    places = price.countries(rows, account.id, found.kind)
    fields = ASKED | {"language"} | ({"user"} if places else set())
    now, complete = services.now(), True
    groups: dict[str, Counter[tuple[str, str]]] = {}  # by variant: people by language and country
    for seen, facts in enumerate(
        known(found.audience, found.topic, account.id, services, fields, found.split), 1
    ):
        if seen % A_LOOK == 0 and not more():
            complete = False
            break
        if not refused(facts, now):
            people = groups.setdefault(found.foreseen(facts.part), Counter())
            people[tongue.plain(facts.language), price.country_of(facts.user, places)] += 1
    made = [
        part
        for name, message in versions_of(found.message, found.split)
        for part in by_version(message, account, groups.get(name, {}), services)
    ]
    return [replace(one, complete=complete) for one in made] or [Part(account, 0, complete=complete)]


def by_version(
    message: Message, account: Account, people: Mapping[tuple[str, str], int], services: Services
) -> Iterator[Part]:
    """The parts of people who are counted by language and country."""
    one_for_all = messenger(account.messenger).rules.gather > 1
    numbers = {language: 0 if one_for_all else message.number(language) for language, _ in people}
    for number, version in enumerate(message.versions()):
        languages, countries = Counter[str](), Counter[str]()
        for (language, country), count in people.items():
            if numbers[language] == number:
                languages[language] += count
                countries[country] += count
        if languages:
            each = messages_each(version, account, services)
            yield Part(account, languages.total(), version, each, countries, languages)


def by_language(parts: Iterable[Part]) -> dict[str, dict[str, int]]:
    """How many people of which language ("": unknown) get the message in which."""
    told: dict[str, Counter[str]] = {}
    for one in parts:
        for language, count in one.languages.items():
            told.setdefault(language, Counter())[one.message.language] += count
    return {language: dict(gets) for language, gets in sorted(told.items())}


def _template(message: Message, account: Account) -> Template | None:
    """The template that leaves on this account, if one may."""
    rules = messenger(account.messenger).rules
    return policy.advertised(message, rules).template if rules.templates else None


def messages_each(message: Message, account: Account, services: Services) -> int:
    """How many calls the messenger wants for a sample person, at most; 1 where nobody can tell."""
    speaks = messenger(account.messenger)
    made = _sample(policy.advertised(message, speaks.rules), account, services)
    names_of = ("access_token", *(one.name for one in speaks.credentials))
    given = replace(account, credentials=dict.fromkeys(names_of, (SAMPLE_USER,)))
    counts = [1]
    for window in (True, False):
        with suppress(LookupError, ValueError):
            delivery = Delivery("preflight", SAMPLE_USER, made, window, marketing=True)
            counts.append(len(speaks.build(delivery, given)))
    return max(counts)


def _sample(message: Message, account: Account, services: Services) -> Message:
    """The message as somebody gets it of whom nothing but a name and what must be known is known."""
    wanted = {one.name for _, text in message.texts() for one in names(text) if not one.has_default}
    sample = Contact(
        "0" * 26,
        Identity(account.messenger, account.name, SAMPLE_USER),
        Consent(),
        name=SAMPLE_NAME,
        language=message.language or services.settings.language,
        attributes=dict.fromkeys(wanted, LONG_VALUE),
    )
    url = f"{services.public_url()}/u/{LEAVE_TAIL}"
    return outgoing(message, sample, services.settings, url, Personaliser())


def cost(found: Broadcast, parts: Iterable[Part], rows: Sequence[Price], services: Services) -> Cost:
    """What the messengers charge for all messages; ``unpriced`` counts people."""
    day, unpriced = day_of(found, services), 0
    totals: dict[str, Decimal] = {}
    for one in parts:
        messages = {(one.account.id, country): n * one.each for country, n in one.countries.items()}
        told = price.cost(rows, messages, found.kind, day)
        unpriced += told.unpriced // one.each
        for currency, amount in told.amounts.items():
            totals[currency] = totals.get(currency, Decimal()) + amount
    return Cost(totals, unpriced)


def own_cost(parts: Iterable[Part]) -> Decimal:
    """AWS dollars: sending, and receipts where the messenger has any."""
    total = Decimal()
    for one in parts:
        a_million = SENDING + (RECEIPTS if messenger(one.account.messenger).rules.receipts else 0)
        total += a_million * one.people / MILLION
    return total


def text_of(amount: Decimal) -> str:
    """An amount as text, to the cent where it has no smaller part."""
    cents = amount.quantize(Decimal("0.01"))
    return str(cents) if cents == amount else f"{amount.normalize():f}"


def plan_of(
    found: Broadcast,
    parts: Sequence[Part],
    rows: Sequence[Price],
    services: Services,
    key: str,
    finishes: int,
    fallback: FallbackPlan | None = None,
) -> Plan:
    """What is said of a broadcast now."""
    told = cost(found, parts, rows, services)
    return Plan(
        people=sum(one.people for one in parts),
        cost={currency: text_of(amount) for currency, amount in sorted(told.amounts.items())},
        unpriced=told.unpriced,
        finishes=finishes,
        at=services.now(),
        content=content_of(found),
        key=key,
        complete=all(one.complete for one in parts),
        fallback=fallback,
    )


def cautions(
    found: Broadcast, parts: Sequence[Part], unpriced: int, services: Services
) -> dict[str, Sentence]:
    """What to know before, by subject, in German and English."""
    said = _untranslated_text(found.message, parts)
    if unpriced:
        said["price"] = {
            "de": f"Personen ohne Preis in der Preistabelle: {unpriced}. Was sie kosten, ist unbekannt.",
            "en": f"People without a price in the price table: {unpriced}. What they cost is unknown.",
        }
    for one in parts:
        template = _template(one.message, one.account)
        if template is None or not one.people:
            continue
        noted = services.catalogue.notices(one.account.id)
        objection = _objection(template, noted)
        said |= {f"template {one.account.id}": objection} if objection else {}
        others = {name: n for name, n in one.languages.items() if name and not _same(name, template.language)}
        if others and not found.message.translations:
            said[f"language {one.account.id}"] = _untranslated(template, others)
    return said


def _untranslated_text(message: Message, parts: Iterable[Part]) -> dict[str, Sentence]:
    """Who gets it in another language than their own, where we know both."""
    others = Counter[str]()
    for one in parts:
        for name, count in one.languages.items():
            if one.message.language and name and not _same(name, one.message.language):
                others[name] += count
    if not others:
        return {}
    each = ", ".join(f"{name} {count}" for name, count in sorted(others.items()))
    gets = message.language
    return {
        "translation": {
            "de": f"Personen, deren Sprache fehlt und die die Nachricht auf „{gets}“ bekommen: "
            f"{others.total()} ({each}).",
            "en": f"People whose translation is missing and who get the message in “{gets}”: "
            f"{others.total()} ({each}).",
        }
    }


def split_cautions(found: Broadcast, parts: Mapping[str, int]) -> dict[str, Sentence]:
    """What to know of variants before: too few people in one of them (``parts`` counts people)."""
    split = found.split
    if split is None or not split.test:
        return {}
    least = split.rule.at_least if split.rule else 1
    few = [f"{one.name} {parts.get(one.name, 0)}" for one in split.variants if parts.get(one.name, 0) < least]
    if not few:
        return {}
    each = ", ".join(few)
    return {
        "variants": {
            "de": f"Zu wenige Personen für einen Vergleich (gewünscht: {least} je Variante): {each}.",
            "en": f"Too few people to compare (wanted: {least} for each variant): {each}.",
        }
    }


def _objection(template: Template, noted: Sequence[Noted]) -> Sentence:
    """What the messenger said, or did not say, about the template."""
    about = [one.notice for one in noted if one.notice.template == template.name]
    mine = [one for one in about if one.language in ("", template.language)]
    trouble = next((one.trouble for one in mine if one.trouble), "")
    category = next((one.category for one in mine if one.category), "")
    name = template.name
    if trouble:
        return {
            "de": f"Die Vorlage {name} ist beim Messenger nicht verwendbar ({trouble}).",
            "en": f"The messenger does not let the template {name} be used ({trouble}).",
        }
    if not category:
        return {
            "de": f"Der Messenger hat noch nicht gesagt, welche Kategorie die Vorlage {name} hat.",
            "en": f"The messenger has not said yet which category the template {name} has.",
        }
    if category.upper() == MARKETING:
        return {}
    return {
        "de": f"Die Vorlage {name} hat die Kategorie {category}, nicht {MARKETING}: Werbung damit kann der "
        "Messenger ablehnen.",
        "en": f"The template {name} has the category {category}, not {MARKETING}: the messenger may refuse "
        "advertising by it.",
    }


def _untranslated(template: Template, others: Mapping[str, int]) -> Sentence:
    each = ", ".join(f"{name} {count}" for name, count in sorted(others.items()))
    return {
        "de": f"Personen, die eine andere Sprache sprechen als die Vorlage ({template.language}): {each}.",
        "en": f"People who speak another language than the template ({template.language}): {each}.",
    }


def _same(language: str, other: str) -> bool:
    """Whether two tags name the same language, whatever the country: "de-AT" and "de_DE" do."""
    return tongue.primary(language) == tongue.primary(other)
