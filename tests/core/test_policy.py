"""May I send? A table."""

from dataclasses import replace
from datetime import date

import pytest

from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact
from rundruf.core.message import Message, MessageKind, Template
from rundruf.core.policy import Refusal, advertised, refusal
from rundruf.core.rules import Advertising, Rules
from rundruf.messengers import messenger
from tests.support.people import ANNA, HOUR, NOW, contact

WHATSAPP = messenger("whatsapp").rules
TELEGRAM = messenger("telegram").rules
FORBIDDEN = replace(TELEGRAM, advertising=Advertising.NEVER)
WINDOWED = replace(WHATSAPP, advertising=Advertising.WINDOW, templates=True)
RETIRED = replace(TELEGRAM, retired=date(2024, 6, 26))

JOINED = contact(ANNA, "news")
WROTE = replace(JOINED, seen=NOW - HOUR)
LONG_AGO = replace(JOINED, seen=NOW - 25 * HOUR)
STRANGER = contact(ANNA)
STOPPED = replace(STRANGER, consent=replace(STRANGER.consent, service=False), seen=NOW - HOUR)
TEXT = Message(text="Hello")
TEMPLATE = Message(text="Hello", template=Template("autumn", "de"))
ADVERT, SERVICE, REPLY = MessageKind.MARKETING, MessageKind.TRANSACTIONAL, MessageKind.REPLY


@pytest.mark.parametrize(
    ("person", "kind", "message", "rules", "expected"),
    [
        pytest.param(JOINED, ADVERT, TEXT, TELEGRAM, None, id="consented"),
        pytest.param(STRANGER, ADVERT, TEXT, TELEGRAM, Refusal.CONSENT, id="never joined"),
        pytest.param(
            replace(JOINED, unreachable="gone"), ADVERT, TEXT, TELEGRAM, Refusal.UNREACHABLE, id="gone"
        ),
        pytest.param(
            replace(JOINED, consent=JOINED.consent.after(Fact(Action.PLATFORM_STOP, NOW))),
            ADVERT, TEXT, TELEGRAM, Refusal.PLATFORM_STOP, id="stopped in the messenger",
        ),
        pytest.param(JOINED, ADVERT, TEXT, FORBIDDEN, Refusal.ADVERTISING, id="advertising forbidden"),
        pytest.param(JOINED, SERVICE, TEXT, FORBIDDEN, None, id="service is no advertising"),
        pytest.param(JOINED, ADVERT, TEXT, RETIRED, Refusal.RETIRED, id="messenger has shut down"),
        pytest.param(WROTE, ADVERT, TEXT, WHATSAPP, None, id="window open"),
        pytest.param(JOINED, ADVERT, TEXT, WHATSAPP, Refusal.WINDOW, id="never wrote, no template"),
        pytest.param(LONG_AGO, ADVERT, TEXT, WHATSAPP, Refusal.WINDOW, id="window shut, no template"),
        pytest.param(LONG_AGO, ADVERT, TEMPLATE, WHATSAPP, None, id="window shut, template"),
        pytest.param(LONG_AGO, ADVERT, TEMPLATE, WINDOWED, Refusal.WINDOW, id="only in the window"),
        pytest.param(LONG_AGO, SERVICE, TEMPLATE, WINDOWED, None, id="service by template outside it"),
        pytest.param(STOPPED, SERVICE, TEXT, TELEGRAM, Refusal.CONSENT, id="stop all ends service too"),
        pytest.param(STOPPED, REPLY, TEXT, WHATSAPP, None, id="answering is always fine"),
        pytest.param(LONG_AGO, REPLY, TEXT, WHATSAPP, Refusal.WINDOW, id="unless the messenger refuses it"),
    ],
)  # fmt: skip
def test_may_i_send(
    person: Contact, kind: MessageKind, message: Message, rules: Rules, expected: Refusal | None
) -> None:
    assert refusal(person, kind, "news", message, rules, NOW) is expected


def test_a_retired_messenger_lives_on_where_somebody_runs_it() -> None:
    assert refusal(JOINED, ADVERT, "news", TEXT, RETIRED, NOW, live=False) is None


def test_consent_for_one_topic_is_none_for_another() -> None:
    assert refusal(JOINED, ADVERT, "offers", TEXT, TELEGRAM, NOW) is Refusal.CONSENT
    assert refusal(JOINED, ADVERT, None, TEXT, TELEGRAM, NOW) is Refusal.CONSENT


def test_a_template_counts_only_where_marketing_may_leave_by_one() -> None:
    only = Message(template=TEMPLATE.template)
    assert advertised(TEMPLATE, WHATSAPP) == TEMPLATE
    assert advertised(TEMPLATE, WINDOWED) == advertised(TEMPLATE, TELEGRAM) == TEXT
    assert advertised(only, TELEGRAM) == only
