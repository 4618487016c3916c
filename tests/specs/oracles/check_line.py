"""line-bot-sdk, LINE's own library, understands our sandbox's webhooks and our calls whole."""

from datetime import datetime

import pytest
from linebot.v3 import SignatureValidator, WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.insight import models as insight
from linebot.v3.messaging import models as messaging
from linebot.v3.oauth import models as oauth
from linebot.v3.webhooks import CallbackRequest

from tests.specs.oracles.recorded import (
    Answer,
    Call,
    Webhook,
    answers,
    calls,
    changed,
    credential,
    lost,
    webhooks,
)

SECRET = credential("line", "channel_secret")
WEBHOOKS = webhooks("line")

BODIES = {
    "/v2/bot/message/push": messaging.PushMessageRequest,
    "/v2/bot/message/multicast": messaging.MulticastRequest,
    "/v2/bot/channel/webhook/endpoint": messaging.SetWebhookEndpointRequest,
    "/v2/bot/channel/webhook/test": messaging.TestWebhookEndpointRequest,
}
ANSWERS = {
    "/v2/bot/message/push": messaging.PushMessageResponse,
    "/v2/bot/info": messaging.BotInfoResponse,
    "/v2/bot/channel/webhook/endpoint": messaging.GetWebhookEndpointResponse,
    "/v2/bot/channel/webhook/test": messaging.TestWebhookEndpointResponse,
    "/v2/bot/message/quota": messaging.MessageQuotaResponse,
    "/v2/bot/message/quota/consumption": messaging.QuotaConsumptionResponse,
    "/v2/bot/message/delivery/push": messaging.NumberOfMessagesResponse,
    "/v2/bot/message/delivery/multicast": messaging.NumberOfMessagesResponse,
    "/v2/bot/message/aggregation/info": messaging.GetAggregationUnitUsageResponse,
    "/v2/bot/message/aggregation/list": messaging.GetAggregationUnitNameListResponse,
    "/v2/bot/followers/ids": messaging.GetFollowersResponse,
    "/v2/bot/insight/followers": insight.GetNumberOfFollowersResponse,
    "/v2/bot/insight/message/event/aggregation": insight.GetStatisticsPerUnitResponse,
    "/oauth2/v3/token": oauth.IssueStatelessChannelAccessTokenResponse,
}


def _signed(hook: Webhook) -> tuple[str, str]:
    return hook.body.decode(), hook.headers["x-line-signature"]


@pytest.mark.parametrize("hook", WEBHOOKS)
def test_a_webhook_is_signed_and_known_to_the_last_field(hook: Webhook) -> None:
    payload = WebhookParser(SECRET).parse(*_signed(hook), as_payload=True)
    kept = [one.to_dict() for one in payload.events]
    assert lost(hook.json["events"], kept) == []
    assert lost(hook.json, CallbackRequest.from_dict(hook.json).to_dict()) == []


def test_the_webhooks_are_of_every_kind_that_our_sandbox_tells() -> None:
    kinds = {one["type"] for hook in WEBHOOKS for one in hook.json["events"]}
    assert kinds == {"message", "follow", "unfollow", "postback", "unsend"}


def test_a_changed_signature_is_refused() -> None:
    body, signature = _signed(WEBHOOKS[0])
    validator = SignatureValidator(SECRET)
    assert validator.validate(body, signature)
    for other in changed(signature):
        assert not validator.validate(body, other)
    for other in changed(body):
        assert not validator.validate(other, signature)
    with pytest.raises(InvalidSignatureError):
        WebhookParser("0" * 32).parse(body, signature)


@pytest.mark.parametrize("call", [one for one in calls("line") if one.path in BODIES and one.body])
def test_a_call_is_known_to_the_last_field(call: Call) -> None:
    assert lost(call.json, BODIES[call.path].from_dict(call.json).to_dict()) == []


def test_sends_batches_and_set_up_were_among_the_calls() -> None:
    assert {one.path for one in calls("line") if one.body} >= BODIES.keys()


@pytest.mark.parametrize("answer", [one for one in answers("line") if one.status == 200 and one.json])
def test_an_answer_is_known_to_the_last_field(answer: Answer) -> None:
    model = ANSWERS.get(answer.call.path)
    if model is None and answer.call.path.startswith("/v2/bot/profile/"):
        model = messaging.UserProfileResponse
    assert model, answer.call.path
    kept = model.from_dict(answer.json).to_dict()
    if isinstance(kept.get("timestamp"), datetime):
        kept["timestamp"] = kept["timestamp"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert lost(answer.json, kept) == []


@pytest.mark.parametrize("answer", [one for one in answers("line") if one.status >= 400 and one.json])
def test_a_refusal_is_known_to_the_last_field(answer: Answer) -> None:
    assert lost(answer.json, messaging.ErrorResponse.from_dict(answer.json).to_dict()) == []


def test_what_the_library_does_not_know_is_noticed() -> None:
    told = next(hook.json for hook in WEBHOOKS if hook.json["events"])
    told["events"][0]["surprise"] = 1
    assert lost(told, CallbackRequest.from_dict(told).to_dict()) == [".events[].surprise"]
