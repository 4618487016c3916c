"""Stands in for every door in tests/local/test_engine.py: writes down what it was called with.

A queue message that begins with "bad" fails; the inbox then fails what is behind it in the same group, as our
door does.
"""

import json
import os
import time
from collections.abc import Iterator
from typing import Any

import boto3

DOOR = os.environ["POWERTOOLS_SERVICE_NAME"]
table = boto3.client("dynamodb")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    print(json.dumps({"door": DOOR}))
    if "Records" in event:
        return {"batchItemFailures": list(_failed(event["Records"]))}
    if DOOR == "authorizer":
        return {"isAuthorized": event["headers"]["authorization"] == "Bearer good"}
    kept = ("routeKey", "rawPath", "rawQueryString", "body", "isBase64Encoded", "pathParameters", "headers")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({key: event.get(key) for key in kept}),
    }


def _failed(records: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    stuck = set()
    for record in records:
        group = record["attributes"].get("MessageGroupId")
        bad = group in stuck or record["body"].startswith("bad")
        if bad and group:
            stuck.add(group)
        _write({"body": record["body"], "bad": bad, "batch": len(records)})
        if bad:
            yield {"itemIdentifier": record["messageId"]}


def _write(seen: dict[str, Any]) -> None:
    item = {
        "pk": {"S": f"probe#{DOOR}"},
        "sk": {"S": f"{time.time_ns():020}"},
        "seen": {"S": json.dumps(seen)},
    }
    table.put_item(TableName=os.environ["TABLE"], Item=item)
