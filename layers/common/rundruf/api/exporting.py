"""Everything about one person, gathered and checked: as data or as a page, for the API and for the person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from rundruf.api.convert import consent_out, contact_out, entries_out, message_model
from rundruf.api.models import (
    NOT_REPORTED,
    BusinessOut,
    ExportOut,
    IdentityOut,
    KeptOut,
    LedgerOut,
    WrittenOut,
    moment,
)
from rundruf.aws import keys
from rundruf.aws.wiring import Wiring
from rundruf.core import explain
from rundruf.core.contact import Contact
from rundruf.core.ledger import first_altered, replay
from rundruf.core.retention import ABOUT_PEOPLE
from rundruf.core.wording import LANGUAGES, language_of
from rundruf.flows.history import History, Written, history
from rundruf.flows.papers import Proof, data_class, export_page
from rundruf.flows.services import Services
from rundruf.messengers import messenger


@dataclass(frozen=True, slots=True)
class Export:
    """``created`` (ms) is when the contact was made, ``aliases`` the keyed hashes of its further ids."""

    proof: Proof
    past: History
    created: int
    aliases: list[str]

    def page(self, language: str) -> str:
        return export_page(self.proof, self.past, language, self.created, self.aliases)

    def data(self) -> ExportOut:
        held, business = self.proof.contact, self.proof.business
        identity = held.identity
        return ExportOut(
            exported=datetime.fromtimestamp(self.proof.at / 1000, UTC),
            business=BusinessOut(
                name=business.name, imprint_url=business.imprint_url, privacy_url=business.privacy_url
            ),
            contact=contact_out(held),
            created=moment(self.created),
            conversation=held.conversation,
            identities=[
                IdentityOut(
                    messenger=identity.messenger,
                    account=identity.account,
                    user_id=identity.user_id,
                    aliases=self.aliases,
                )
            ],
            consents=ledger_out(self.proof),
            messages=[_written(one, held) for one in self.past.written],
            complete=self.past.complete,
            kept=[_kept(name, days) for name, days in ABOUT_PEOPLE.items()],
        )


def export(held: Contact, wiring: Wiring, services: Services, time_left: Callable[[], float]) -> Export:
    """What is held about this person now; ``time_left`` in ms, what takes longer is left out and said."""
    proof = proof_of(held, services)
    stored = wiring.table.get(keys.contact(held.id)) or {}
    created, aliases = int(stored.get("created", 0)), sorted(stored.get("aliases", ()))
    past = history(held, created, wiring.broadcasts, services, time_left)
    return Export(proof, past, created, aliases)


def proof_of(held: Contact, services: Services) -> Proof:
    """The person's ledger, checked now."""
    entries, head = services.contacts.ledger(held.id)
    return Proof(
        business=services.settings.business,
        topics=services.catalogue.topics(),
        contact=held,
        entries=entries,
        altered=first_altered(entries, head),
        at=services.now(),
        zone=services.settings.zone,
    )


def spoken(language: str | None, held: Contact, services: Services) -> str:
    """What was asked for; else the person's language, or the business's where they have none of ours."""
    return language or language_of(held.language, services.settings.language)


def ledger_out(proof: Proof) -> LedgerOut:
    return LedgerOut(
        contact=proof.contact.id,
        entries=entries_out(proof.entries),
        intact=proof.altered is None,
        altered=proof.altered,
        head=proof.contact.head.hash,
        consent=consent_out(replay(proof.entries)),
    )


def _written(one: Written, held: Contact) -> WrittenOut:
    found, line = one.broadcast, one.line
    told = messenger(held.identity.messenger).rules.receipts
    return WrittenOut(
        broadcast=found.id,
        name=found.name,
        topic=found.topic,
        started=moment(found.started),
        claimed=moment(one.claimed),
        outcome=line.outcome,
        reason=line.reason,
        sentence=explain.sentence(line.outcome, line.reason),
        delivered=line.delivered if "delivered" in told else NOT_REPORTED,
        read=line.read if "read" in told else NOT_REPORTED,
        replied=one.replied,
        left=one.left,
        message=message_model((found.message_of(line.part) or found.message).spoken(line.language)),
    )


def _kept(name: str, days: int | None) -> KeptOut:
    return KeptOut(
        data=name,
        until="for good" if days is None else "days" if days else "erasure",
        days=days or None,
        text={language: data_class(name, language) for language in LANGUAGES},
    )
