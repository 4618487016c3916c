"""What the sandbox's fakes send and answer is what the official specs describe."""

import json
import time
from collections.abc import Mapping

import pytest

from rundruf.messengers import MESSENGERS, messenger
from rundruf.messengers.contract import Call, Messenger
from sandbox.registry import kinds
from tests.messengers.suite import CASES
from tests.specs.known import unknown
from tests.specs.play import PLAYED, Played
from tests.specs.specs import WITHOUT, Judge

pytestmark = pytest.mark.specs

# Their webhooks and answers are described nowhere; meta.py holds the calls to them only.
CALLS_ONLY = {"messenger", "instagram"}
DESCRIBED = [name for name in PLAYED if name not in {*WITHOUT, *CALLS_ONLY}]

TOLD = {
    "whatsapp": {"messages", "statuses", "user_preferences", "message_template_status_update"},
    "telegram": {"message", "callback_query", "my_chat_member"},
    "line": {"message", "follow", "unfollow", "postback", "unsend"},
    "viber": {
        *("message", "subscribed", "unsubscribed", "conversation_started", "delivered", "seen", "webhook"),
    },
    "teams": {
        *("message", "installationUpdate", "conversationUpdate"),
        *("messageUpdate", "messageDelete", "messageReaction"),
    },
    "skype": {"message", "contactRelationUpdate"},
    "messenger": {"message", "postback", "delivery", "read", "reaction"},
    "instagram": {"message", "postback", "read", "reaction"},
}
"""Kinds that must have been among a messenger's webhooks, so that nothing is held to no spec unnoticed."""

NOT_TAKEN = {"viber": {"half a character"}}
"""Half a surrogate pair is no text to the fake's JSON reader, nor to our API's; so none ever gets in."""


def _kinds(name: str, body: object) -> set[str]:
    """The words of a webhook's body that say what it tells."""
    text = json.dumps(body)
    return {kind for kind in TOLD[name] if f'"{kind}"' in text}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_webhook_is_as_the_spec_says(
    judge: Mapping[str, Judge], played: Mapping[str, Played], name: str
) -> None:
    found = {one for hook in played[name].webhooks for one in judge[name].webhook(json.loads(hook.body))}
    assert unknown(sorted(found)) == []


@pytest.mark.parametrize("name", DESCRIBED)
def test_an_answer_is_as_the_spec_says(
    judge: Mapping[str, Judge], played: Mapping[str, Played], name: str
) -> None:
    found = {one for answer in played[name].answers for one in judge[name].answer(answer)}
    assert unknown(sorted(found)) == []


@pytest.mark.parametrize("name", PLAYED)
def test_every_kind_of_webhook_was_told(played: Mapping[str, Played], name: str) -> None:
    bodies = [json.loads(hook.body) for hook in played[name].webhooks]
    assert set().union(*(_kinds(name, body) for body in bodies)) == TOLD[name]


@pytest.mark.parametrize("name", PLAYED)
def test_refusals_were_among_the_answers(played: Mapping[str, Played], name: str) -> None:
    assert [one for one in played[name].answers if one.status >= 400 or _refused(one.body)]


def _refused(body: object) -> bool:
    """Viber refuses with a status inside a 200."""
    return isinstance(body, dict) and bool(body.get("status"))


@pytest.mark.parametrize("name", PLAYED)
def test_a_webhook_is_proven_to_our_adapter(played: Mapping[str, Played], name: str) -> None:
    speaks: Messenger = messenger(name)
    for hook in played[name].webhooks:
        call = Call("POST", hook.headers, {}, hook.body, int(time.time() * 1000))
        speaks.verify(call, played[name].account)


@pytest.mark.parametrize("name", PLAYED)
def test_a_fake_takes_what_our_adapter_builds(played: Mapping[str, Played], name: str) -> None:
    """All but templates, which must be approved first: the sandbox has others than the cases."""
    templates = {sent.fact for sent in CASES[name].sent if sent.delivery.message.template}
    assert played[name].refused.keys() - templates == NOT_TAKEN.get(name, set())


def test_every_messenger_is_played_or_has_nobody_who_speaks_for_it() -> None:
    assert set(PLAYED) == set(MESSENGERS) - (WITHOUT.keys() - {"viber"})
    assert set(PLAYED) <= kinds().keys()
