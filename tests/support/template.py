"""template.yaml as data, and its intrinsic functions worked out: enough for tables, queues and environments.

``Template.load()`` gives the resources with the tags in their long form (``{"Ref": ...}``,
``{"Fn::Sub": ...}``); ``resolve`` turns a value of it into what CloudFormation would make of it, with
predictable names and ARNs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
PARAMETERS = {
    "BusinessName": "Bäckerei Beispiel",
    "ImprintUrl": "https://bakery.example/imprint",
    "PrivacyUrl": "https://bakery.example/privacy",
    "PublicUrl": "https://rundruf.example",
}


@dataclass(frozen=True)
class Template:
    """A parsed template with values for its parameters; ``body`` is the whole document."""

    body: dict[str, Any]
    parameters: Mapping[str, str] = field(default_factory=lambda: PARAMETERS)
    stack: str = "rundruf-test"

    @classmethod
    def load(
        cls, path: Path = ROOT / "template.yaml", parameters: Mapping[str, str] = PARAMETERS
    ) -> "Template":
        return cls(yaml_parse(path.read_text()), parameters)

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Resources of one type, such as "AWS::SQS::Queue", by logical id."""
        return {name: each for name, each in self.body["Resources"].items() if each["Type"] == kind}

    def properties(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.body["Resources"][name].get("Properties", {})
        return found

    @cached_property
    def doors(self) -> dict[str, str]:
        """Logical ids of the functions by the name of their folder."""
        return {
            Path(each["Properties"]["CodeUri"]).name: name
            for name, each in self.of_type("AWS::Serverless::Function").items()
        }

    def environment(self, door: str) -> dict[str, str]:
        """The environment variables that ``functions/<door>/`` runs with."""
        shared = self.body["Globals"]["Function"]["Environment"]["Variables"]
        own = self.properties(self.doors[door]).get("Environment", {}).get("Variables", {})
        return {key: str(self.resolve(value)) for key, value in {**shared, **own}.items()}

    def resolve(self, value: Any) -> Any:
        """What CloudFormation would put in place of the value; raises KeyError for what is not there."""
        if isinstance(value, list):
            return [self.resolve(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref":
                return self._ref(argument)
            if function.startswith("Fn::"):
                return self._call(function.removeprefix("Fn::"), argument)
        return {key: self.resolve(each) for key, each in value.items()}

    def name(self, resource: str) -> str:
        """The physical name of a resource: the one it is given, else one made of stack and logical id."""
        kind, properties = self.body["Resources"][resource]["Type"], self.properties(resource)
        for key in ("QueueName", "TableName", "FunctionName", "LogGroupName", "TopicName", "Name"):
            if key in properties:
                return str(self.resolve(properties[key]))
        return f"{self.stack}-{resource}".lower() if kind == "AWS::S3::Bucket" else f"{self.stack}-{resource}"

    def _ref(self, name: str) -> Any:
        pseudo = {
            "AWS::StackName": self.stack,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.body.get("Parameters", {}):
            declared = self.body["Parameters"][name]
            return self.parameters[name] if name in self.parameters else declared["Default"]
        kind = self.body["Resources"][name]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.name(name)}"
        if kind in ("AWS::SecretsManager::Secret", "AWS::SNS::Topic"):
            return self._attribute(name, "Arn")
        return self.name(name)

    def _attribute(self, resource: str, attribute: str) -> Any:
        kind = self.body["Resources"][resource]["Type"]
        if attribute == "QueueName":
            return self.name(resource)
        if attribute == "Value":
            return self.resolve(self.properties(resource)["Value"])
        if attribute == "FunctionUrl":
            return "https://a1b2c3.lambda-url.eu-central-1.on.aws/"
        if attribute == "StreamArn":
            return f"{self._attribute(resource, 'Arn')}/stream/2026-01-01T00:00:00.000"
        if kind == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{self.name(resource)}"
        if attribute != "Arn":
            raise KeyError(f"{resource}.{attribute}")
        service, prefix = {
            "AWS::SQS::Queue": ("sqs", ""),
            "AWS::DynamoDB::Table": ("dynamodb", "table/"),
            "AWS::Serverless::Function": ("lambda", "function:"),
            "AWS::Logs::LogGroup": ("logs", "log-group:"),
            "AWS::SNS::Topic": ("sns", ""),
            "AWS::SecretsManager::Secret": ("secretsmanager", "secret:"),
            "AWS::IAM::Role": ("iam", "role/"),
        }[kind]
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{prefix}{self.name(resource)}"

    def _call(self, function: str, argument: Any) -> Any:
        if function == "GetAtt":
            resource, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
            return self._attribute(resource, attribute)
        if function == "Sub":
            return re.sub(r"\$\{([^}!]+)\}", lambda match: str(self._substitute(match[1])), argument)
        if function == "Join":
            separator, parts = argument
            return separator.join(str(self.resolve(part)) for part in parts)
        if function == "If":
            condition, yes, no = argument
            return self.resolve(yes if self._holds(self.body["Conditions"][condition]) else no)
        raise KeyError(function)

    def _substitute(self, name: str) -> Any:
        resource, dot, attribute = name.partition(".")
        return self._attribute(resource, attribute) if dot else self._ref(name)

    def _holds(self, condition: dict[str, Any]) -> bool:
        [(function, argument)] = condition.items()
        if function == "Fn::Equals":
            left, right = (self.resolve(side) for side in argument)
            return bool(left == right)
        if function == "Fn::Not":
            return not self._holds(argument[0])
        raise KeyError(function)
