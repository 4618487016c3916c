"""The local engine does with template.yaml what AWS does: routes, keys, queues, dead letters, kept state.

The doors are played by tests/local/probe.py; visibility and receive counts are cut short, everything else is
the template's own.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from local import deploy, engine
from local.children import bound
from local.engine import Engine
from local.front import Front
from local.settings import STACK, Settings
from tests.support.template import ROOT, Template

QUICK = 6
PATIENCE = 60


@dataclass
class Running:
    """A deployed probe stack."""

    engine: Engine
    stack: deploy.Stack
    url: str

    def queue(self, name: str) -> str:
        return self.stack.resources[name]

    def send(self, queue: str, bodies: list[str], group: str = "") -> None:
        for body in bodies:
            fifo = {"MessageGroupId": group, "MessageDeduplicationId": body} if group else {}
            self.engine.client("sqs").send_message(QueueUrl=self.queue(queue), MessageBody=body, **fifo)

    def seen(self, door: str) -> list[dict[str, Any]]:
        """What a door was given, in the order of time."""
        found = self.engine.client("dynamodb").query(
            TableName=self.stack.outputs["TableName"],
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": f"probe#{door}"}},
        )
        return [json.loads(item["seen"]["S"]) for item in found["Items"]]

    def bodies(self, door: str, bad: bool) -> list[str]:
        return [each["body"] for each in self.seen(door) if each["bad"] is bad]

    def dead(self, queue: str) -> list[str]:
        told = self.engine.client("sqs").receive_message(
            QueueUrl=self.queue(queue), MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return sorted(message["Body"] for message in told.get("Messages", []))


def until(fact: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The template with a probe for every door and short visibility."""
    folder = tmp_path_factory.mktemp("probe")
    text = (ROOT / "template.yaml").read_text()
    for queue in ("InboxQueue", "SendQueue", "ReceiptsQueue"):
        visibility = Template.load().properties(queue)["VisibilityTimeout"]
        text = text.replace(f"VisibilityTimeout: {visibility}\n", f"VisibilityTimeout: {QUICK}\n")
    (folder / "template.yaml").write_text(text.replace("maxReceiveCount: 5", "maxReceiveCount: 2"))
    for door in Template.load().doors:
        (folder / "functions" / door).mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "local" / "probe.py", folder / "functions" / door / "app.py")
    layer = folder / "layers" / "common"
    (layer / "rundruf").mkdir(parents=True)
    (layer / "rundruf" / "__init__.py").touch()
    data = folder / "data"
    read = Settings.read(
        ["--port", "0", "--data", str(data), "--template", str(folder / "template.yaml")], {}
    )
    return replace(read, auth=True)


@pytest.fixture(scope="module")
def running(settings: Settings) -> Iterator[Running]:
    with ExitStack() as stack:
        made = started(settings, stack)
        for door in ("inbox", "receipts"):  # a cold start must not outlast the short visibility
            made.engine.client("lambda").invoke(
                FunctionName=f"{STACK}-{door}", Payload=json.dumps({"Records": []}).encode()
            )
        yield made


def started(settings: Settings, stack: ExitStack) -> Running:
    sock = stack.enter_context(bound(0, ""))
    aws = engine.start(settings)
    stack.callback(aws.child.stop)
    made = deploy.deploy(aws, settings, deploy.parameters_of(settings, "https://rundruf.example", "Probe"))
    front = Front(sock, aws.port, made.resources["HttpApi"])
    front.start()
    stack.callback(front.stop)
    return Running(aws, made, front.url)


def test_a_call_reaches_its_door_as_it_was_sent(running: Running) -> None:
    body = b'{"a":  "\xc3\xa4\\u00e4"}\n'
    answer = requests.post(
        f"{running.url}/webhooks/whatsapp/main?x=1&y=%C3%A4",
        data=body,
        headers={"Content-Type": "application/json", "X-Hub-Signature-256": "sha256=ab"},
        timeout=30,
    )
    told = answer.json()
    assert told["body"].encode() == body
    assert told["isBase64Encoded"] is False
    assert told["pathParameters"] == {"messenger": "whatsapp", "account": "main"}
    assert told["rawQueryString"] == "x=1&y=%C3%A4"
    assert told["headers"]["x-hub-signature-256"] == "sha256=ab"


def test_a_call_without_body_gets_none(running: Running) -> None:
    told = requests.get(f"{running.url}/u/token", timeout=30).json()
    assert told["body"] is None
    assert "content-type" not in told["headers"]


def test_the_api_wants_a_key_that_the_authorizer_knows(running: Running) -> None:
    def status(key: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.get(f"{running.url}/v1/contacts", headers=headers, timeout=30).status_code

    assert status() == 401
    assert status("bad") == 403
    assert status("good") == 200
    assert requests.get(f"{running.url}/v1/health", timeout=30).status_code == 200


def test_the_engines_own_addresses_are_not_public(running: Running) -> None:
    assert requests.post(f"{running.url}/_ministack/reset", timeout=30).status_code == 404
    assert requests.get(f"{running.url}/nowhere", timeout=30).status_code == 404


def test_a_body_that_api_gateway_would_refuse_is_refused(running: Running) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)
    answer = requests.post(f"{running.url}/webhooks/whatsapp/main", data=body, timeout=30)
    assert answer.status_code == 413


def test_a_message_that_fails_blocks_only_its_own_contact(running: Running) -> None:
    running.send("InboxQueue", ["a1", "bad a2"], group="anna")
    running.send("InboxQueue", ["b1", "b2"], group="ben")
    assert until(lambda: "bad a2" in running.bodies("inbox", bad=True))
    running.send("InboxQueue", ["a3"], group="anna")
    assert until(lambda: len(running.bodies("inbox", bad=False)) == 4)
    handled = running.bodies("inbox", bad=False)
    assert [body for body in handled if body.startswith("a")] == ["a1", "a3"]
    assert [body for body in handled if body.startswith("b")] == ["b1", "b2"]
    assert running.bodies("inbox", bad=True).count("bad a2") == 2
    assert running.dead("InboxDeadLetters") == ["bad a2"]


def test_the_same_message_twice_is_taken_once(running: Running) -> None:
    running.send("InboxQueue", ["c1"], group="clara")
    running.send("InboxQueue", ["c1", "c2"], group="clara")
    assert until(lambda: "c2" in running.bodies("inbox", bad=False))
    assert running.bodies("inbox", bad=False).count("c1") == 1


def test_only_the_failed_part_of_a_batch_comes_again(running: Running) -> None:
    running.send("ReceiptsQueue", ["bad r0", *(f"r{number}" for number in range(1, 12))])
    assert until(lambda: running.dead("ReceiptsDeadLetters") == ["bad r0"])
    assert sorted(running.bodies("receipts", bad=False)) == sorted(f"r{number}" for number in range(1, 12))
    assert running.bodies("receipts", bad=True) == ["bad r0", "bad r0"]
    assert max(each["batch"] for each in running.seen("receipts")) > 1


def test_a_second_start_has_everything_and_changes_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(settings, data=tmp_path)
    with ExitStack() as stack:
        first = started(own, stack)
        first.engine.client("dynamodb").put_item(
            TableName=first.stack.outputs["TableName"], Item={"pk": {"S": "kept"}, "sk": {"S": "kept"}}
        )
    with ExitStack() as stack:
        monkeypatch.setattr(deploy, "_apply", None)
        again = started(own, stack)
        assert again.stack == first.stack
        assert again.engine.port == first.engine.port
        key = {"pk": {"S": "kept"}, "sk": {"S": "kept"}}
        kept = again.engine.client("dynamodb").get_item(TableName=again.stack.outputs["TableName"], Key=key)
        assert kept["Item"] == key
        assert requests.get(f"{again.url}/v1/health", timeout=30).status_code == 200
