"""After a restore: who stopped since the backup stays stopped, and who was erased stays erased."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws.archive import LedgerArchive
from rundruf.aws.home import TableHome
from rundruf.aws.suppressions import TableSuppressions, listing_in
from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.ledger import Entry, entry_from, first_altered
from rundruf.core.suppression import Listing
from rundruf.flows.restoring import Replayed, replay
from tests.support.people import DAY, NOW
from tests.support.stack import Stack
from tests.support.world import World

BUCKET = "archive"
FAR = 1e9


@pytest.fixture
def world(stack: Stack) -> World:
    stack.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return World(stack)


@pytest.fixture
def archive(world: World) -> LedgerArchive:
    return LedgerArchive(lambda: world.stack.client("s3"), BUCKET)


class Backup:
    """What the table held at a moment, and the table as that again."""

    def __init__(self, world: World) -> None:
        self.world, self.items = world, world.stack.items()

    def restore(self) -> None:
        client, table = self.world.stack.client("dynamodb"), self.world.stack.table
        for item in self.world.stack.items():
            client.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})
        for item in self.items:
            client.put_item(TableName=table, Item=item)


def archived(world: World, archive: LedgerArchive) -> None:
    """What the stream's function does with everything there is."""
    from rundruf.aws.table import unpacked

    for item in map(unpacked, world.stack.items()):
        contact = item["pk"].partition("#")[2]
        if item["sk"].startswith("ledger#"):
            archive.keep(contact, entry_from(item["entry"], item["hash"]))
        if item["pk"].startswith("suppressed#"):
            archive.forget(contact)
        if item["sk"] == "listed":
            archive.put_listing(listing_in(item))


def says(world: World, contact: Contact, action: Action, *topics: str, **more: Any) -> None:
    world.at += 1000
    held = world.contacts.get(contact.id)
    assert held is not None
    world.contacts.enter(held, [Fact(action, world.at, topics, **more)])


def listed(world: World) -> TableSuppressions:
    return TableSuppressions(world.contacts.table, world.contacts.secret)


def replayed(world: World, archive: LedgerArchive, cursor: str = "") -> Replayed:
    return replay(cursor, archive, world.contacts, listed(world), world.services, lambda: FAR)


def consent(world: World, contact: Contact) -> frozenset[str]:
    held = world.contacts.get(contact.id)
    assert held is not None
    entries, head = world.contacts.ledger(contact.id)
    assert first_altered(entries, head) is None
    return held.consent.topics


def test_who_stopped_since_the_backup_is_stopped_again_with_the_proof(
    world: World, archive: LedgerArchive
) -> None:
    anna, ben = world.person(1), world.person(2)
    backup = Backup(world)
    says(world, anna, Action.WITHDRAWN, "news", source="keyword", reference="e1")
    archived(world, archive)
    backup.restore()
    assert consent(world, anna) == {"news"}
    told = replayed(world, archive)
    assert (told.done, told.entries, told.broken) == (True, 1, 0)
    assert consent(world, anna) == frozenset()
    assert consent(world, ben) == {"news"}
    entries, _ = world.contacts.ledger(anna.id)
    assert entries[-1].fact.reference == "e1"
    again = replayed(world, archive)
    assert (again.entries, consent(world, anna)) == (0, frozenset())


def test_who_was_erased_since_the_backup_is_erased_again_and_stays_out(
    world: World, archive: LedgerArchive
) -> None:
    anna = world.person(1)
    backup = Backup(world)
    archived(world, archive)
    world.contacts.erase(anna.id)
    archived(world, archive)
    backup.restore()
    told = replayed(world, archive)
    assert told.erased == 1
    assert world.contacts.get(anna.id) is None
    assert world.contacts.erased([anna.id]) == {anna.id}
    names = [one["Key"] for one in world.stack.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert names == [f"suppressed/{anna.id}"]


def test_somebody_erased_whom_the_backup_does_not_know_is_kept_out_too(
    world: World, archive: LedgerArchive
) -> None:
    backup = Backup(world)
    anna = world.person(1)
    world.contacts.erase(anna.id)
    archived(world, archive)
    backup.restore()
    replayed(world, archive)
    assert world.contacts.erased([anna.id]) == {anna.id}


def test_what_was_said_between_restore_and_replay_does_not_hide_a_stop(
    world: World, archive: LedgerArchive
) -> None:
    anna = world.person(1)
    backup = Backup(world)
    says(world, anna, Action.WITHDRAWN, "news")
    archived(world, archive)
    backup.restore()
    says(world, anna, Action.UNBLOCKED)
    archived(world, archive)
    told = replayed(world, archive)
    assert consent(world, anna) == frozenset()
    assert told.done
    assert replayed(world, archive).done
    assert len(world.contacts.ledger(anna.id)[0]) == 3


def test_a_consent_that_is_newer_than_the_lost_stop_stays(world: World, archive: LedgerArchive) -> None:
    anna = world.person(1)
    backup = Backup(world)
    says(world, anna, Action.WITHDRAWN, "news")
    archived(world, archive)
    backup.restore()
    world.at += DAY
    says(world, anna, Action.CONFIRMED, "news")
    archived(world, archive)
    replayed(world, archive)
    assert consent(world, anna) == {"news"}


def test_an_archive_that_was_tampered_with_is_not_believed_but_its_stop_is_heard(
    world: World, archive: LedgerArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = world.person(1)
    backup = Backup(world)
    says(world, anna, Action.CONFIRMED, "recipes")
    says(world, anna, Action.WITHDRAWN, "news")
    archived(world, archive)
    backup.restore()
    real: Callable[..., Entry] = archive.entry

    def changed(one: Any) -> Entry:
        entry = real(one)
        wider = replace(entry.fact, topics=(*entry.fact.topics, "offers"))
        return replace(entry, fact=wider) if entry.fact.action is Action.CONFIRMED else entry

    monkeypatch.setattr(archive, "entry", changed)
    told = replayed(world, archive)
    assert told.broken == 1
    assert consent(world, anna) == frozenset()


def test_it_stops_when_time_runs_short_and_goes_on_from_its_cursor(
    world: World, archive: LedgerArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rundruf.aws.archive.A_PAGE", 2)
    people = [world.person(number) for number in range(5)]
    backup = Backup(world)
    for one in people:
        says(world, one, Action.WITHDRAWN, "news")
    archived(world, archive)
    backup.restore()
    cursor, rounds = "", 0
    while True:
        turns: Iterator[float] = iter((FAR, 0.0))
        told = replay(cursor, archive, world.contacts, listed(world), world.services, turns.__next__)
        rounds += 1
        cursor = told.cursor
        if told.done:
            break
    assert rounds > 3
    assert all(consent(world, one) == frozenset() for one in people)


def test_who_was_put_on_the_suppression_list_since_the_backup_stays_on_it(
    world: World, archive: LedgerArchive
) -> None:
    anna, somebody = Identity("telegram", "main", "7"), Identity("telegram", "*", "8")
    backup, held = Backup(world), listed(world)
    held.put([Listing(held.key(one), NOW, NOW, "old list, line 2") for one in (anna, somebody)])
    archived(world, archive)
    backup.restore()
    assert not held.of([anna])
    assert replayed(world, archive).done
    assert held.of([anna])[anna].reference == "old list, line 2"
    assert held.of([Identity("telegram", "main", "8")])
    assert replayed(world, archive).done


def test_many_entries_come_back_in_order(world: World, archive: LedgerArchive) -> None:
    anna = world.person(1)
    backup = Backup(world)
    for number in range(120):
        says(world, anna, Action.PLATFORM_STOP if number % 2 else Action.PLATFORM_RESUME)
    archived(world, archive)
    backup.restore()
    assert replayed(world, archive).entries == 120
    assert consent(world, anna) == {"news"}
    held = world.contacts.get(anna.id)
    assert held is not None
    assert held.consent.platform_stop


def test_a_restored_table_is_not_the_deployments_until_it_is_settled(world: World) -> None:
    home = TableHome(world.contacts.table)
    assert home.ours()
    world.contacts.table.put({"pk": "setting", "sk": "home"}, {"table": "another"})
    restored = TableHome(world.contacts.table)
    assert not restored.ours()
    restored.settle()
    assert TableHome(world.contacts.table).ours()
