"""`rundruf keys`: API keys of a deployment, kept in its table as their SHA-256."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rundruf.aws.keys import api_key
from rundruf_cli import show
from rundruf_cli.connection import local_run, on_loopback
from rundruf_cli.failures import BadUse, NotReachable, Refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

app = typer.Typer(
    name="keys",
    no_args_is_help=True,
    help="API keys of a deployment. They are made in its table, so you need AWS access to it.",
)

ID_LENGTH = 12
RANDOM_BYTES = 32
LOCAL_STACK, LOCAL_REGION = "rundruf-local", "eu-central-1"


class Scope(StrEnum):
    """What a key may do; ``admin`` may everything."""

    SEND = "send"
    CONTACTS = "contacts"
    REPORTS = "reports"
    ADMIN = "admin"


PANEL = "Deployment"
TableName = Annotated[
    str | None,
    typer.Option("--table", help="The table's name.", envvar="RUNDRUF_TABLE", rich_help_panel=PANEL),
]
StackName = Annotated[
    str | None,
    typer.Option("--stack", help="The stack's name: its output TableName is used.", rich_help_panel=PANEL),
]
Endpoint = Annotated[
    str | None,
    typer.Option(
        "--endpoint-url",
        help="The local engine instead of AWS.",
        envvar="RUNDRUF_ENGINE_URL",
        rich_help_panel=PANEL,
    ),
]
Region = Annotated[
    str | None, typer.Option("--region", help="AWS region, if not your default.", rich_help_panel=PANEL)
]


@app.command(
    epilog=show.examples(
        "rundruf keys create shop --scope send --scope contacts --stack rundruf",
        "rundruf keys create dashboard --scope reports --table rundruf-Table-1ABC",
        "rundruf keys create trial --scope admin   # beside a local run",
    )
)
def create(
    name: Annotated[str, typer.Argument(help="What it is for.", show_default=False)],
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it may do; several times.")],
    table: TableName = None,
    stack: StackName = None,
    endpoint_url: Endpoint = None,
    region: Region = None,
    as_json: show.AsJson = False,
) -> None:
    """Make a key. It is shown this once and kept nowhere."""
    place = _Table(table, stack, endpoint_url, region)
    key = f"rr_{secrets.token_urlsafe(RANDOM_BYTES)}"
    digest = sha256(key.encode()).hexdigest()
    place.put(digest, name, sorted(set(scope)))
    if as_json:
        show.data({"key": key, "id": digest[:ID_LENGTH], "name": name, "scopes": sorted(set(scope))})
        return
    print(key)
    show.done(f"Key {digest[:ID_LENGTH]} for {name}: {', '.join(sorted(set(scope)))}. It is not shown again.")


@app.command("list", epilog=show.examples("rundruf keys list --stack rundruf"))
def every(
    table: TableName = None,
    stack: StackName = None,
    endpoint_url: Endpoint = None,
    region: Region = None,
    as_json: show.AsJson = False,
) -> None:
    """Which keys there are; the keys themselves are not known."""
    known = sorted(_Table(table, stack, endpoint_url, region).every(), key=lambda one: one["created"])
    if as_json:
        show.data({"keys": [{**one, "id": one["id"][:ID_LENGTH]} for one in known]})
        return
    rows = ((one["id"][:ID_LENGTH], one["name"], one["scopes"], show.when(one["created"])) for one in known)
    show.table(("id", "name", "scopes", "made"), rows, "No keys yet; `rundruf keys create` makes one.")


@app.command(epilog=show.examples("rundruf keys delete 3fa2b1c4d5e6 --stack rundruf --yes"))
def delete(
    key_id: Annotated[str, typer.Argument(help="Its id from `keys list`.", metavar="ID", show_default=False)],
    table: TableName = None,
    stack: StackName = None,
    endpoint_url: Endpoint = None,
    region: Region = None,
    yes: show.Yes = False,
) -> None:
    """End a key. The suite may accept it for a few minutes more, as long as it remembers its last check."""
    place = _Table(table, stack, endpoint_url, region)
    if len(key_id) < ID_LENGTH:
        raise BadUse(f"An id has {ID_LENGTH} characters; see `rundruf keys list`.")
    found = [one for one in place.every() if one["id"].startswith(key_id)]
    if len(found) != 1:
        raise Refused(f"There is no key {key_id!r}; see `rundruf keys list`.")
    show.ask(f"End the key {key_id} ({found[0]['name']})?", yes)
    place.remove(found[0]["id"])
    show.done(f"Key {key_id} ({found[0]['name']}) is ended")


class _Table:
    """The part of a deployment's table that holds keys; raises Refused, NotReachable, BadUse."""

    def __init__(
        self, table: str | None, stack: str | None, endpoint: str | None, region: str | None
    ) -> None:
        if not (table or stack):
            local = local_run()
            endpoint = endpoint or (local.engine if local else None)
            if not endpoint:
                raise BadUse("Which deployment? Give --stack NAME or --table NAME.")
            stack = LOCAL_STACK
        self._endpoint, self._region = endpoint, region
        self._name = table or self._named_by(stack or "")
        self._client: DynamoDBClient = self._service("dynamodb")

    def put(self, digest: str, name: str, scopes: list[Scope]) -> None:
        item: dict[str, Any] = {
            **_packed(digest),
            "name": {"S": name},
            "scopes": {"SS": [one.value for one in scopes]},
            "created": {"N": str(time.time_ns() // 1_000_000)},
        }
        self._asked("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")

    def every(self) -> Iterator[dict[str, Any]]:
        """Each key as id (all 64 digits), name, scopes and created (ms)."""
        more: dict[str, Any] = {}
        while True:
            page = self._asked(
                "query",
                KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": api_key("")["pk"]}},
                ConsistentRead=True,
                **more,
            )
            for item in page["Items"]:
                yield {
                    "id": item["sk"]["S"],
                    "name": item.get("name", {}).get("S", ""),
                    "scopes": sorted(item.get("scopes", {}).get("SS", ())),
                    "created": int(item.get("created", {}).get("N", "0")),
                }
            if "LastEvaluatedKey" not in page:
                return
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def remove(self, digest: str) -> None:
        self._asked("delete_item", Key=_packed(digest))

    def _asked(self, operation: str, **parameters: Any) -> Any:
        with _in_our_words():
            return getattr(self._client, operation)(TableName=self._name, **parameters)

    def _named_by(self, stack: str) -> str:
        with _in_our_words():
            found = self._service("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        for output in found.get("Outputs", ()):
            if output["OutputKey"] == "TableName":
                return str(output["OutputValue"])
        raise Refused(f"The stack {stack!r} has no output TableName; is it a Rundruf?")

    def _service(self, name: str) -> Any:
        import boto3
        from botocore.config import Config

        given: dict[str, Any] = {
            "endpoint_url": self._endpoint,
            "region_name": self._region,
            "config": Config(connect_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"}),
        }
        if self._endpoint and on_loopback(self._endpoint):
            given |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            given["region_name"] = self._region or os.environ.get("AWS_DEFAULT_REGION") or LOCAL_REGION
        with _in_our_words():
            return boto3.client(name, **given)  # type: ignore[call-overload]


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turns botocore's errors into Refused, NotReachable and BadUse."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        HTTPClientError,
        NoRegionError,
    )

    try:
        yield
    except (ConnectionError, HTTPClientError):
        raise NotReachable("AWS is not reachable. Is the network there, and the region right?") from None
    except NoRegionError:
        raise BadUse("Which AWS region? Give --region or set AWS_DEFAULT_REGION.") from None
    except ClientError as error:
        told = error.response["Error"]
        raise Refused(f"AWS says {told.get('Code')}: {told.get('Message')}") from None
    except BotoCoreError as error:
        raise Refused(f"AWS cannot be asked: {error}") from None


def _packed(digest: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in api_key(digest).items()}
