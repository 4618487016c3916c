"""Contacts in the table: profile, consent with its ledger, claims, and the audience index."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any
from zlib import crc32

from rundruf.aws import keys
from rundruf.aws.calls import AwsError
from rundruf.aws.persons import untied
from rundruf.aws.table import Change, Item, Refused, Table, Typed, unpacked
from rundruf.core import policy
from rundruf.core.audience import DAY, Audience, Candidate, Facts
from rundruf.core.caps import NO_CAPS, Cap, Caps, kept, reached
from rundruf.core.consent import Consent, Fact, WordingRef
from rundruf.core.contact import CLAIMS_KEPT, NO_CLAIM, Claim, Contact, Identity, contact_id
from rundruf.core.ids import late_id, late_of
from rundruf.core.ledger import EMPTY, Entry, Head, append, content, entry_from
from rundruf.core.policy import Refusal
from rundruf.core.tokens import Keys, keyed_hash
from rundruf.flows.services import (
    Changed,
    ClaimedEarlier,
    ClaimResult,
    ClaimWish,
    Erased,
    Page,
    Profile,
    Seek,
    Steps,
    TooSoon,
)
from rundruf.messengers.contract import Event

KINDS_KEPT = 32
A_RESTORE = 50  # entries in one transaction
# What a segment looks at, and where the audience index has it; "past" is not there.
_FACTS = {
    "tags": "tags",
    "attributes": "attrs",
    "language": "lang",
    "zone": "zone",
    "joined": "joined",
    "seen": "day",
    "paused": "paused",
    "stopped": "pstop",
    "unreachable": "unreachable",
    "user": "u",
}
_CLAIMS = tuple(f"claim{number}" for number in range(CLAIMS_KEPT))


class TableContacts:
    """The Contacts that flows use."""

    def __init__(self, table: Table, secret: Callable[[], Keys], now: Callable[[], int]) -> None:
        self.table, self.secret, self.now = table, secret, now

    def id_of(self, identity: Identity) -> str:
        """The same id for the same identity, for ever; it tells nothing about the person."""
        return contact_id(keyed_hash(self.secret(), "contact", _named(identity)))

    def find(self, identity: Identity, aliases: Sequence[str] = ()) -> str:
        """The contact this person is known as under any of these ids; a new one's id if under none.

        Remembers which ids belong together: some messengers hide the phone number later on.
        """
        ids = [self.id_of(identity), *(self.id_of(replace(identity, user_id=one)) for one in aliases)]
        known = {item["pk"]: item["contact"] for item in self.table.many([keys.alias(one) for one in ids])}
        contact = next(iter(known.values()), None) or self._first_known(ids)
        for one in ids:
            if one != contact and keys.alias(one)["pk"] not in known:
                self._link(contact, one)
        return contact

    def _first_known(self, ids: Sequence[str]) -> str:
        if len(ids) == 1:
            return ids[0]
        found = {item["gsk"] for item in self.table.many([keys.contact(one) for one in ids])}
        return next((one for one in ids if one in found), ids[0])

    def _link(self, contact: str, alias: str) -> None:
        """Both sides at once, so that erasing finds the aliases; not before there is a contact."""
        known = Change().add(aliases={alias}).when("attribute_exists(pk)")
        try:
            self.table.transact(
                [
                    self.table.step_update(keys.contact(contact), known),
                    self.table.step_put(keys.alias(alias), {"contact": contact}, "attribute_not_exists(pk)"),
                ]
            )
        except Refused:
            return

    def get(self, contact: str) -> Contact | None:
        found = self.table.get(keys.contact(contact))
        return contact_in(found) if found else None

    def meet(self, contact: str, identity: Identity, event: Event) -> Contact:
        for _ in range(3):
            found = self.get(contact)
            if found is None:
                self._create(contact, identity, event)
                continue
            change = Change().set(unreachable=None, **_met(found, event))
            if event.name and event.name != found.name:
                change.set(name=event.name)
            if event.language and not found.language:
                change.set(lang=event.language)
            try:
                return contact_in(
                    self.table.update(keys.contact(contact), change.when("attribute_exists(pk)"))
                )
            except Refused:
                continue
        raise Changed(contact)

    def _create(self, contact: str, identity: Identity, event: Event) -> None:
        if self._erased_since(contact, event.at):
            raise Erased(contact)
        fresh = Contact(contact, identity, Consent())
        change = self._change(fresh, Consent(), Head(), None).set(
            name=event.name or None, lang=event.language or None, **_met(fresh, event)
        )
        try:
            self.table.update(keys.contact(contact), change.when("attribute_not_exists(pk)"))
        except Refused:
            return
        if self._erased_since(contact, event.at):  # at the same moment, finding nothing
            self._remove_all(contact)
            raise Erased(contact)

    def _erased_since(self, contact: str, at: int) -> bool:
        gone = self.table.get(keys.suppression(contact))
        return gone is not None and bool(at <= gone["at"])

    def enter(self, contact: Contact, facts: Sequence[Fact], profile: Profile | None = None) -> Contact:
        """Ledger entries, state and profile in one transaction; raises Changed."""
        consent, head, entries = contact.consent, contact.head, []
        for fact in facts:
            entry = append(head, fact, contact.identity.messenger, contact.identity.account, self.now())
            consent, head = consent.after(fact), Head(entry.number, entry.hash)
            entries.append(entry)
        change = self._change(contact, consent, head, profile)
        if contact.stored:
            change.when("#lnum = :lnum", lnum=contact.head.number)
        else:
            change.when("attribute_not_exists(pk)")
        steps = [self.table.step_update(keys.contact(contact.id), change)]
        if not contact.stored:  # nobody is stored who was erased meanwhile
            steps.append(self.table.step_check(keys.suppression(contact.id), "attribute_not_exists(pk)"))
        for entry in entries:
            key = keys.ledger(contact.id, entry.number)
            steps.append(self.table.step_put(key, _entry_out(entry), "attribute_not_exists(pk)"))
        try:
            self.table.transact(steps)
        except Refused:
            raise Changed(contact.id) from None
        return replace(contact, consent=consent, head=head, stored=True)

    def _change(self, contact: Contact, consent: Consent, head: Head, profile: Profile | None) -> Change:
        """Everything but the claims of a stored contact; a new one gets its empty claims too."""
        consenting = bool(consent.topics)
        change = Change().set(
            topics=consent.topics,
            asked=list(consent.asked) or None,
            asked_at=consent.asked_at or None,
            asked_wording=_wording_out(consent.asked_wording),
            granted_at=consent.granted_at or None,
            stopped_at=consent.stopped_at or None,
            service=consent.service,
            pstop=consent.platform_stop or None,
            paused=consent.paused_until or None,
            paused_at=consent.paused_at or None,
            lapsed=list(consent.lapsed) or None,
            objected=consent.objected or None,
            lnum=head.number,
            lhash=head.hash,
            gpk=keys.audience_partition(contact.identity.account_id, contact.id, consenting),
            gsk=contact.id,
        )
        if consent.topics - contact.consent.topics:
            change.set(joined=self.now())
        if not contact.stored:
            identity = contact.identity
            change.set(m=identity.messenger, a=identity.account, u=identity.user_id, created=self.now())
            change.set(**dict.fromkeys(_CLAIMS, NO_CLAIM))
        if profile:
            change.set(**_profile_out(profile))
        return change

    def restore(self, contact: Contact, entries: Sequence[Entry]) -> Contact:
        """Archived entries as they are, and the state they add up to; raises Changed."""
        for start in range(0, len(entries), A_RESTORE):
            contact = self._restored(contact, entries[start : start + A_RESTORE])
        return contact

    def _restored(self, contact: Contact, entries: Sequence[Entry]) -> Contact:
        consent = contact.consent
        for entry in entries:
            consent = consent.after(entry.fact)
        head = Head(entries[-1].number, entries[-1].hash)
        change = self._change(contact, consent, head, None).when("#lnum = :lnum", lnum=contact.head.number)
        steps = [self.table.step_update(keys.contact(contact.id), change)]
        for entry in entries:
            key = keys.ledger(contact.id, entry.number)
            steps.append(self.table.step_put(key, _entry_out(entry), "attribute_not_exists(pk)"))
        try:
            self.table.transact(steps)
        except Refused:
            raise Changed(contact.id) from None
        return replace(contact, consent=consent, head=head)

    def suppress(self, contact: str) -> None:
        """Keep somebody who was erased from coming back."""
        self.table.put(keys.suppression(contact), {"at": self.now()})

    def revise(self, contact: Contact, profile: Profile) -> Contact:
        """Change what is known of a contact besides its consent; raises Changed."""
        change = Change().set(**_profile_out(profile))
        if change.empty:
            return contact
        try:
            found = self.table.update(keys.contact(contact.id), change.when("attribute_exists(pk)"))
        except Refused:
            raise Changed(contact.id) from None
        return contact_in(found)

    def claim(self, wishes: Sequence[ClaimWish]) -> list[ClaimResult]:
        """All claims of a window side by side; each is one conditional write."""
        results = self._claim([_first(wish) for wish in wishes])
        counted = [at for at, wish in enumerate(wishes) if _counted(wish, results[at])]
        if counted:
            again = self._claim([_second(wishes[at]) for at in counted])
            for at, result in zip(counted, again, strict=True):
                results[at] = result
        return results

    def _claim(self, wishes: Sequence[ClaimWish]) -> list[ClaimResult]:
        told = self.table.updates([(keys.contact(wish.contact), _claiming(wish)) for wish in wishes])
        return [_claimed(wish, one) for wish, one in zip(wishes, told, strict=True)]

    def claiming(self, wish: ClaimWish) -> Steps[ClaimResult]:
        """One claim as part of a conversation over an Http."""
        first = _first(wish)
        told = yield from self.table.updating(self._claims.body(first))
        result = _claimed(first, told)
        if _counted(wish, result):
            second = _second(wish)
            told = yield from self.table.updating(self._claims.body(second))
            result = _claimed(second, told)
        return result

    @cached_property
    def _claims(self) -> "ClaimBodies":
        return ClaimBodies(self.table)

    def unreachable(self, contact: str, reason: str) -> None:
        """Remember that the messenger cannot reach this person, until they write again."""
        try:
            change = Change().set(unreachable=reason).when("attribute_exists(pk)")
            self.table.update(keys.contact(contact), change)
        except Refused:
            return

    def ledger(self, contact: str) -> tuple[list[Entry], Head]:
        items = self.table.all(keys.contact(contact)["pk"], prefix="ledger#")
        found = self.table.get(keys.contact(contact))
        head = contact_in(found).head if found else Head()
        return [entry_from(item["entry"], item["hash"]) for item in items], head

    def page(self, account_id: str, shard: int, after: str, seek: Seek) -> Page:
        """DynamoDB leaves out who cannot be meant, and gives of the others only what is asked of them."""
        partition = keys.partition(account_id, shard, consenting=True)
        only, given = "contains(#topics, :topic)", dict[str, Any](topic=seek.topic)
        if seek.until is not None:
            only = f"{only} AND (attribute_not_exists(#joined) OR #joined <= :until)"
            given["until"] = seek.until
        fields = sorted({*_fields(seek.audience), *(_FACTS[one] for one in seek.fields if one in _FACTS)})
        rows, last = self.table.index(keys.AUDIENCE_INDEX, partition, fields, after, 0, only, given)
        topics = (seek.topic,)
        if not seek.fields and seek.audience.where is None:
            return Page([_candidate(row, topics) for row in rows], last)
        return Page([_known(row, topics, account_id) for row in rows], last)

    def index_page(self, partition: str, after: str, limit: int) -> tuple[list[str], str]:
        """The ids of one page of an index partition, and where to go on."""
        rows, last = self.table.index(keys.AUDIENCE_INDEX, partition, ("gsk",), after, limit)
        return [row["gsk"]["S"] for row in rows], last

    def known(self, contacts: Sequence[str]) -> dict[str, Contact]:
        """Those of these contacts that are stored, by id."""
        found = self.table.many([keys.contact(one) for one in contacts])
        return {item["gsk"]: contact_in(item) for item in found}

    def foreseen(self, wishes: Sequence[ClaimWish]) -> list[ClaimResult]:
        """What claims would come to now; nobody is claimed."""
        found = self.table.many([keys.contact(one.contact) for one in wishes])
        held = {item["gsk"]: item for item in found}
        return [_foreseen(one, held.get(one.contact)) for one in wishes]

    def erased(self, contacts: Sequence[str]) -> frozenset[str]:
        """Those of these ids that were erased and must not come back."""
        found = self.table.many([keys.suppression(one) for one in contacts])
        return frozenset(item["pk"].partition("#")[2] for item in found)

    def erase(self, contact: str, joined: bool = True) -> bool:
        """Remove everything about this identity but the keyed hash that keeps it from coming back.

        With ``joined`` False only while no topic is granted; raises Changed when one is by now.

        False when there was nothing to remove; what was said until now and still waits in a queue does not
        bring them back even then. The suppression comes first and the contact itself goes last, so that a
        crash in between leaves something to erase again.
        """
        self.suppress(contact)
        found = self.table.get(keys.contact(contact))
        if found is None:
            return False
        if found.get("topics") and not joined:
            raise Changed(contact)
        aliases = found.get("aliases", frozenset())
        for one in aliases:
            self.suppress(one)
            self.table.delete(keys.alias(one))
        if found.get("tie"):
            untied(self.table, found["tie"], contact)
        self._remove_all(contact, joined)
        return True

    def _remove_all(self, contact: str, joined: bool = True) -> None:
        for item in reversed(self.table.all(keys.contact(contact)["pk"])):
            self._remove(item, joined)

    def _remove(self, item: Item, joined: bool = True) -> None:
        """This item, but not what stands there since: somebody else erases too, and the person is back."""
        mark = next((name for name in ("hash", "created") if name in item), "")
        condition, values = (f"#{mark} = :{mark}", {f":{mark}": item[mark]}) if mark else ("", None)
        if mark == "created" and not joined:
            condition += " AND attribute_not_exists(#topics)"
        try:
            self.table.delete({"pk": item["pk"], "sk": item["sk"]}, condition, values)
        except Refused as refused:
            held = refused.item or {}
            if not joined and "created" in item and held.get("created") == item["created"]:
                raise Changed(item["gsk"]) from None


class ClaimBodies:
    """The JSON of claims. Those of one broadcast differ in contact, claim and times, so it is made once."""

    CONTACT, CLAIM, AT, CAP = "@contact@", "@claim@", 111222333444555, 555444333222111

    def __init__(self, table: Table) -> None:
        self.table = table
        self._made: dict[tuple[str, str, bool, bool, Caps, int, bool], str] = {}

    def body(self, wish: ClaimWish) -> bytes:
        """The UpdateItem of this claim."""
        kind = (
            wish.claim.broadcast,
            wish.topic,
            wish.again,
            bool(wish.cap_before),
            wish.caps,
            wish.lapse,
            wish.over,
        )
        found = self._made.get(kind)
        if found is None:
            if len(self._made) >= KINDS_KEPT:
                self._made.clear()
            found = self._made[kind] = self._template(wish)
        for span in _spans(wish):
            found = found.replace(str(self.AT - span), str(wish.claim.at - span))
        return (
            found.replace(self.CONTACT, wish.contact)
            .replace(self.CLAIM, json.dumps(str(wish.claim))[1:-1])
            .replace(str(self.AT), str(wish.claim.at))
            .replace(str(self.CAP), str(wish.cap_before))
            .encode()
        )

    def _template(self, wish: ClaimWish) -> str:
        claim = replace(wish.claim, at=self.AT)
        sample = replace(wish, claim=claim, cap_before=self.CAP if wish.cap_before else 0)
        body = self.table.update_body(keys.contact(self.CONTACT), _claiming(sample))
        return json.dumps(body, separators=(",", ":")).replace(json.dumps(str(claim))[1:-1], self.CLAIM)


def _met(held: Contact, event: Event) -> dict[str, Any]:
    """What an event says of when and how the person can be answered."""
    met: dict[str, Any] = {}
    if event.window is None:
        met["seen"] = max(held.seen, event.at)
        met["day"] = met["seen"] // DAY  # for the index, which is written to at most once a day for it
    else:
        met["until"] = max(held.window_until, event.at + event.window * 1000)
    if event.conversation:
        met["conv"] = event.conversation
    return met


def _named(identity: Identity) -> str:
    return f"{identity.messenger}\0{identity.account}\0{identity.user_id}"


def _claiming(wish: ClaimWish) -> Change:
    """Consent, once per broadcast, cap and the claim itself in one write."""
    change = Change().set(claim0=str(wish.claim), claimed=wish.claim.at)
    for newer, older in pairwise(_CLAIMS):
        change.move(older, newer)
    change.when("attribute_exists(pk) AND contains(#topics, :topic)", topic=wish.topic)
    change.when("attribute_not_exists(#paused) OR #paused <= :now", now=wish.claim.at)
    for value, prefix in _barred(wish).items():
        none = " AND ".join(f"NOT begins_with(#{name}, :{value})" for name in _CLAIMS)
        change.when(none, **{value: prefix})
    if wish.lapse:
        used = "#granted_at > :lapse OR #claimed > :lapse"
        change.when(used, lapse=wish.claim.at - wish.lapse)
    for names, caps in _counts(wish):
        change.set(**{names[0]: wish.claim.at})
        for newer, older in pairwise(names):
            change.shift(older, newer)
        for cap in caps:
            last, since = names[cap.most - 1], f"since{cap.period}"
            free = f"attribute_not_exists(#{last}) OR #{last} <= :{since}"
            change.when(free, **{since: wish.claim.at - cap.period})
    if wish.cap_before:
        younger = "attribute_not_exists(#claimed) OR #claimed < :cap OR begins_with(#claim0, :own)"
        change.when(younger, cap=wish.cap_before, own=f"{wish.claim.broadcast}:")
    return change


def _barred(wish: ClaimWish) -> dict[str, str]:
    """How the claims begin that stand against this one: its own, and for a late issue those of the issue."""
    issue = "" if wish.over else late_of(wish.claim.broadcast)
    if not issue:
        return {} if wish.again else {"mine": f"{wish.claim.broadcast}:"}
    return {"issue": f"{issue}:"} | ({} if wish.again else {"mine": late_id(issue, "")})


def _first(wish: ClaimWish) -> ClaimWish:
    """A claim that is made again counts anew only where this broadcast has not counted before."""
    return replace(wish, again=False) if wish.again and wish.caps else wish


def _counted(wish: ClaimWish, result: ClaimResult) -> bool:
    return wish.again and bool(wish.caps) and isinstance(result, ClaimedEarlier)


def _second(wish: ClaimWish) -> ClaimWish:
    """For somebody for whom this broadcast has counted: without the caps."""
    return replace(wish, caps=NO_CAPS)


def _counts(wish: ClaimWish) -> Iterator[tuple[tuple[str, ...], tuple[Cap, ...]]]:
    """The attributes with the times of the latest messages, newest first, and the caps on them."""
    if wish.caps.overall:
        yield tuple(f"s{at}" for at in range(kept(wish.caps.overall))), wish.caps.overall
    if wish.caps.of_topic:
        mark = f"{crc32(wish.topic.encode()):08x}"  # a topic's own name would be too long, up to 31 times
        yield tuple(f"s{at}_{mark}" for at in range(kept(wish.caps.of_topic))), wish.caps.of_topic


def _spans(wish: ClaimWish) -> Iterator[int]:
    """How far back (ms) the claim looks."""
    if wish.lapse:
        yield wish.lapse
    if wish.caps:
        yield from {cap.period for cap in (*wish.caps.overall, *wish.caps.of_topic)}


def _claimed(wish: ClaimWish, told: Item | Refused | AwsError) -> ClaimResult:
    if isinstance(told, AwsError):
        return None
    return _refused(wish, told.item) if isinstance(told, Refused) else contact_in(told)


def _refused(wish: ClaimWish, old: Item | None) -> ClaimResult:
    if old is None:
        return Refusal.ERASED
    held = contact_in(old)
    if wish.claim in held.claims:
        return held
    if wish.topic not in held.consent.topics:
        return Refusal.CONSENT
    if held.consent.paused(wish.claim.at):
        return Refusal.PAUSED
    if not wish.again and any(one.broadcast == wish.claim.broadcast for one in held.claims):
        return ClaimedEarlier()
    if any(str(one).startswith(prefix) for one in held.claims for prefix in _barred(wish).values()):
        return Refusal.HAD
    return _worn(wish, held, old) or (TooSoon() if wish.patient else Refusal.CAP)


def _worn(wish: ClaimWish, held: Contact, old: Item) -> Refusal | None:
    """Whether the consent has lapsed, or a cap on the number of messages is reached."""
    if policy.lapsed(held.consent, wish.lapse, wish.claim.at):
        return Refusal.LAPSED
    for names, caps in _counts(wish):
        if reached([old[name] for name in names if name in old], caps, wish.claim.at):
            return Refusal.CAP
    return None


def _foreseen(wish: ClaimWish, old: Item | None) -> ClaimResult:
    """What a claim would come to now; nobody has to wait for another broadcast's message."""
    if old is None:
        return Refusal.ERASED
    held = contact_in(old)
    early = 0 < wish.cap_before <= held.consent.last_used_at and not wish.patient
    unwanted = policy.withheld(held, wish.topic, wish.claim.at)
    return unwanted or _worn(wish, held, old) or (Refusal.CAP if early else held)


def contact_in(item: Item) -> Contact:
    """A contact from its item."""
    consent = Consent(
        topics=frozenset(item.get("topics", ())),
        asked=tuple(item.get("asked", ())),
        asked_at=item.get("asked_at", 0),
        granted_at=item.get("granted_at", 0),
        stopped_at=item.get("stopped_at", 0),
        service=item.get("service", True),
        platform_stop=item.get("pstop", False),
        asked_wording=_wording_in(item.get("asked_wording")),
        paused_until=item.get("paused", 0),
        paused_at=item.get("paused_at", 0),
        lapsed=tuple(item.get("lapsed", ())),
        objected=item.get("objected", False),
        last_used_at=item.get("claimed", 0),
    )
    return Contact(
        id=item["gsk"],
        identity=Identity(item["m"], item["a"], item["u"]),
        consent=consent,
        name=item.get("name", ""),
        language=item.get("lang", ""),
        zone=item.get("zone", ""),
        tags=frozenset(item.get("tags", ())),
        attributes=item.get("attrs", {}),
        joined=item.get("joined", 0),
        seen=item.get("seen", 0),
        unreachable=item.get("unreachable", ""),
        claims=tuple(Claim.parse(item[name]) for name in _CLAIMS if item.get(name, NO_CLAIM) != NO_CLAIM),
        head=Head(item["lnum"], item["lhash"]) if "lhash" in item else EMPTY,
        stored=True,
        window_until=item.get("until", 0),
        conversation=item.get("conv", ""),
        created=item.get("created", 0),
        person=item.get("person", ""),
        tie=item.get("tie", ""),
        tied=item.get("tied", 0),
    )


def _fields(audience: Audience) -> list[str]:
    """What of a row this audience looks at."""
    tagged = audience.any_tag or audience.all_tags or audience.no_tag
    asked = (("tags", tagged), ("attrs", audience.attributes), ("lang", audience.languages))
    return ["gsk", *(field for field, wanted in asked if wanted)]


def _candidate(row: Typed, topics: Collection[str]) -> Candidate:
    """With as little work as can be: a planner reads millions of rows."""
    if len(row) == 1:
        return Candidate(row["gsk"]["S"], topics)
    return Candidate(
        row["gsk"]["S"],
        topics,
        row["tags"]["SS"] if "tags" in row else (),
        Attributes(row["attrs"]["M"]) if "attrs" in row else {},
        row["lang"]["S"] if "lang" in row else "",
    )


def _known(row: Typed, topics: Collection[str], account_id: str) -> Candidate:
    """A candidate with what a segment asks for."""
    one = _candidate(row, topics)
    one.facts = Facts(
        account_id,
        one.language,
        row["zone"]["S"] if "zone" in row else "",
        one.tags,
        one.attributes,
        int(row["joined"]["N"]) if "joined" in row else 0,
        int(row["day"]["N"]) * DAY if "day" in row else 0,
        paused=int(row["paused"]["N"]) if "paused" in row else 0,
        stopped="pstop" in row,
        unreachable="unreachable" in row,
        user=row["u"]["S"] if "u" in row else "",
    )
    return one


class Attributes(Mapping[str, str]):
    """A contact's attributes as the index holds them, read only where an audience asks for one."""

    __slots__ = ("_typed",)

    def __init__(self, typed: Mapping[str, Mapping[str, str]]) -> None:
        self._typed = typed

    def __getitem__(self, name: str) -> str:
        return str(unpacked({name: self._typed[name]})[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._typed)

    def __len__(self) -> int:
        return len(self._typed)


def _profile_out(profile: Profile) -> dict[str, Any]:
    """Given fields only; an empty text removes the attribute."""
    out: dict[str, Any] = {}
    if profile.name is not None:
        out["name"] = profile.name or None
    if profile.language is not None:
        out["lang"] = profile.language or None
    if profile.zone is not None:
        out["zone"] = profile.zone or None
    if profile.tags is not None:
        out["tags"] = profile.tags
    if profile.attributes is not None:
        out["attrs"] = dict(profile.attributes)
    return out


def _wording_out(ref: WordingRef | None) -> dict[str, str] | None:
    if ref is None:
        return None
    return {"id": ref.id, "version": ref.version, "language": ref.language, "hash": ref.hash}


def _wording_in(stored: dict[str, str] | None) -> WordingRef | None:
    return WordingRef(**stored) if stored else None


def _entry_out(entry: Entry) -> Item:
    return {"entry": content(entry), "hash": entry.hash}
