"""What is shown of a call is what was in the message: nothing is lost and nothing is made up."""

import pytest

from rundruf.core.message import Message
from rundruf.messengers import messenger
from rundruf.messengers.contract import Request
from rundruf.messengers.shown import Part, parts
from tests.messengers.case import Batched, Sent
from tests.messengers.suite import CASES, each


def accounted(message: Message, shown: list[Part]) -> None:
    """Everything in the message is somewhere, and no text is there that it does not have."""
    text = "\n".join(one.text for one in shown)
    taps = [one for part in shown for one in part.buttons]
    seen = {one.url for part in shown for one in part.media} | {
        one.url for part in shown for one in part.links
    }
    if any(part.template for part in shown):
        assert not taps
        return
    assert "".join(message.text.split()) in "".join(text.split())
    assert all(one in taps or one.label in text for one in message.buttons)
    assert all(one.url in seen or one.url in text for one in message.media)
    known = {word for _, one in message.texts() for word in one.split()}
    known |= {one.url for one in message.media} | {one.url for one in message.buttons} | {"»"}
    strange = [word for word in text.split() if not any(one in word or word in one for one in known)]
    assert not strange


def read(requests: tuple[Request, ...], message: Message) -> list[Part]:
    return [part for request in requests for part in parts(request, message)]


@pytest.mark.parametrize(("name", "sent"), each("sent"))
def test_nothing_of_a_message_is_lost_from_sight(name: str, sent: Sent) -> None:
    account = sent.account or CASES[name].account
    message = sent.delivery.message
    accounted(message, read(messenger(name).build(sent.delivery, account), message))


@pytest.mark.parametrize(("name", "batched"), each("batches"))
def test_nothing_of_a_shared_message_is_lost_either(name: str, batched: Batched) -> None:
    batch, message = messenger(name).batch, batched.deliveries[0].message
    assert batch is not None
    accounted(message, read(batch.build(batched.deliveries, CASES[name].account), message))
