"""template.yaml in the shape the engine deploys: SAM expanded, and the HTTP API spelled out.

The engine ignores the OpenAPI body that SAM makes of an HttpApi, so each operation of it becomes an
Integration and a Route, and each security scheme an Authorizer: what AWS makes of the body, too.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.settings import REGION

Json = dict[str, Any]
ANY = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"


def parsed(path: Path) -> Json:
    found: Json = yaml_parse(path.read_text())
    return found


def code_of(template: Json) -> dict[str, str]:
    """The folder of each function and layer by logical id, as the template names it."""
    return {
        name: resource["Properties"][key]
        for name, resource in template["Resources"].items()
        for key in ("CodeUri", "ContentUri")
        if key in resource.get("Properties", {})
    }


def expanded(template: Json, code: Mapping[str, str]) -> Json:
    """Plain CloudFormation; ``code`` gives an ``s3://`` address for each logical id of ``code_of``."""
    for name, address in code.items():
        properties = template["Resources"][name]["Properties"]
        properties["CodeUri" if "CodeUri" in properties else "ContentUri"] = address
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    plain: Json = translator.translate(template, parameter_values={}, get_managed_policy_map=dict)
    return with_batch_sends(spelled_out(plain))


def with_batch_sends(template: Json) -> Json:
    """The template with ``sqs:SendMessageBatch`` wherever a role may ``sqs:SendMessage``.

    On AWS the latter covers batches and the former is no action at all; the engine asks for it.
    """

    def granted(part: Any) -> Any:
        if isinstance(part, list):
            each = [granted(one) for one in part]
            return [*each, "sqs:SendMessageBatch"] if "sqs:SendMessage" in each else each
        if isinstance(part, dict):
            return {key: granted(one) for key, one in part.items()}
        return part

    roles = {
        name: granted(resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    return {**template, "Resources": template["Resources"] | roles}


def with_numbers(template: Json, parameters: Mapping[str, str]) -> Json:
    """The template with numbers in place of the number parameters that event sources refer to.

    The engine keeps such a value as text, and its queue pollers then compare text with numbers.
    """
    declared = template.get("Parameters", {})

    def resolved(part: Any) -> Any:
        if isinstance(part, list):
            return [resolved(each) for each in part]
        if not isinstance(part, dict):
            return part
        name = part.get("Ref", "")
        if declared.get(name, {}).get("Type") == "Number":
            return int(parameters.get(name, declared[name].get("Default")))
        return {key: resolved(each) for key, each in part.items()}

    sources = {
        name: resolved(resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
    }
    return {**template, "Resources": template["Resources"] | sources}


def spelled_out(template: Json) -> Json:
    """The template with routes, integrations and authorizers in place of OpenAPI bodies."""
    resources: Json = {}
    for name, resource in template["Resources"].items():
        body = resource.get("Properties", {}).get("Body")
        if resource["Type"] != "AWS::ApiGatewayV2::Api" or body is None:
            resources[name] = resource
            continue
        resources[name] = {**resource, "Properties": _api(resource["Properties"])}
        resources |= _authorizers(name, body)
        for path, operations in body["paths"].items():
            for method, operation in operations.items():
                resources |= _route(name, "ANY" if method == ANY else method.upper(), path, operation)
    return {**template, "Resources": resources}


def _api(properties: Json) -> Json:
    info = properties["Body"].get("info", {})
    kept = {key: value for key, value in properties.items() if key not in ("Body", "FailOnWarnings")}
    named = {"Name": info.get("title", "api"), "Description": info.get("description", "")}
    return {**named, **kept, "ProtocolType": "HTTP"}


def _authorizers(api: str, body: Json) -> Json:
    schemes = body.get("components", {}).get("securitySchemes", {})
    return {
        f"{api}{name}": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": _authorizer(api, name, scheme[AUTHORIZER]),
        }
        for name, scheme in schemes.items()
        if AUTHORIZER in scheme
    }


def _authorizer(api: str, name: str, told: Json) -> Json:
    if told.get("type") != "request":
        raise ValueError(f"authorizer {name}: only Lambda request authorizers are spelled out")
    return {
        "ApiId": {"Ref": api},
        "Name": name,
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": told["authorizerUri"],
        "AuthorizerPayloadFormatVersion": told.get("authorizerPayloadFormatVersion", "2.0"),
        "AuthorizerResultTtlInSeconds": told.get("authorizerResultTtlInSeconds", 0),
        "EnableSimpleResponses": told.get("enableSimpleResponses", False),
        "IdentitySource": told["identitySource"],
    }


def _route(api: str, method: str, path: str, operation: Json) -> Json:
    key = f"{method} {path}"
    name = api + "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", key))
    told = operation[INTEGRATION]
    security = [scheme for each in operation.get("security", []) for scheme in each if scheme != "NONE"]
    route = {"ApiId": {"Ref": api}, "RouteKey": key, "Target": {"Fn::Sub": f"integrations/${{{name}Target}}"}}
    if security:
        route |= {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": f"{api}{security[0]}"}}
    return {
        f"{name}Target": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": api},
                "IntegrationType": "AWS_PROXY",
                "IntegrationMethod": told["httpMethod"],
                "IntegrationUri": told["uri"],
                "PayloadFormatVersion": told["payloadFormatVersion"],
            },
        },
        name: {"Type": "AWS::ApiGatewayV2::Route", "Properties": route},
    }
