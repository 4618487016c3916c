"""The stack of template.yaml in moto, for unit tests: its table, queues, secret and public URL.

A test asks for the fixture ``stack`` (tests/conftest.py) and gets a fresh one::

    def test_a_topic_is_kept(stack: Stack) -> None:
        wiring = Wiring(Environment(stack.environment("api")))

``stack.environment(door)`` is the environment that ``functions/<door>/`` gets from the template,
``stack.table`` the table's name, ``stack.queue("inbox")`` a queue's URL, ``stack.client("dynamodb")`` a
client that is made once. ``stack.enter(monkeypatch, door)`` puts a door's environment into ``os.environ``.

Without pytest: ``with mock_aws(): made = resources()`` gives ``{logical id: what Ref gives}``.
moto's gaps: no races, no idempotency tokens, small data only (transactions copy every table).
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import pytest

from tests.support.template import REGION, Template

MADE = ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter")
KEYS = json.dumps({"current": "1", "1": "k" * 64})


@dataclass(frozen=True)
class Stack:
    """What stands in moto; see the module."""

    template: Template
    made: dict[str, str]

    @property
    def table(self) -> str:
        return self.made["Table"]

    def queue(self, name: str) -> str:
        """URL of the queue ``inbox``, ``plan``, ``send`` or ``receipts``."""
        return self.made[f"{name.capitalize()}Queue"]

    def dead_letters(self, name: str) -> str:
        """URL of the dead letters of a queue (and of ``tick``)."""
        return self.made[f"{name.capitalize()}DeadLetters"]

    def environment(self, door: str) -> dict[str, str]:
        return self.template.environment(door)

    def client(self, service: str) -> Any:
        return client(service)

    def enter(self, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
        for name, value in self.environment(door).items():
            monkeypatch.setenv(name, value)

    def messages(self, name: str) -> list[dict[str, Any]]:
        """Bodies (JSON) of up to ten waiting messages, which are taken off the queue."""
        url = self.queue(name)
        found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table, in DynamoDB's own shape."""
        found: list[dict[str, Any]] = client("dynamodb").scan(TableName=self.table)["Items"]
        return found


@cache
def client(service: str) -> Any:
    """Made once: a client costs a hundred times what a call to moto costs."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


@cache
def template() -> Template:
    return Template.load()


def stack() -> Stack:
    """The template's stack, made anew in the moto that is running."""
    return Stack(template(), resources())


def resources(source: Template | None = None) -> dict[str, str]:
    """Make table, queues, secret and parameter in the moto that is running; gives Ref by logical id."""
    source = source or template()
    wanted = [name for kind in MADE for name in source.of_type(kind)]
    wanted.sort(key=lambda name: "RedrivePolicy" in source.properties(name))  # dead letters first
    for name in wanted:
        kind = source.body["Resources"][name]["Type"]
        _MAKERS[kind](source.name(name), source.resolve(source.properties(name)))
    return {name: str(source.resolve({"Ref": name})) for name in wanted}


def _table(name: str, properties: dict[str, Any]) -> None:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        BillingMode=properties["BillingMode"],
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        GlobalSecondaryIndexes=properties["GlobalSecondaryIndexes"],
    )
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
    )


def _queue(name: str, properties: dict[str, Any]) -> None:
    attributes = {key: _text(value) for key, value in properties.items() if key != "QueueName"}
    client("sqs").create_queue(QueueName=name, Attributes=attributes)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _secret(name: str, _: dict[str, Any]) -> None:
    client("secretsmanager").create_secret(Name=name, SecretString=KEYS)


def _parameter(name: str, properties: dict[str, Any]) -> None:
    client("ssm").put_parameter(Name=name, Value=properties["Value"], Type=properties["Type"])


_MAKERS = {
    "AWS::DynamoDB::Table": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SSM::Parameter": _parameter,
}
