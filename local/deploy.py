"""template.yaml on the engine, through its CloudFormation: made, or brought up to date."""

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local import build, template
from local.engine import Engine
from local.settings import STACK, Refused, Settings

BUCKET = "rundruf-local-code"
PATIENCE = 120
POLL_WAIT = 1  # seconds: whoever writes on a messenger that is polled has an answer at once
CANARY_WAIT = 3  # seconds: whoever tries out a large broadcast sees the canary, and does not wait for it
DIGEST = "LocalDigest"
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
# A laptop is no region: each worker is a process of about 80 MB.
WORKERS = {"InboxConcurrency": 2, "PlanConcurrency": 2, "SendConcurrency": 4, "ReceiptsConcurrency": 2}


@dataclass(frozen=True)
class Stack:
    """A deployed stack: ``outputs`` as template.yaml names them; ``resources`` are physical ids."""

    outputs: Mapping[str, str]
    resources: Mapping[str, str]


def deploy(engine: Engine, settings: Settings, parameters: Mapping[str, str]) -> Stack:
    """Deployed, unless the engine has just that already; raises Refused with the engine's reason."""
    builds = settings.data / "builds"
    builds.mkdir(parents=True, exist_ok=True)
    source = template.parsed(settings.template)
    packages = packaged(source, settings.functions, builds)
    plain = template.expanded(
        source, {name: f"s3://{BUCKET}/{each.path.name}" for name, each in packages.items()}
    )
    plain = template.with_numbers(plain, parameters)
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())]
    told = json.dumps([plain, given], sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()
    plain["Outputs"][DIGEST] = {"Value": digest}  # kept by the engine, so it never says more than is there
    status, standing = _status(engine)
    if status not in DONE or standing != digest:
        _upload(engine, packages)
        _apply(engine, status, json.dumps(plain), given)
        _prune(builds, packages)
    return _described(engine)


def poll(engine: Engine, stack: Stack) -> None:
    """Messengers without webhooks are asked every minute; the first of these minutes begins now."""
    engine.client("lambda").invoke(FunctionName=stack.resources["PollFunction"], InvocationType="Event")


def parameters_of(settings: Settings, url: str, business: str) -> dict[str, str]:
    """The template's parameters for a run on this machine."""
    return {
        "BusinessName": business,
        "ImprintUrl": "https://cafe-morgenrot.example/impressum",
        "PrivacyUrl": "https://cafe-morgenrot.example/datenschutz",
        "PublicUrl": url,
        "PythonRuntime": f"python{sys.version_info.major}.{sys.version_info.minor}",
        "DeletionProtection": "false",
        "PollWait": str(POLL_WAIT),
        "CanaryWait": str(CANARY_WAIT),
        **{name: str(count) for name, count in WORKERS.items()},
    }


def packaged(source: dict[str, Any], root: Path, builds: Path) -> dict[str, build.Package]:
    """A zip for each function and layer of the template."""
    layers = {
        name for name, each in source["Resources"].items() if each["Type"] == "AWS::Serverless::LayerVersion"
    }
    return {
        name: (build.layer if name in layers else build.function)(root / folder, builds)
        for name, folder in template.code_of(source).items()
    }


def _upload(engine: Engine, packages: Mapping[str, build.Package]) -> None:
    s3 = engine.client("s3")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    for package in packages.values():
        s3.upload_file(str(package.path), BUCKET, package.path.name)


def _apply(engine: Engine, status: str, body: str, parameters: list[dict[str, str]]) -> None:
    cloudformation = engine.client("cloudformation")
    address = _published(engine, body)
    asked = {"StackName": STACK, "TemplateURL": address, "Parameters": parameters}
    asked["Capabilities"] = ["CAPABILITY_IAM"]
    try:
        if status in DONE:
            cloudformation.update_stack(**asked)
        else:
            if status:
                cloudformation.delete_stack(StackName=STACK)
                _settled(engine)
            cloudformation.create_stack(**asked)
    except ClientError as error:
        if "No updates" not in str(error):
            raise Refused(f"the engine refused template.yaml: {error}") from None
    if (ended := _settled(engine)) not in DONE:
        raise Refused(f"template.yaml could not be deployed ({ended}):\n{_reasons(engine)}")


def _published(engine: Engine, body: str) -> str:
    engine.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=body.encode())
    return f"{engine.url}/{BUCKET}/template.json"


def _settled(engine: Engine) -> str:
    end = time.monotonic() + PATIENCE
    while (status := _status(engine)[0]).endswith("_IN_PROGRESS"):
        if time.monotonic() > end:
            raise Refused(f"the deployment took more than {PATIENCE} seconds")
        time.sleep(0.1)
    return status


def _status(engine: Engine) -> tuple[str, str]:
    """The stack's status and digest, or "" where there is none."""
    try:
        [found] = engine.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    except ClientError:
        return "", ""
    if found["StackStatus"] == "DELETE_COMPLETE":
        return "", ""
    return found["StackStatus"], _outputs(found).get(DIGEST, "")


def _outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _reasons(engine: Engine) -> str:
    events = engine.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in events if "FAILED" in event["ResourceStatus"]]
    return "\n".join(
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}" for each in failed
    )


def _described(engine: Engine) -> Stack:
    cloudformation = engine.client("cloudformation")
    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Stack(
        _outputs(stack), {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    )


def _prune(builds: Path, packages: Mapping[str, build.Package]) -> None:
    """Zips of earlier code."""
    used = {package.path.name for package in packages.values()}
    for path in builds.glob("*.zip"):
        if path.name not in used:
            path.unlink()
