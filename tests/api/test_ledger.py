"""The replay after a restore, over the API."""

import pytest

from rundruf.aws import keys
from rundruf.core.consent import Action, Fact
from tests.api.client import Client
from tests.api.test_broadcasts import add


@pytest.fixture
def archived(api: Client) -> Client:
    api.stack.client("s3").create_bucket(
        Bucket=api.stack.environment("api")["ARCHIVE"],
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    return api


def test_a_replay_ends_what_had_ended_and_lets_the_table_send(archived: Client, cafe: Client) -> None:
    add(cafe, 1)
    wiring = archived.wiring
    (found,) = archived.get("/v1/contacts?messenger=telegram&account=main&user_id=1")["contacts"]
    held = wiring.contacts.get(found["id"])
    assert held is not None
    stopped = wiring.contacts.enter(held, [Fact(Action.WITHDRAWN, 1_900_000_000_000, ("news",))])
    entries, _ = wiring.contacts.ledger(stopped.id)
    for entry in entries:
        wiring.archive.keep(stopped.id, entry)
    wiring.table.delete(keys.ledger(stopped.id, entries[-1].number))
    _as_in_the_backup(archived, held.id)
    wiring.table.put(keys.setting("home"), {"table": "another"})
    wiring.__dict__.pop("home", None)
    assert not wiring.home.ours()
    told = archived.post("/v1/ledger/replay", {})
    assert (told["done"], told["entries"], told["broken"]) == (True, 1, 0)
    assert archived.get(f"/v1/contacts/{stopped.id}")["consent"]["topics"] == []
    assert wiring.home.ours()


def _as_in_the_backup(api: Client, contact: str) -> None:
    """The contact's item as before its last entry."""
    wiring = api.wiring
    held = wiring.contacts.get(contact)
    assert held is not None
    entries, _ = wiring.contacts.ledger(contact)
    api.stack.client("dynamodb").update_item(
        TableName=api.stack.table,
        Key={name: {"S": value} for name, value in keys.contact(contact).items()},
        UpdateExpression="SET topics = :t, lnum = :n, lhash = :h",
        ExpressionAttributeValues={
            ":t": {"SS": ["news"]},
            ":n": {"N": str(entries[-1].number)},
            ":h": {"S": entries[-1].hash},
        },
    )


def test_a_cursor_that_is_none_is_refused(archived: Client) -> None:
    refused = archived("POST", "/v1/ledger/replay", {"cursor": "elsewhere:1"})
    assert refused.status == 422
    assert "cursor" in refused.json["detail"]
