"""The stack that unit tests run on is the template's."""

import json

import pytest

from tests.support.stack import KEYS, Stack


def test_the_table_has_its_index_and_expiry(stack: Stack) -> None:
    table = stack.client("dynamodb").describe_table(TableName=stack.table)["Table"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    [index] = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "audience"
    ttl = stack.client("dynamodb").describe_time_to_live(TableName=stack.table)
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "expires"


def test_a_door_finds_its_queue_by_its_environment(stack: Stack) -> None:
    url = stack.environment("webhook")["RECEIPTS_URL"]
    stack.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps({"a": 1}))
    assert stack.messages("receipts") == [{"a": 1}]
    assert stack.messages("receipts") == []


@pytest.mark.parametrize("queue", ["inbox", "plan", "send", "receipts"])
def test_a_queue_hands_over_to_its_dead_letters(stack: Stack, queue: str) -> None:
    sqs = stack.client("sqs")
    attributes = sqs.get_queue_attributes(QueueUrl=stack.queue(queue), AttributeNames=["All"])["Attributes"]
    dead = sqs.get_queue_attributes(QueueUrl=stack.dead_letters(queue), AttributeNames=["QueueArn"])
    policy = json.loads(attributes["RedrivePolicy"])
    assert policy["deadLetterTargetArn"] == dead["Attributes"]["QueueArn"]
    assert int(policy["maxReceiveCount"]) == 5


def test_secret_and_public_url_are_there(stack: Stack) -> None:
    environment = stack.environment("api")
    secret = stack.client("secretsmanager").get_secret_value(SecretId=environment["SECRET_ARN"])
    assert secret["SecretString"] == KEYS
    url = stack.client("ssm").get_parameter(Name=environment["PUBLIC_URL_PARAMETER"])
    assert url["Parameter"]["Value"] == "https://rundruf.example"


def test_the_stack_is_fresh(stack: Stack) -> None:
    assert stack.items() == []
    stack.client("dynamodb").put_item(TableName=stack.table, Item={"pk": {"S": "a"}, "sk": {"S": "a"}})


def test_nothing_of_another_test_is_left(stack: Stack) -> None:
    assert stack.items() == []
