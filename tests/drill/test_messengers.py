"""Section B: messengers that refuse, fall silent, lie, or are away."""

import random
from collections import Counter

import pytest

from rundruf.core.chunk import WINDOW
from rundruf.core.contact import Identity
from rundruf.core.message import Message, Template
from tests.drill.messenger import YES, Arrival, Saying, refusal
from tests.drill.place import Place, promise
from tests.drill.workers import Job

pytestmark = pytest.mark.drill
MINUTE = 60


@pytest.mark.parametrize("workers_at_once", [4])
def test_b1_a_429_holds_its_own_account_and_no_other(place: Place, workers_at_once: int) -> None:
    place.sender(name="busy")
    place.sender(name="free")
    place.people(512, account="busy")
    place.people(512, account="free", first=10_000)
    free_until = place.clock.now() + MINUTE * 1000
    early: list[Arrival] = []
    done: dict[str, int] = {}

    def script(arrival: Arrival) -> Saying:
        done[arrival.account] = place.clock.now()
        if "busy" in arrival.account and place.clock.now() < free_until:
            early.append(arrival)
            return refusal(429, "Too Many Requests", max(1, (free_until - place.clock.now()) // 1000))
        return YES

    place.messenger.script = script
    place.broadcast()
    place.source.drain(workers=workers_at_once)
    verdict = place.verdict(audience=1024)
    assert verdict.figures.sent == 1024
    assert len(early) <= WINDOW * workers_at_once + workers_at_once
    times = {name: at for name, at in done.items() if "free" in name}
    promise(max(times.values()) < free_until, "the other account is done before the minute is over")
    promise(
        max(done.values()) - free_until < 16_000,
        "and this one soon after",
        after=max(done.values()) - free_until,
    )


@pytest.mark.parametrize("retry_after", [None, -1, 1e9, float("nan")])
def test_b2_an_absurd_wait_is_clamped_and_counts_against_nobody(
    place: Place, retry_after: float | None
) -> None:
    place.sender()
    place.people(20)
    place.broadcast()
    refused = refusal(429, "Too Many Requests", retry_after)
    place.messenger.script = lambda one: refused if one.number < WINDOW else YES
    began = place.clock.now()
    place.source.drain()
    assert place.verdict(audience=20).figures.sent == 20
    assert 1_000 <= place.clock.now() - began < 16 * MINUTE * 1000


LIES = {
    "mute": Saying(mute=True),
    "cut": Saying(cut=True),
    "502": Saying(status=502, body=b"<html>Bad Gateway</html>"),
    "504": Saying(status=504, body=b""),
    "html": Saying(body=b"<html>hello</html>"),
    "half": Saying(body=b'{"ok": true, "resu'),
}


def test_b3_what_was_accepted_without_a_clear_answer_is_unknown_and_never_sent_again(place: Place) -> None:
    place.sender()
    place.people(2 * WINDOW)
    place.broadcast()
    lies = list(LIES.values())
    place.messenger.script = lambda one: lies[one.number % len(lies)] if one.number < WINDOW else YES
    place.source.quiet()
    sent = Counter(place.messenger.accepted())
    promise(max(sent.values()) == 1, "nobody twice")
    figures = place.figures()
    promise(figures.unknown == WINDOW, "what is not known is called unknown", figures=figures)
    if place.unsettled() or figures.pending:
        place.flow("wish", "b1", "resume").wait()
        place.source.drain()
    verdict = place.verdict(audience=2 * WINDOW, kills=1)
    assert verdict.figures.sent == WINDOW


def test_b3_a_messenger_with_keys_is_asked_again_under_the_same_key(place: Place) -> None:
    """LINE knows the call again: 409 means that it was accepted."""
    place.sender("line")
    place.people(128, "line")
    place.broadcast()
    place.messenger.script = lambda one: Saying(cut=True) if one.number == 0 else YES
    place.source.drain()
    verdict = place.verdict(audience=128)
    assert verdict.figures.sent == 128
    repeated = [one for one in place.messenger.log if one.repeated]
    promise(len(repeated) == 1, "once more", times=len(repeated))
    keys = Counter(one.key for one in place.messenger.log if one.accepted)
    promise(max(keys.values()) == 1, "each key once")


def test_b4_while_nobody_listens_nothing_is_unknown(place: Place) -> None:
    place.sender()
    place.people(64)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    place.messenger.stop()
    for _ in range(2):
        place.source.deliver(place.source.take("send")).wait()
        place.source.settle()
    promise(place.figures().unknown == 0, "refused connections are no unknowns")
    place.messenger.server.start()
    place.source.drain()
    if place.figures().pending:
        place.flow("wish", "b1", "resume").wait()
        place.source.drain()
    assert place.verdict(audience=64).figures.sent == 64


def whatsapp(place: Place, people: int) -> list[str]:
    place.sender("whatsapp")
    users = place.people(people, "whatsapp")
    place.broadcast(message=Message("Hello from b1", template=Template("autumn", "de")))
    return users


def status(arrival: Arrival, word: str, at: int) -> dict[str, object]:
    told: dict[str, object] = {
        "id": f"wamid.{arrival.number + 1}",
        "status": word,
        "timestamp": str(at),
        "recipient_id": arrival.people[0],
        "biz_opaque_callback_data": arrival.tag,
    }
    if word == "failed":
        told["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
    return told


def test_b8_receipts_in_any_order_and_number_and_before_our_own_note(
    place: Place, dice: random.Random
) -> None:
    users = whatsapp(place, 24)
    jobs: list[Job] = []

    def before(arrival: Arrival) -> None:
        """The receipts overtake the answer."""
        words = ["read", "delivered", "sent"] * 3
        dice.shuffle(words)
        at = place.clock.now() // 1000
        jobs.append(place.whatsapp_says({"statuses": [status(arrival, one, at) for one in words]}))

    place.messenger.before = before
    place.messenger.script = lambda _: Saying(wait=0.5)
    place.source.drain(workers=3)
    for job in jobs:
        promise(job.wait()["statusCode"] == 200, "receipts are taken")
    late = [status(one, "failed", place.clock.now() // 1000) for one in place.messenger.log[:5]]
    foreign = [
        status(one, "read", 1) | {"biz_opaque_callback_data": "b9:0-0:3"} for one in place.messenger.log[:3]
    ]
    place.contacts.erase(place.contact(users[0], "whatsapp").id)
    place.whatsapp_says({"statuses": [*late, *foreign]}).wait()
    place.source.drain(workers=3)
    figures = place.figures()
    assert (figures.sent, figures.delivered, figures.read) == (24, 24, 24)
    assert place.contacts.get(place.contacts.id_of(identity(users[0]))) is None
    assert max(place.messenger.accepted().values()) == 1


def identity(user: str) -> Identity:
    return Identity("whatsapp", "main", user)


def test_b9_a_receipt_with_our_own_tag_settles_the_unknown(place: Place) -> None:
    whatsapp(place, 12)
    place.messenger.script = lambda _: Saying(cut=True)
    place.source.quiet()
    assert place.figures().unknown == 12
    told = [status(one, "delivered", place.clock.now() // 1000) for one in place.messenger.log[:9]]
    place.whatsapp_says({"statuses": told}).wait()
    place.source.quiet()
    figures = place.figures()
    assert (figures.sent, figures.delivered, figures.unknown) == (9, 9, 3)
    place.clock.passes(25 * 3600)
    assert place.figures().unknown == 3
    assert max(place.messenger.accepted().values()) == 1
