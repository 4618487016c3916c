"""What template.yaml must keep to; each rule gives its findings, so that it can be shown to fire."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.template import ROOT, Template

Rule = Callable[[Template], Iterator[str]]

FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"
ROLE = "AWS::IAM::Role"
ALARM = "AWS::CloudWatch::Alarm"
FILTER = "AWS::Logs::MetricFilter"
FLOWS = ROOT / "layers" / "common" / "rundruf" / "flows"
TROUBLES = (
    ("SendLog", "attempt.py", "account stopped", "1"),
    ("NewsletterLog", "watching.py", "broadcast stalled", "1"),
    ("SendLog", "attempt.py", "recipients unknown", "$.people"),
)
DEAD_LETTERS_KEPT = 14 * 86_400
STAGE_THROTTLES = {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
PUBLIC = {
    "/v1/health",
    "/v1/openapi.json",
    "/v1/docs",
    "/u/{token}",
    "/j/{code}",
    "/n/{newsletter}",
    "/n/{newsletter}/{issue}",
    "/r/{token}",
    "/webhooks/{messenger}/{account}",
}
LOGGED = {
    "requestId",
    "requestTimeEpoch",
    "routeKey",
    "status",
    "responseLatency",
    "responseLength",
    "integrationStatus",
    "integrationLatency",
    "authorizer.status",
}
INDEXED = [
    "m",
    "a",
    "u",
    "name",
    "lang",
    "zone",
    "topics",
    "tags",
    "attrs",
    "joined",
    "day",
    "paused",
    "pstop",
    "unreachable",
]


def sources(template: Template) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(function, queue, event source) for each queue that a function consumes."""
    for name in template.of_type(FUNCTION):
        for event in template.properties(name).get("Events", {}).values():
            if event["Type"] == "SQS":
                yield name, event["Properties"]["Queue"]["Fn::GetAtt"][0], event["Properties"]


def main_queues(template: Template) -> set[str]:
    """Queues that something is put into; the others are dead letters."""
    return {queue for _, queue, _ in sources(template)}


def every_queue_has_dead_letters(template: Template) -> Iterator[str]:
    for name in main_queues(template):
        policy = template.properties(name).get("RedrivePolicy")
        if not policy:
            yield f"{name} has no dead letters"
            continue
        dead = template.properties(policy["deadLetterTargetArn"]["Fn::GetAtt"][0])
        if dead.get("MessageRetentionPeriod") != DEAD_LETTERS_KEPT:
            yield f"{name}: dead letters are not kept for 14 days"
        if dead.get("FifoQueue") != template.properties(name).get("FifoQueue"):
            yield f"{name}: dead letters of another kind of queue"
        if policy.get("maxReceiveCount") != 5:
            yield f"{name}: maxReceiveCount is not 5"


def every_queue_is_encrypted(template: Template) -> Iterator[str]:
    for name in template.of_type(QUEUE):
        if template.properties(name).get("SqsManagedSseEnabled") is not True:
            yield f"{name} is not encrypted"


def every_queue_wakes_somebody(template: Template) -> Iterator[str]:
    watched = set()
    for alarm in template.of_type(ALARM).values():
        properties = alarm["Properties"]
        if not properties.get("AlarmActions"):
            continue
        for dimension in properties.get("Dimensions", []):
            if dimension["Name"] == "QueueName":
                watched.add((properties["MetricName"], dimension["Value"]["Fn::GetAtt"][0]))
    mains = main_queues(template)
    for name in template.of_type(QUEUE):
        metric = "ApproximateAgeOfOldestMessage" if name in mains else "ApproximateNumberOfMessagesVisible"
        if (metric, name) not in watched:
            yield f"{name}: nobody hears of {metric}"


def what_is_counted_in_logs_wakes_somebody(template: Template) -> Iterator[str]:
    alarms = {
        (str(template.resolve(each["Properties"]["Namespace"])), each["Properties"]["MetricName"])
        for each in template.of_type(ALARM).values()
        if each["Properties"].get("AlarmActions")
    }
    for name in template.of_type(FILTER):
        for metric in template.properties(name)["MetricTransformations"]:
            if (str(template.resolve(metric["MetricNamespace"])), metric["MetricName"]) not in alarms:
                yield f"{name}: nobody hears of {metric['MetricName']}"


def what_is_not_booked_is_counted(template: Template) -> Iterator[str]:
    """Each log line that tells of a lost consent is said by a door and counted."""
    watched = {log: line for log, line, _ in _counted(template)}
    for door in ("webhook", "unsubscribe", "poll"):
        line = watched.get(f"{door.capitalize()}Log", "nothing")
        if f'"{line}"' not in (ROOT / "functions" / door / "app.py").read_text():
            yield f"{door} never logs {line!r}"


def broadcasts_in_trouble_are_counted(template: Template) -> Iterator[str]:
    """What a flow says of a broadcast that does not go on as it should, where its door says it."""
    watched = list(_counted(template))
    for log, flow, line, value in TROUBLES:
        if (log, line, value) not in watched:
            yield f"{log}: nobody counts {line!r} by {value}"
        if f'log("{line}"' not in (FLOWS / flow).read_text():
            yield f"{flow} never logs {line!r}"


def _counted(template: Template) -> Iterator[tuple[str, str, str]]:
    """Log group, line and value of each filter."""
    for name in template.of_type(FILTER):
        properties = template.properties(name)
        line = re.findall(r'"(.*?)"', properties["FilterPattern"])[0]
        for metric in properties["MetricTransformations"]:
            yield properties["LogGroupName"]["Ref"], line, metric["MetricValue"]


def visibility_is_six_timeouts(template: Template) -> Iterator[str]:
    for function, queue, source in sources(template):
        window = source.get("MaximumBatchingWindowInSeconds", 0)
        least = 6 * template.properties(function)["Timeout"] + window
        if template.properties(queue).get("VisibilityTimeout", 30) < least:
            yield f"{queue}: visibility below {least} s, six timeouts of {function} and its window"


def a_batch_fails_in_part(template: Template) -> Iterator[str]:
    for function, queue, source in sources(template):
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{function}: a failed message of {queue} fails its whole batch"


def workers_are_limited(template: Template) -> Iterator[str]:
    """By the event source, since reserved concurrency sends good messages to the dead letters."""
    for function, queue, source in sources(template):
        if "MaximumConcurrency" not in source.get("ScalingConfig", {}):
            yield f"{function}: any number of workers on {queue}"
    for name in template.of_type(FUNCTION):
        if "ReservedConcurrentExecutions" in template.properties(name):
            yield f"{name} has reserved concurrency"


def large_batches_have_a_window(template: Template) -> Iterator[str]:
    for function, queue, source in sources(template):
        fifo = template.properties(queue).get("FifoQueue", False)
        window = source.get("MaximumBatchingWindowInSeconds", 0)
        if fifo and (window or source["BatchSize"] > 10):
            yield f"{function}: a FIFO queue has no window and batches of at most 10"
        if not fifo and source["BatchSize"] > 10 and not window:
            yield f"{function}: batches above 10 need a window"


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in template.of_type(ROLE):
        for policy in template.properties(name).get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def permissions_are_named(template: Template) -> Iterator[str]:
    """No ``*`` for actions; for resources only below a path or an item's name; no managed policies."""
    for role, statement in statements(template):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            if "*" in action:
                yield f"{role} may do {action}"
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            arn = str(template.resolve(resource))
            if not re.fullmatch(r"arn:aws:(s3:::|[a-z0-9-]+:[^:*]*:[^:*]+:)[^*]*[^*:]\*?", arn):
                yield f"{role} may touch {arn}"
    for role in template.of_type(ROLE):
        if template.properties(role).get("ManagedPolicyArns"):
            yield f"{role} has managed policies, which name no resource"
    for name in template.of_type(FUNCTION):
        if "Policies" in template.properties(name) or "Role" not in template.properties(name):
            yield f"{name} has no role of its own"


def a_role_serves_one_function(template: Template) -> Iterator[str]:
    roles = [template.properties(name)["Role"]["Fn::GetAtt"][0] for name in template.of_type(FUNCTION)]
    for role in {role for role in roles if roles.count(role) > 1}:
        yield f"{role} is shared"


def every_handler_exists(template: Template) -> Iterator[str]:
    for name in template.of_type(FUNCTION):
        properties = template.properties(name)
        handler = properties.get("Handler") or template.body["Globals"]["Function"]["Handler"]
        file = ROOT / properties["CodeUri"] / f"{handler.split('.')[0]}.py"
        if not file.exists():
            yield f"{name}: {file.relative_to(ROOT)} is missing"
        if (ROOT / properties["CodeUri"] / "requirements.txt").exists():
            yield f"{name}: libraries belong into the layer"


def every_log_is_short_lived(template: Template) -> Iterator[str]:
    for name in template.of_type(FUNCTION):
        log = template.properties(name).get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")
        if log is None:
            yield f"{name} has no log group of its own"
        elif template.name(log) != f"/aws/lambda/{template.name(name)}":
            yield f"{name} logs to {template.name(log)}"
    for name in template.of_type("AWS::Logs::LogGroup"):
        if "RetentionInDays" not in template.properties(name):
            yield f"{name} is kept for ever"


def the_access_log_tells_of_nobody(template: Template) -> Iterator[str]:
    for name in template.of_type("AWS::Serverless::HttpApi"):
        settings = template.properties(name).get("AccessLogSettings")
        if not settings:
            yield f"{name} has no access log"
            continue
        for variable in re.findall(r"\$context\.([A-Za-z.]+)", settings["Format"]):
            if variable not in LOGGED:
                yield f"{name} logs {variable}"


def calls_are_throttled(template: Template) -> Iterator[str]:
    for name in template.of_type("AWS::Serverless::HttpApi"):
        properties = template.properties(name)
        if not properties.get("DefaultRouteSettings", {}).keys() >= STAGE_THROTTLES:
            yield f"{name} has no throttle"
        routes = properties.get("RouteSettings", {})
        for key in (
            "POST /webhooks/{messenger}/{account}",
            "ANY /u/{token}",
            "ANY /n/{newsletter}",
            "ANY /n/{newsletter}/{issue}",
            "ANY /r/{token}",
            "ANY /v1/{proxy+}",
        ):
            if not routes.get(key, {}).keys() >= STAGE_THROTTLES:
                yield f"{name}: {key} has no throttle"
        known = {route(event) for event in http_events(template)}
        for key in routes.keys() - known:
            yield f"{name}: {key} is throttled, but is no route"


def http_events(template: Template) -> Iterator[dict[str, Any]]:
    for name in template.of_type(FUNCTION):
        for event in template.properties(name).get("Events", {}).values():
            if event["Type"] == "HttpApi":
                yield event["Properties"]


def route(event: dict[str, Any]) -> str:
    return f"{event['Method'].upper()} {event['Path']}"


def only_public_routes_need_no_key(template: Template) -> Iterator[str]:
    for name in template.of_type("AWS::Serverless::HttpApi"):
        if not template.properties(name).get("Auth", {}).get("DefaultAuthorizer"):
            yield f"{name} asks for no key"
    for event in http_events(template):
        is_open = event.get("Auth", {}).get("Authorizer") == "NONE"
        if is_open != (event["Path"] in PUBLIC):
            yield f"{route(event)} {'needs no key' if is_open else 'needs a key'}"


def the_table_is_safe(template: Template) -> Iterator[str]:
    for name, resource in template.of_type("AWS::DynamoDB::Table").items():
        properties = resource["Properties"]
        expected: dict[str, Any] = {
            "BillingMode": "PAY_PER_REQUEST",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "SSESpecification": {"SSEEnabled": True},
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
            "DeletionProtectionEnabled": {"Ref": "DeletionProtection"},
        }
        for key, value in expected.items():
            if properties.get(key) != value:
                yield f"{name}: {key} is {properties.get(key)}"
        if resource.get("UpdateReplacePolicy") != "Retain":
            yield f"{name} is lost when it is replaced"


def the_audience_index_holds_nothing_a_claim_writes(template: Template) -> Iterator[str]:
    for name in template.of_type("AWS::DynamoDB::Table"):
        for index in template.properties(name)["GlobalSecondaryIndexes"]:
            projection = index["Projection"]
            if projection["ProjectionType"] != "INCLUDE" or projection["NonKeyAttributes"] != INDEXED:
                yield f"{name}: {index['IndexName']} projects {projection}"


def who_you_are_has_no_default(template: Template) -> Iterator[str]:
    for name in ("BusinessName", "ImprintUrl", "PrivacyUrl"):
        if "Default" in template.body["Parameters"][name]:
            yield f"{name} has a default"


def schedules_lose_nothing(template: Template) -> Iterator[str]:
    for name in template.of_type(FUNCTION):
        properties = template.properties(name)
        for event in properties.get("Events", {}).values():
            if event["Type"] != "ScheduleV2":
                continue
            told = event["Properties"]
            if not {"RetryPolicy", "DeadLetterConfig"} <= told.keys():
                yield f"{name}: a tick that cannot be delivered is lost"
            if "${AWS::StackName}" not in str(told.get("Name")):
                yield f"{name}: two stacks in one account would share a schedule"
            if "OnFailure" not in properties.get("EventInvokeConfig", {}).get("DestinationConfig", {}):
                yield f"{name}: a tick that fails is lost"


RULES: tuple[Rule, ...] = (
    every_queue_has_dead_letters,
    every_queue_is_encrypted,
    every_queue_wakes_somebody,
    what_is_counted_in_logs_wakes_somebody,
    what_is_not_booked_is_counted,
    broadcasts_in_trouble_are_counted,
    visibility_is_six_timeouts,
    a_batch_fails_in_part,
    workers_are_limited,
    large_batches_have_a_window,
    permissions_are_named,
    a_role_serves_one_function,
    every_handler_exists,
    every_log_is_short_lived,
    the_access_log_tells_of_nobody,
    calls_are_throttled,
    only_public_routes_need_no_key,
    the_table_is_safe,
    the_audience_index_holds_nothing_a_claim_writes,
    who_you_are_has_no_default,
    schedules_lose_nothing,
)
