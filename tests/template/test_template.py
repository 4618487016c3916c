"""template.yaml keeps the rules, and each rule notices when it does not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import rules
from tests.support.rules import RULES, Rule
from tests.support.stack import template as the_template
from tests.support.template import Template

Json = dict[str, Any]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_template_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(the_template())) == []


def properties(body: Json, name: str) -> Json:
    found: Json = body["Resources"][name]["Properties"]
    return found


def source(body: Json, function: str, event: str) -> Json:
    found: Json = properties(body, function)["Events"][event]["Properties"]
    return found


def statement(body: Json, role: str) -> Json:
    found: Json = properties(body, role)["Policies"][0]["PolicyDocument"]["Statement"][1]
    return found


VIOLATIONS: list[tuple[Rule, Callable[[Json], object], str]] = [
    (
        rules.every_queue_has_dead_letters,
        lambda body: properties(body, "SendQueue").pop("RedrivePolicy"),
        "SendQueue has no dead letters",
    ),
    (
        rules.every_queue_has_dead_letters,
        lambda body: properties(body, "PlanDeadLetters").update(MessageRetentionPeriod=345_600),
        "not kept for 14 days",
    ),
    (
        rules.every_queue_has_dead_letters,
        lambda body: properties(body, "InboxDeadLetters").pop("FifoQueue"),
        "another kind of queue",
    ),
    (
        rules.every_queue_has_dead_letters,
        lambda body: properties(body, "SendQueue")["RedrivePolicy"].update(maxReceiveCount=1),
        "maxReceiveCount",
    ),
    (
        rules.every_queue_is_encrypted,
        lambda body: properties(body, "TickDeadLetters").pop("SqsManagedSseEnabled"),
        "TickDeadLetters is not encrypted",
    ),
    (
        rules.every_queue_wakes_somebody,
        lambda body: body["Resources"].pop("ReceiptsDeadLettersAlarm"),
        "ReceiptsDeadLetters: nobody hears",
    ),
    (
        rules.every_queue_wakes_somebody,
        lambda body: properties(body, "InboxAgeAlarm").pop("AlarmActions"),
        "InboxQueue: nobody hears",
    ),
    (
        rules.what_is_counted_in_logs_wakes_somebody,
        lambda body: body["Resources"].pop("NotBookedAlarm"),
        "WebhookFailures: nobody hears of NotBooked",
    ),
    (
        rules.what_is_counted_in_logs_wakes_somebody,
        lambda body: properties(body, "UnknownAlarm").pop("AlarmActions"),
        "UnknownRecipients: nobody hears of Unknown",
    ),
    (
        rules.what_is_not_booked_is_counted,
        lambda body: properties(body, "PageFailures").update(FilterPattern='{ $.message = "page failed" }'),
        "unsubscribe never logs 'page failed'",
    ),
    (
        rules.broadcasts_in_trouble_are_counted,
        lambda body: body["Resources"].pop("StalledBroadcasts"),
        "NewsletterLog: nobody counts 'broadcast stalled' by 1",
    ),
    (
        rules.broadcasts_in_trouble_are_counted,
        lambda body: properties(body, "StoppedAccounts").update(FilterPattern='{ $.message = "stopped" }'),
        "SendLog: nobody counts 'account stopped' by 1",
    ),
    (
        rules.visibility_is_six_timeouts,
        lambda body: properties(body, "SendFunction").update(Timeout=91),
        "SendQueue: visibility below 546",
    ),
    (
        rules.visibility_is_six_timeouts,
        lambda body: properties(body, "ReceiptsQueue").update(VisibilityTimeout=181),
        "ReceiptsQueue: visibility below 182",
    ),
    (
        rules.a_batch_fails_in_part,
        lambda body: source(body, "InboxFunction", "Inbox").pop("FunctionResponseTypes"),
        "fails its whole batch",
    ),
    (
        rules.workers_are_limited,
        lambda body: source(body, "SendFunction", "Send").pop("ScalingConfig"),
        "any number of workers",
    ),
    (
        rules.workers_are_limited,
        lambda body: properties(body, "SendFunction").update(ReservedConcurrentExecutions=5),
        "reserved concurrency",
    ),
    (
        rules.large_batches_have_a_window,
        lambda body: source(body, "ReceiptsFunction", "Receipts").pop("MaximumBatchingWindowInSeconds"),
        "need a window",
    ),
    (
        rules.large_batches_have_a_window,
        lambda body: source(body, "InboxFunction", "Inbox").update(BatchSize=100),
        "at most 10",
    ),
    (
        rules.permissions_are_named,
        lambda body: statement(body, "SendRole").update(Action=["dynamodb:*"]),
        "SendRole may do dynamodb:*",
    ),
    (
        rules.permissions_are_named,
        lambda body: statement(body, "SendRole").update(Resource="*"),
        r"SendRole may touch \*",
    ),
    (
        rules.permissions_are_named,
        lambda body: statement(body, "ApiRole").update(
            Resource={"Fn::Sub": "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:*"}
        ),
        "ApiRole may touch arn:aws:ssm",
    ),
    (
        rules.permissions_are_named,
        lambda body: properties(body, "InboxRole").update(ManagedPolicyArns=["arn:aws:iam::aws:policy/X"]),
        "managed policies",
    ),
    (
        rules.permissions_are_named,
        lambda body: properties(body, "InboxFunction").pop("Role"),
        "no role of its own",
    ),
    (
        rules.a_role_serves_one_function,
        lambda body: properties(body, "InboxFunction").update(Role={"Fn::GetAtt": ["ApiRole", "Arn"]}),
        "ApiRole is shared",
    ),
    (
        rules.every_handler_exists,
        lambda body: properties(body, "ApiFunction").update(CodeUri="functions/nowhere/"),
        "functions/nowhere/app.py is missing",
    ),
    (
        rules.every_log_is_short_lived,
        lambda body: properties(body, "ApiLog").pop("RetentionInDays"),
        "ApiLog is kept for ever",
    ),
    (
        rules.every_log_is_short_lived,
        lambda body: properties(body, "ApiFunction").pop("LoggingConfig"),
        "ApiFunction has no log group",
    ),
    (
        rules.the_access_log_tells_of_nobody,
        lambda body: properties(body, "HttpApi")["AccessLogSettings"].update(Format='{"p":"$context.path"}'),
        "HttpApi logs path",
    ),
    (
        rules.the_access_log_tells_of_nobody,
        lambda body: properties(body, "HttpApi")["AccessLogSettings"].update(
            Format='{"a":"$context.identity.sourceIp"}'
        ),
        "HttpApi logs identity.sourceIp",
    ),
    (
        rules.the_access_log_tells_of_nobody,
        lambda body: properties(body, "HttpApi").pop("AccessLogSettings"),
        "no access log",
    ),
    (
        rules.calls_are_throttled,
        lambda body: properties(body, "HttpApi").pop("DefaultRouteSettings"),
        "HttpApi has no throttle",
    ),
    (
        rules.calls_are_throttled,
        lambda body: properties(body, "HttpApi")["RouteSettings"].pop("ANY /u/{token}"),
        "/u/{token} has no throttle",
    ),
    (
        rules.calls_are_throttled,
        lambda body: source(body, "UnsubscribeFunction", "Page").update(Method="GET"),
        "is throttled, but is no route",
    ),
    (
        rules.only_public_routes_need_no_key,
        lambda body: source(body, "ApiFunction", "Everything").update(Auth={"Authorizer": "NONE"}),
        "needs no key",
    ),
    (
        rules.only_public_routes_need_no_key,
        lambda body: source(body, "WebhookFunction", "Call").pop("Auth"),
        "POST /webhooks/{messenger}/{account} needs a key",
    ),
    (
        rules.only_public_routes_need_no_key,
        lambda body: properties(body, "HttpApi")["Auth"].pop("DefaultAuthorizer"),
        "asks for no key",
    ),
    (
        rules.the_table_is_safe,
        lambda body: properties(body, "Table").pop("PointInTimeRecoverySpecification"),
        "PointInTimeRecoverySpecification is None",
    ),
    (
        rules.the_table_is_safe,
        lambda body: body["Resources"]["Table"].pop("UpdateReplacePolicy"),
        "lost when it is replaced",
    ),
    (
        rules.the_audience_index_holds_nothing_a_claim_writes,
        lambda body: properties(body, "Table")["GlobalSecondaryIndexes"][0].update(
            Projection={"ProjectionType": "ALL"}
        ),
        "audience projects",
    ),
    (
        rules.who_you_are_has_no_default,
        lambda body: body["Parameters"]["ImprintUrl"].update(Default="https://example.org"),
        "ImprintUrl has a default",
    ),
    (
        rules.schedules_lose_nothing,
        lambda body: source(body, "NewsletterFunction", "Tick").pop("DeadLetterConfig"),
        "cannot be delivered is lost",
    ),
    (
        rules.schedules_lose_nothing,
        lambda body: source(body, "NewsletterFunction", "Tick").pop("Name"),
        "share a schedule",
    ),
    (
        rules.schedules_lose_nothing,
        lambda body: properties(body, "NewsletterFunction").pop("EventInvokeConfig"),
        "that fails is lost",
    ),
]


@pytest.mark.parametrize(
    ("rule", "plant", "finding"), [pytest.param(*each, id=each[2]) for each in VIOLATIONS]
)
def test_the_rule_notices(rule: Rule, plant: Callable[[Json], object], finding: str) -> None:
    body = copy.deepcopy(the_template().body)
    plant(body)
    found = "\n".join(rule(Template(body)))
    assert finding.replace("\\", "") in found


def test_every_rule_is_shown_to_notice() -> None:
    assert {rule for rule, _, _ in VIOLATIONS} == set(RULES)


def test_a_given_public_address_wins_over_the_apis_own() -> None:
    ours = Template(the_template().body, the_template().parameters)
    assert ours.resolve(ours.properties("PublicUrlParameter")["Value"]) == "https://rundruf.example"
    none = Template(ours.body, {**ours.parameters, "PublicUrl": ""})
    own = "https://rundruf-test.execute-api.eu-central-1.amazonaws.com"
    assert none.resolve(none.properties("PublicUrlParameter")["Value"]) == own


def test_a_function_url_may_be_called_by_anybody_and_exists_only_on_demand() -> None:
    """New function URLs need both permissions since October 2025 (Lambda Developer Guide, "urls-auth")."""
    made = the_template().body["Resources"]
    parts = {name: one for name, one in made.items() if one.get("Condition") == "HasWebhooksUrl"}
    assert sorted(one["Type"] for one in parts.values()) == ["AWS::Lambda::Permission"] * 2 + [
        "AWS::Lambda::Url"
    ]
    granted = {one["Properties"].get("Action") for one in parts.values()} - {None}
    assert granted == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert the_template().environment("api")["WEBHOOKS_URL"] == ""
