"""template.yaml in the shape the local engine deploys."""

from typing import Any

import pytest

from local import template
from tests.support.rules import http_events, route
from tests.support.template import ROOT, Template

Json = dict[str, Any]


@pytest.fixture(scope="module")
def plain() -> Json:
    parsed = template.parsed(ROOT / "template.yaml")
    code = {name: f"s3://code/{name}" for name in template.code_of(parsed)}
    return template.expanded(parsed, code)


def of_type(plain: Json, kind: str) -> dict[str, Json]:
    return {name: each["Properties"] for name, each in plain["Resources"].items() if each["Type"] == kind}


def test_every_route_of_the_template_is_spelled_out_and_no_other(plain: Json) -> None:
    routes = of_type(plain, "AWS::ApiGatewayV2::Route")
    declared = sorted(route(event) for event in http_events(Template.load()))
    assert sorted(each["RouteKey"] for each in routes.values()) == declared


def test_a_route_leads_to_its_function(plain: Json) -> None:
    routes = of_type(plain, "AWS::ApiGatewayV2::Route")
    [webhook] = [each for each in routes.values() if each["RouteKey"].startswith("POST /webhooks")]
    target = webhook["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
    integration = of_type(plain, "AWS::ApiGatewayV2::Integration")[target]
    assert "${WebhookFunction.Arn}" in integration["IntegrationUri"]["Fn::Sub"]
    assert integration["PayloadFormatVersion"] == "2.0"


def test_only_the_api_asks_the_authorizer(plain: Json) -> None:
    routes = of_type(plain, "AWS::ApiGatewayV2::Route").values()
    guarded = [each for each in routes if "AuthorizerId" in each]
    assert [each["RouteKey"] for each in guarded] == ["ANY /v1/{proxy+}"]
    [name] = of_type(plain, "AWS::ApiGatewayV2::Authorizer")
    assert guarded[0]["AuthorizerId"] == {"Ref": name}


def test_the_authorizer_is_cached_by_its_header(plain: Json) -> None:
    [authorizer] = of_type(plain, "AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    assert authorizer["AuthorizerResultTtlInSeconds"] == 60
    assert authorizer["EnableSimpleResponses"] is True


def test_no_openapi_body_is_left(plain: Json) -> None:
    [api] = of_type(plain, "AWS::ApiGatewayV2::Api").values()
    assert "Body" not in api
    assert api["ProtocolType"] == "HTTP"


def test_another_kind_of_authorizer_is_refused_aloud() -> None:
    body = {
        "paths": {},
        "components": {"securitySchemes": {"Jwt": {template.AUTHORIZER: {"type": "jwt"}}}},
    }
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}}
    with pytest.raises(ValueError, match="Jwt"):
        template.spelled_out({"Resources": {"Api": api}})


def test_event_sources_get_numbers_and_environments_keep_text(plain: Json) -> None:
    made = template.with_numbers(plain, {"SendConcurrency": "4"})
    source = made["Resources"]["SendFunctionSend"]["Properties"]
    assert source["ScalingConfig"]["MaximumConcurrency"] == 4
    default = made["Resources"]["InboxFunctionInbox"]["Properties"]
    assert default["ScalingConfig"]["MaximumConcurrency"] == 10
    variables = made["Resources"]["SendFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["MARKETING_GAP_HOURS"] == {"Ref": "MarketingGapHours"}


def test_code_comes_from_the_given_addresses(plain: Json) -> None:
    code = of_type(plain, "AWS::Lambda::Function")["SendFunction"]["Code"]
    assert code == {"S3Bucket": "code", "S3Key": "SendFunction"}
