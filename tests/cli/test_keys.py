"""`rundruf keys`: made in the table, shown once."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rundruf.aws.keys import api_key
from rundruf.aws.table import unpacked
from tests.cli.conftest import Run
from tests.cli.suite import Answer, Suite
from tests.support.stack import Stack
from tests.support.template import REGION

TEMPLATE = {
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {"TableName": {"Value": "to be filled"}},
}

STACKS = b"""<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
<Stacks><member><StackName>rundruf-local</StackName><CreationTime>2026-11-02T12:00:00Z</CreationTime>
<StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>TableName</OutputKey>
<OutputValue>t-local</OutputValue></member></Outputs></member></Stacks>
</DescribeStacksResult></DescribeStacksResponse>"""


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


def created(run: Run, stack: Stack, *scopes: str, name: str = "shop") -> dict[str, Any]:
    flags = [part for scope in scopes for part in ("--scope", scope)]
    result = run("keys", "create", name, *flags, "--table", stack.table, "--json")
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_a_key_is_stored_as_the_authorizer_looks_it_up(run: Run, stack: Stack) -> None:
    told = created(run, stack, "send", "contacts", "send")
    digest = sha256(told["key"].encode()).hexdigest()
    (item,) = stack.items()
    stored = unpacked(item)
    assert stored.pop("created") > 1_700_000_000_000
    assert stored == {**api_key(digest), "name": "shop", "scopes": frozenset({"contacts", "send"})}
    assert told["id"] == digest[:12]
    assert told["scopes"] == ["contacts", "send"]


def test_only_the_key_is_on_stdout(run: Run, stack: Stack) -> None:
    result = run("keys", "create", "shop", "--scope", "reports", "--table", stack.table)
    key = result.stdout.strip()
    assert key.startswith("rr_")
    assert len(key) > 40
    assert key not in result.stderr
    listed = run("keys", "list", "--table", stack.table)
    assert sha256(key.encode()).hexdigest()[:12] in listed.stdout
    assert key not in listed.output


def test_keys_differ(run: Run, stack: Stack) -> None:
    assert len({created(run, stack, "send")["key"] for _ in range(3)}) == 3


def test_list_shows_names_and_scopes_only(run: Run, stack: Stack) -> None:
    made = [created(run, stack, "send", name="shop"), created(run, stack, "admin", name="office")]
    result = run("keys", "list", "--table", stack.table, "--json")
    listed = json.loads(result.stdout)["keys"]
    assert [(one["name"], one["scopes"]) for one in listed] == [("shop", ["send"]), ("office", ["admin"])]
    assert not any(sha256(one["key"].encode()).hexdigest() in result.stdout for one in made)


def test_no_keys_yet(run: Run, stack: Stack) -> None:
    result = run("keys", "list", "--table", stack.table)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No keys yet" in result.stderr


def test_a_deleted_key_is_gone_and_no_other(run: Run, stack: Stack) -> None:
    first, second = created(run, stack, "send"), created(run, stack, "admin")
    place = ("--table", stack.table)
    assert run("keys", "delete", first["id"], *place).exit_code == 2
    assert len(stack.items()) == 2
    assert run("keys", "delete", first["id"], *place, "--yes").exit_code == 0
    (item,) = stack.items()
    assert item["sk"]["S"].startswith(second["id"])
    assert run("keys", "delete", first["id"], *place, "--yes").exit_code == 1


def test_half_an_id_deletes_nothing(run: Run, stack: Stack) -> None:
    told = created(run, stack, "send")
    assert run("keys", "delete", told["id"][:5], "--table", stack.table, "--yes").exit_code == 2
    assert run("keys", "delete", "", "--table", stack.table, "--yes").exit_code == 2
    assert len(stack.items()) == 1


def test_the_table_is_found_by_the_stack(run: Run, stack: Stack) -> None:
    template = {**TEMPLATE, "Outputs": {"TableName": {"Value": stack.table}}}
    stack.client("cloudformation").create_stack(StackName="rundruf", TemplateBody=json.dumps(template))
    result = run("keys", "create", "shop", "--scope", "send", "--stack", "rundruf")
    assert result.exit_code == 0, result.stderr
    assert len(stack.items()) == 1


def test_a_stack_without_a_table_is_no_rundruf(run: Run, stack: Stack) -> None:
    template = {**TEMPLATE, "Outputs": {}}
    stack.client("cloudformation").create_stack(StackName="other", TemplateBody=json.dumps(template))
    result = run("keys", "list", "--stack", "other")
    assert result.exit_code == 1
    assert "TableName" in result.stderr


@pytest.mark.parametrize("place", [("--stack", "no-such"), ("--table", "no-such-table")])
def test_what_aws_refuses_is_said_in_its_words(run: Run, stack: Stack, place: tuple[str, str]) -> None:
    result = run("keys", "list", *place, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "AWS says" in result.stderr


@pytest.mark.parametrize("scopes", [(), ("--scope", "everything")])
def test_unknown_or_missing_scopes_are_wrong_usage(run: Run, stack: Stack, scopes: tuple[str, ...]) -> None:
    assert run("keys", "create", "shop", *scopes, "--table", stack.table).exit_code == 2
    assert stack.items() == []


def test_without_a_deployment_it_asks_which(run: Run) -> None:
    result = run("keys", "list")
    assert result.exit_code == 2
    assert "--stack" in result.stderr


class TestLocalEngine:
    def test_its_address_is_used_with_no_credentials_of_ours(
        self, run: Run, suite: Suite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            monkeypatch.delenv(name, raising=False)
        suite.plays("POST /", Answer(body={"Items": [], "Count": 0}))
        result = run("keys", "list", "--table", "t", "--endpoint-url", suite.url)
        assert result.exit_code == 0, result.stderr
        assert suite.asked[0].headers["x-amz-target"] == "DynamoDB_20120810.Query"
        assert "Credential=test/" in suite.asked[0].headers["authorization"]

    def test_a_local_run_is_found_by_its_engine(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (data / "api-key").write_text("key-of-the-run")
        (data / "engine-port").write_text(suite.url.rpartition(":")[2])
        suite.plays("POST /", Answer(body=STACKS, headers={"Content-Type": "text/xml"}), Answer(body={}))
        result = run("keys", "create", "trial", "--scope", "admin")
        assert result.exit_code == 0, result.stderr
        assert b"StackName=rundruf-local" in suite.asked[0].body
        asked = suite.asked[1].json
        assert asked["TableName"] == "t-local"
        assert asked["ConditionExpression"] == "attribute_not_exists(pk)"

    def test_one_that_does_not_run_is_not_reachable(self, run: Run) -> None:
        assert run("keys", "list", "--table", "t", "--endpoint-url", "http://127.0.0.1:9").exit_code == 3
