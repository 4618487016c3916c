"""What the Bot Framework adapter does beyond the contract: whom it trusts with our token, whom it answers."""

import json
import time
from dataclasses import replace

import pytest

from rundruf.core.account import Account
from rundruf.core.message import Button, MediaKind, Message
from rundruf.messengers import messenger
from rundruf.messengers.botframework import trust
from rundruf.messengers.contract import Delivery, MediaIn, NotGenuine, StaleKeys
from tests.messengers.skype.cases import SKYPE
from tests.messengers.teams import tokens
from tests.messengers.teams.cases import TEAMS, Channel, Wire, account, delivery
from tests.messengers.teams.tokens import APP

OURS = account(TEAMS)
SANDBOX = replace(OURS, base_url="http://127.0.0.1:8101")
WIRE = Wire(TEAMS)
CHANNELS = pytest.mark.parametrize("channel", [TEAMS, SKYPE], ids=lambda one: one.messenger)


# Hosts that may see our token


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/emea"),
        ("https://smba.trafficmanager.net:443/amer", "https://smba.trafficmanager.net:443/amer"),
        ("https://SMBA.trafficmanager.net/amer", "https://SMBA.trafficmanager.net/amer"),
        ("https://smba.infra.gcc.teams.microsoft.com/gcc/", "https://smba.infra.gcc.teams.microsoft.com/gcc"),
        ("https://canary.botframework.com/", "https://canary.botframework.com"),
        ("https://botframework.com", "https://botframework.com"),
        ("https://uk.teams.microsoft.us/x/1-2/", "https://uk.teams.microsoft.us/x/1-2"),
        ("http://smba.trafficmanager.net/emea/", ""),
        ("https://smba.trafficmanager.net:8443/emea/", ""),
        ("https://trafficmanager.net/", ""),
        ("https://evil.trafficmanager.net/", ""),
        ("https://evilbotframework.com/", ""),
        ("https://botframework.com.evil.example/", ""),
        ("https://botframework.com@evil.example/", ""),
        ("https://evil.example@botframework.com/", ""),
        ("https://evil.example\\@botframework.com/", ""),
        ("https://evil.example/botframework.com", ""),
        ("https://evil.example#.botframework.com", ""),
        ("https://evil.example?.botframework.com", ""),
        ("https://botframework.com\n.evil.example/", ""),
        ("https://botframework.com%2eevil.example/", ""),
        ("https://xn--botframework.com.evil.example/", ""),
        ("https://botframework。com/", ""),
        ("https://botframework.com./", ""),
        ("https://[::1]/botframework.com", ""),
        ("https://smba.trafficmanager.net/emea/?a=1", ""),
        ("https://smba.trafficmanager.net/emea/#a", ""),
        ("http://127.0.0.1:8101/", ""),
        ("file:///botframework.com", ""),
        ("//botframework.com/", ""),
        ("botframework.com", ""),
        ("", ""),
    ],
)
def test_our_token_goes_to_the_connector_only(address: str, service: str) -> None:
    assert trust.service(address, OURS) == service


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("http://127.0.0.1:8101/emea/", "http://127.0.0.1:8101/emea"),
        ("http://127.0.0.1:8101", "http://127.0.0.1:8101"),
        ("https://smba.trafficmanager.net/emea/", "http://127.0.0.1:8101/emea"),
        ("http://127.0.0.1:8102/", ""),
        ("https://127.0.0.1:8101/", ""),
        ("http://127.0.0.1:81010/", ""),
        ("http://127.0.0.1:8101.evil.example/", ""),
        ("http://127.0.0.1:8101@evil.example/", ""),
        ("http://evil.example/", ""),
    ],
)
def test_an_account_with_a_host_of_its_own_talks_to_that_alone(address: str, service: str) -> None:
    assert trust.service(address, SANDBOX) == service


EVIL = json.dumps({"service": "https://evil.example/", "conversation": "a:1", "user": "29:1"})


@CHANNELS
@pytest.mark.parametrize("told", [EVIL, "{", "[]", '{"service":1}', '{"service":"https://botframework.com"}'])
def test_nothing_is_built_for_a_conversation_elsewhere(channel: Channel, told: str) -> None:
    with pytest.raises(ValueError, match="have to write first") as refused:
        _build(channel, delivery(channel, Message("Hi"), told))
    assert "evil" not in str(refused.value)


def _build(channel: Channel, given: Delivery) -> object:
    return messenger(channel.messenger).build(given, account(channel))


def test_teams_needs_a_conversation_that_an_activity_told() -> None:
    with pytest.raises(ValueError, match="have to write first"):
        _build(TEAMS, delivery(TEAMS, Message("Hi"), ""))


@CHANNELS
def test_what_an_activity_told_comes_back_as_the_address_of_the_answer(channel: Channel) -> None:
    (event,) = messenger(channel.messenger).read(Wire(channel).activity(text="x"), account(channel)).events
    (request,) = messenger(channel.messenger).build(
        Delivery("d", event.user_id, Message("y"), window_open=True, conversation=event.conversation),
        account(channel),
    )
    assert request.url.startswith(channel.service + "v3/conversations/")


@CHANNELS
def test_a_reference_is_short_enough_for_a_contact_of_one_kilobyte(channel: Channel) -> None:
    long = Wire(replace(channel, user="29:" + "x" * 100, conversation="a:" + "y" * 140))
    (event,) = messenger(channel.messenger).read(long.activity(text="x"), account(channel)).events
    assert 0 < len(event.conversation) < 600


# Files


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://smba.trafficmanager.net/emea/v3/attachments/1/views/original", True),
        ("https://tenant.sharepoint.com/a?tempauth=b", False),
        ("https://eu-prod.asyncgw.teams.microsoft.com/v1/objects/0/views/imgo", True),
        ("https://graph.microsoft.com/v1.0/x", False),
        ("https://x.blob.core.windows.net/y?sig=z", False),
    ],
)
def test_our_token_is_shown_for_files_behind_the_connector(address: str, ours: bool) -> None:
    download = messenger("teams").download
    assert download
    request = download.request(MediaIn(MediaKind.FILE, address), OURS)
    assert request.url == address
    assert ("authorization" in request.headers) == ours


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/a",
        "https://evilsharepoint.com/a",
        "https://sharepoint.com.evil.example/a",
        "https://sharepoint.com@evil.example/a",
        "https://sharepoint.com\\@evil.example/a",
        "http://tenant.sharepoint.com/a",
        "http://169.254.169.254/latest/meta-data",
        "",
    ],
)
@pytest.mark.parametrize("given", [OURS, SANDBOX], ids=["live", "sandbox"])
def test_a_file_elsewhere_is_not_fetched(address: str, given: Account) -> None:
    download = messenger("teams").download
    assert download
    with pytest.raises(ValueError, match="not on a host") as refused:
        download.request(MediaIn(MediaKind.FILE, address), given)
    assert "evil" not in str(refused.value)


# Genuine?


@CHANNELS
@pytest.mark.parametrize(
    "keys",
    ["", "{", "[]", '{"keys":{}}', '{"keys":[1,null,{}]}', '{"keys":[{"kid":"next","kty":"RSA"}]}', "\ud83d"],
)
def test_keys_that_are_none_trust_nobody_and_are_to_be_fetched(channel: Channel, keys: str) -> None:
    given = _with(account(channel), "jwks", keys)
    with pytest.raises(StaleKeys):
        messenger(channel.messenger).verify(tokens.call(Wire(channel).activity(), "new"), given)


def _with(given: Account, name: str, *values: str) -> Account:
    return replace(given, credentials={**given.credentials, name: values})


@pytest.mark.parametrize(
    "part",
    [
        {"n": 1},
        {"n": ""},
        {"n": "!"},
        {"n": "AQAB"},
        {"e": ""},
        {"e": None},
        {"e": "AA"},
        {"n": "A" * 100_000},
    ],
)
def test_a_spoiled_key_trusts_nobody(part: dict[str, object]) -> None:
    spoiled = json.dumps({"keys": [{**tokens.published("new", "msteams"), **part}]})
    with pytest.raises(NotGenuine):
        trust.verify(tokens.call(WIRE.activity(), "new"), _with(OURS, "jwks", spoiled))


@pytest.mark.parametrize(
    "endorsed", [None, "msteams", {"msteams": 1}, [], ["MSTEAMS"], [["msteams"]], [None]]
)
def test_a_key_that_endorses_nothing_readable_speaks_for_no_channel(endorsed: object) -> None:
    keys = json.dumps({"keys": [{**tokens.published("new"), "endorsements": endorsed}]})
    with pytest.raises(NotGenuine):
        trust.verify(tokens.call(WIRE.activity(), "new"), _with(OURS, "jwks", keys))


@pytest.mark.parametrize("channel_id", ["", None, 1, ["msteams"], "MSTEAMS", "msteams "])
def test_an_activity_of_no_endorsed_channel_is_refused(channel_id: object) -> None:
    with pytest.raises(NotGenuine):
        trust.verify(tokens.call(WIRE.activity(channelId=channel_id), "new"), OURS)


@pytest.mark.parametrize("apps", [(), ("",), ("99999999-2222-3333-4444-555555555555",)])
def test_a_token_for_another_app_is_refused(apps: tuple[str, ...]) -> None:
    with pytest.raises(NotGenuine):
        trust.verify(tokens.call(WIRE.activity(), "new"), _with(OURS, "app_id", *apps))


def test_the_emulator_is_not_believed() -> None:
    for tenant in ("d6d49420-f39b-4df7-a1dc-d59a935871db", "f8cdef31-a31e-4b4a-93e4-5f571e91255a"):
        body = WIRE.activity()
        said = tokens.claims(body, iss=f"https://sts.windows.net/{tenant}/", appid=APP, ver="1.0")
        with pytest.raises(NotGenuine):
            trust.verify(tokens.sent(body, tokens.token(said)), OURS)


def test_a_thousand_unknown_key_ids_cost_little() -> None:
    body = WIRE.activity()
    good = tokens.token(tokens.claims(body)).split(".", 1)[1]
    calls = [
        tokens.sent(
            body, f"{tokens.unsigned({'x': 1}, 'RS256').split('.')[0]}.{good}"
        )  # known, wrongly signed
        if number % 2
        else tokens.sent(body, tokens.header("RS256", f"kid-{number}") + "." + good)
        for number in range(1000)
    ]
    started = time.perf_counter()
    for call in calls:
        with pytest.raises(NotGenuine):
            trust.verify(call, OURS)
    assert time.perf_counter() - started < 5


# Answers


def test_an_invoke_that_nobody_knows_is_answered_so() -> None:
    speaks = messenger("teams")
    for name in ("task/fetch", "composeExtension/query", "", None, 1, ["adaptiveCard/action"]):
        reading = speaks.read(WIRE.activity("invoke", name=name), OURS)
        assert reading.parked == {"invoke.unknown": 1}
        assert speaks.reply(reading, Message(), OURS).status == 501


def test_taps_under_our_cards_come_back_as_what_they_carried() -> None:
    """What we send and what we read, held against each other for both sorts of buttons."""
    for channel in (TEAMS, SKYPE):
        speaks, wire = messenger(channel.messenger), Wire(channel)
        message = Message("Hi", buttons=(Button("Mehr", reply='{"rundruf":"x"} stop:a'),))
        (request,) = speaks.build(delivery(channel, message), account(channel))
        (button,) = json.loads(request.body)["attachments"][0]["content"]["buttons"]
        text = button.get("text") or json.dumps(button["value"])
        for body in (wire.activity(text=text, value=button["value"]), wire.activity(text=text)):
            (event,) = speaks.read(body, account(channel)).events
            known = event.payload == '{"rundruf":"x"} stop:a'
            assert known or (channel is TEAMS and event.text == "Mehr")


def test_activities_without_id_and_time_are_told_apart_by_what_they_say() -> None:
    bodies = [WIRE.activity(id=None, timestamp=None, text=text) for text in ("a", "b", "a")]
    ids = [messenger("teams").read(body, OURS).events[0].id for body in bodies]
    assert ids[0] == ids[2] != ids[1]


def test_the_same_number_in_two_conversations_is_two_events() -> None:
    first = messenger("teams").read(WIRE.activity(text="a"), OURS).events[0]
    second = (
        messenger("teams")
        .read(WIRE.activity(text="a", conversation=WIRE.conversation(id="a:2")), OURS)
        .events[0]
    )
    assert first.id != second.id


def test_two_edits_of_one_message_are_two_events() -> None:
    ids = {
        messenger("teams").read(WIRE.activity("messageUpdate", text="x", timestamp=at), OURS).events[0].id
        for at in ("2026-01-01T10:00:00Z", "2026-01-01T10:00:05Z")
    }
    assert len(ids) == 2
