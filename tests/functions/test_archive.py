"""The door behind the table's stream: what must outlive a restore is kept, what was erased is not."""

from typing import Any

from rundruf.aws.table import packed
from rundruf.core.consent import Action, Fact
from rundruf.core.ledger import Head, append, content
from tests.functions.doors import Doors
from tests.support.people import NOW
from tests.support.stack import Stack

ME = "0" * 26
ENTRY = append(Head(), Fact(Action.IMPORTED, NOW, ("news",), source="desk"), "telegram", "main", NOW)
JOINED = {"entry": content(ENTRY), "hash": ENTRY.hash}


def told(doors: Doors, name: str, pk: str, sk: str, **image: Any) -> None:
    """One record of the stream."""
    change = {"SequenceNumber": "1", "NewImage": packed({"pk": pk, "sk": sk, **image})}
    answer = doors("archive", {"Records": [{"eventName": name, "dynamodb": change}]})
    assert answer == {"batchItemFailures": []}


def test_who_is_erased_a_second_time_leaves_nothing_either(doors: Doors, stack: Stack) -> None:
    """They came back after the first time, so that their suppression is changed and not made."""
    bucket = stack.environment("archive")["ARCHIVE"]
    stack.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    for event in ("INSERT", "MODIFY"):
        told(doors, "INSERT", f"contact#{ME}", "ledger#00000001", **JOINED)
        told(doors, event, f"suppressed#{ME}", "suppressed", at=NOW)
        kept = stack.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
        assert [one["Key"] for one in kept] == [f"suppressed/{ME}"]


def test_joining_and_leaving_are_counted_once(doors: Doors, stack: Stack) -> None:
    bucket = stack.environment("archive")["ARCHIVE"]
    stack.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    left = append(
        Head(1, ENTRY.hash), Fact(Action.WITHDRAWN, NOW, ("news",), source="chat"), "telegram", "main", NOW
    )
    for _ in range(2):
        told(doors, "INSERT", f"contact#{ME}", "ledger#00000001", **JOINED)
        told(doors, "INSERT", f"contact#{ME}", "ledger#00000002", entry=content(left), hash=left.hash)
    counted = {
        item["sk"]["S"].partition("|")[2]: item["people"]["N"]
        for item in stack.items()
        if item["pk"]["S"] == "growth#news"
    }
    assert [counted[name] for name in ("joined|desk", "left|chat")] == ["1", "1"]
    assert len(counted) == 3
