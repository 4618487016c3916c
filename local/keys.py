"""An API key for the local run: given or made once, known to the authorizer by its SHA-256 only."""

import secrets
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

SCOPES = ["admin", "contacts", "reports", "send"]


def kept(data: Path, given: str) -> str:
    """The given key, else the one of the last start, else a new one; kept for the next start."""
    file = data / "api-key"
    key = given or (file.read_text().strip() if file.exists() else "") or f"rr_{secrets.token_urlsafe(32)}"
    file.touch(mode=0o600)
    file.write_text(key)
    return key


def admit(dynamodb: Any, table: str, key: str) -> None:
    """Let the key in with every scope, and only this one of the keys made here."""
    digest = sha256(key.encode()).hexdigest()
    for other in _of_earlier_starts(dynamodb, table, digest):
        dynamodb.delete_item(TableName=table, Key=_key(other))
    item = {
        "name": {"S": "local run"},
        "scopes": {"SS": SCOPES},
        "created": {"N": str(time.time_ns() // 1_000_000)},
    }
    dynamodb.put_item(TableName=table, Item={**_key(digest), **item})


def _of_earlier_starts(dynamodb: Any, table: str, digest: str) -> list[str]:
    found = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :p",
        FilterExpression="#n = :n",
        ExpressionAttributeNames={"#n": "name"},
        ExpressionAttributeValues={":p": {"S": "key"}, ":n": {"S": "local run"}},
    )
    return [item["sk"]["S"] for item in found["Items"] if item["sk"]["S"] != digest]


def _key(digest: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": "key"}, "sk": {"S": digest}}
