"""Our own caller signs as botocore does, reads every error, and repeats only what may pass."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from rundruf.aws.calls import AwsError
from rundruf.aws.wire import SERVICES, TRIES, Credentials, Wire
from rundruf.messengers.contract import Answer, Failure, Request
from tests.support.driving import Driving

MOMENT = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)
BODY = {"TableName": "t", "Key": {"pk": {"S": "c#ä 🍲"}, "sk": {"B": b"\x00\xff"}}}


class Answers(Driving):
    """An Http that remembers requests and gives one answer after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.requests = list(answers), list[Request]()

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 0) -> list[Answer]:
        self.requests += requests
        return [self.answers.pop(0) for _ in requests]


def wire(
    http: Any = None, token: str = "", waits: list[float] | None = None, region: str = "eu-central-1"
) -> Wire:
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    paused = waits if waits is not None else []
    return Wire(
        http or Answers(),
        region,
        lambda: credentials,
        clock=MOMENT.timestamp,
        sleep=paused.append,
        random=lambda: 0.5,
    )


def botocores(request: Request, service: str, region: str, token: str) -> str:
    """The authorization header that botocore makes for the same call."""
    credentials = botocore.credentials.Credentials(
        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token or None
    )
    ours = {
        name: value
        for name, value in request.headers.items()
        if name in ("content-type", "host", "x-amz-target")
    }
    asked = botocore.awsrequest.AWSRequest("POST", request.url, headers=ours, data=request.body)
    with time_machine.travel(MOMENT, tick=False):
        botocore.auth.SigV4Auth(credentials, service, region).add_auth(asked)
    return str(asked.headers["Authorization"])


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("token", ["", "session/token+=="])
@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1"])
def test_it_signs_as_botocore_does(service: str, token: str, region: str) -> None:
    request = wire(token=token, region=region).request(service, "GetItem", BODY)
    assert request.headers["authorization"] == botocores(request, SERVICES[service].name, region, token)
    assert request.url.endswith(".amazonaws.com.cn/" if region == "cn-north-1" else ".amazonaws.com/")


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(max_size=10), st.text(max_size=50), max_size=5))
def test_it_signs_any_body_as_botocore_does(body: dict[str, str]) -> None:
    request = wire().request("dynamodb", "PutItem", body)
    assert request.headers["authorization"] == botocores(request, "dynamodb", "eu-central-1", "")
    assert json.loads(request.body) == body


def test_bytes_travel_as_base64() -> None:
    sent = json.loads(wire().request("dynamodb", "PutItem", BODY).body)
    assert sent["Key"]["sk"] == {"B": "AP8="}


def test_a_new_day_has_a_new_key() -> None:
    first = wire()
    before = first.request("dynamodb", "GetItem", {}).headers["authorization"]
    first.clock = lambda: MOMENT.timestamp() + 86_400
    after = first.request("dynamodb", "GetItem", {}).headers["authorization"]
    assert "/20261123/" in before
    assert "/20261124/" in after
    assert len(first._macs) == 1


def test_secrets_are_in_no_repr() -> None:
    request = wire(token="session-token").request("ssm", "GetParameter", {})
    shown = repr(Credentials("AKID", "secret", "session-token")) + repr(request)
    assert "secret" not in shown
    assert "session-token" not in shown


def said(status: int, **body: Any) -> Answer:
    return Answer(status, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said(400, __type="aws#ConditionalCheckFailedException"), "ConditionalCheckFailedException"),
        (said(400, __type="ParameterNotFound"), "ParameterNotFound"),
        (said(400, __type="AccessDeniedException:http://internal"), "AccessDeniedException"),
        (Answer(403, {"x-amzn-errortype": "IncompleteSignature:x"}, b"<html>"), "IncompleteSignature"),
        (Answer(400, body=b"[]"), "http.400"),
    ],
)  # fmt: skip
def test_an_error_has_its_name_and_is_not_repeated(answer: Answer, code: str) -> None:
    http = Answers(answer)
    with pytest.raises(AwsError) as told:
        wire(http).call("dynamodb", "UpdateItem", {})
    assert told.value.code == code
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        said(400, __type="x#ProvisionedThroughputExceededException"),
        said(400, __type="ThrottlingException"),
        said(500, __type="InternalServerError"),
        Answer(503, body=b""),
        Answer(0, failure=Failure.NOT_SENT),
        Answer(0, failure=Failure.AMBIGUOUS),
    ],
)
def test_what_may_pass_is_tried_again_with_growing_pauses(answer: Answer) -> None:
    waits: list[float] = []
    http = Answers(answer, answer, said(200, Item={"a": {"S": "1"}}))
    assert wire(http, waits=waits).call("dynamodb", "GetItem", {}) == {"Item": {"a": {"S": "1"}}}
    assert waits == [0.05, 0.1]


def test_no_pause_is_long_and_the_calls_time_is_limited() -> None:
    waits: list[float] = []
    http = Answers(*[said(400, __type="ThrottlingException")] * TRIES)
    with pytest.raises(AwsError):
        wire(http, waits=waits).call("dynamodb", "GetItem", {})
    assert max(waits) <= 0.4
    assert sum(waits) < 3
    moments = iter(range(0, 100, 5))
    hanging = Answers(*[Answer(0, failure=Failure.AMBIGUOUS)] * TRIES)
    slow = wire(hanging)
    slow.ticks = lambda: float(next(moments))
    with pytest.raises(AwsError):
        slow.call("dynamodb", "GetItem", {})
    assert len(hanging.requests) < 4


def test_trying_again_ends() -> None:
    http = Answers(*[said(400, __type="ThrottlingException")] * 10)
    with pytest.raises(AwsError, match="Throttling"):
        wire(http).call("dynamodb", "GetItem", {})
    assert len(http.requests) == TRIES


def test_of_several_calls_only_the_throttled_are_repeated() -> None:
    http = Answers(
        said(200, n=0),
        said(400, __type="ThrottlingException"),
        said(400, __type="ConditionalCheckFailedException", Item={"pk": {"S": "x"}}),
        said(200, n=1),
    )
    bodies = [{"n": number} for number in range(3)]
    first, second, third = wire(http).calls("dynamodb", "UpdateItem", bodies)
    assert (first, second) == ({"n": 0}, {"n": 1})
    assert isinstance(third, AwsError)
    assert third.body["Item"] == {"pk": {"S": "x"}}
    assert [json.loads(one.body)["n"] for one in http.requests] == [0, 1, 2, 1]


def test_a_call_is_signed_anew_when_it_is_repeated() -> None:
    http = Answers(Answer(503, body=b""), said(200))
    made = wire(http)
    times = iter((MOMENT.timestamp(), MOMENT.timestamp() + 400))
    made.clock = lambda: next(times)
    made.call("sqs", "SendMessageBatch", {})
    first, second = (one.headers["x-amz-date"] for one in http.requests)
    assert (first, second) == ("20261123T080001Z", "20261123T080641Z")
