"""Every call that our adapters make, as their cases tell it: sends, batches, steps, tokens, files, polls."""

from collections.abc import Iterator
from dataclasses import dataclass

from rundruf.messengers import messenger
from rundruf.messengers.contract import Request
from tests.messengers.case import WEBHOOK, Case
from tests.messengers.suite import CASES
from tests.specs.calls import Sent


@dataclass(frozen=True, slots=True)
class Built:
    messenger: str
    fact: str
    call: Sent


def built(name: str) -> tuple[Built, ...]:
    """The calls of one messenger; files that lie somewhere else are fetched by no call of its API."""
    case = CASES[name]
    return tuple(
        Built(name, fact, Sent.of(request))
        for part in (_sends, _batches, _set_up, _renewals, _later)
        for fact, request in part(name, case)
    )


Told = Iterator[tuple[str, Request]]


def _sends(name: str, case: Case) -> Told:
    for sent in case.sent:
        for request in messenger(name).build(sent.delivery, sent.account or case.account):
            yield f"send: {sent.fact}", request


def _batches(name: str, case: Case) -> Told:
    batch = messenger(name).batch
    for batched in case.batches if batch else ():
        for request in batch.build(batched.deliveries, batched.account or case.account) if batch else ():
            yield f"batch: {batched.fact}", request


def _set_up(name: str, case: Case) -> Told:
    for step in messenger(name).steps(case.account, WEBHOOK):
        yield f"step: {step.name}", step.request
    links = messenger(name).links
    for linked in case.made_links if links else ():
        if links:
            yield f"link: {linked.code}", links.request(case.account, linked.code)


def _renewals(name: str, case: Case) -> Told:
    speaks = messenger(name)
    for renewable, renewal in ((speaks.token, case.token), (speaks.keys, case.keys)):
        for asked in renewal.asked if renewable and renewal else ():
            if renewable:
                request = renewable.request(asked.account or case.account, asked.refused)
                yield f"{renewable.credential}: {asked.fact}", request


def _later(name: str, case: Case) -> Told:
    speaks = messenger(name)
    for event, expected in case.taps:
        request = speaks.acknowledge(event, case.account)
        if expected and request:
            yield f"tap: {event.id}", request
    for downloaded in case.downloads if speaks.download else ():
        if speaks.download and "://" not in downloaded.medium.id:
            yield f"file: {downloaded.fact}", speaks.download.request(downloaded.medium, case.account)
    for polling in case.polls if speaks.poll else ():
        if speaks.poll:
            yield f"poll: {polling.fact}", speaks.poll.request(case.account, polling.cursor, polling.wait)
    for doubted in case.doubts if speaks.doubt else ():
        if speaks.doubt:
            request = speaks.doubt.ask(doubted.outcome, doubted.delivery, case.account)
            if request:
                yield f"doubt: {doubted.fact}", request
