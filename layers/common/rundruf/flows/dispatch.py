"""Deliveries -> calls -> outcomes: alone or many in one call, in order, repeated only where it is safe."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rundruf.core.account import Account
from rundruf.core.chunk import REQUEST_TIMEOUT
from rundruf.core.message import Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows.services import Services
from rundruf.messengers.contract import Answer, Delivery, Messenger, Request

ROUNDS = 8
SHORTEST = 1_000.0
FIRST_SHARE = 0.45


@dataclass(frozen=True, slots=True)
class Bundle:
    """Recipients (by index) that one chain of calls carries to, and how its answers are read."""

    indices: tuple[int, ...]
    requests: tuple[Request, ...]
    read: Callable[[Answer], Sequence[Outcome]]


@dataclass(slots=True)
class Dispatch:
    """One window's calls on their way; all are over ``REQUEST_TIMEOUT`` after ``began`` (ticks in ms).

    ``still`` says whether all of these recipients may still be written to, before a call is repeated.
    """

    account: Account
    speaks: Messenger
    services: Services
    spacing: float
    began: float
    still: Callable[[Collection[int]], bool]

    def outcomes(self, deliveries: Mapping[int, Delivery]) -> dict[int, Outcome]:
        """One outcome a recipient: that of the first call; what else a message needs follows an accepted one.

        Whoever a batch call was refused for without fault of their own is sent to again at once, and an
        unanswered call is repeated where the messenger recognises it by its key.
        """
        found: dict[int, Outcome] = {}
        waiting = dict(deliveries)
        for _ in range(ROUNDS):
            if not waiting or self._left() < SHORTEST:
                break
            told = self._sent(self.bundles(waiting))
            found |= told
            waiting = {index: waiting[index] for index in waiting if _at_once(told[index])}
        return {
            index: found.get(index, Outcome(OutcomeKind.RETRY, "no_time", account_wide=False))
            for index in deliveries
        }

    def bundles(self, deliveries: Mapping[int, Delivery]) -> list[Bundle]:
        """People with the same message share a call where the messenger has one for it."""
        batch, rules = self.speaks.batch, self.speaks.rules
        alike: dict[Message, list[int]] = {}
        for index, delivery in deliveries.items():
            alike.setdefault(delivery.message, []).append(index)
        made = []
        for indices in alike.values():
            size = max(rules.group, rules.gather) if batch else 1
            for start in range(0, len(indices), size):
                part = tuple(indices[start : start + size])
                chosen = [deliveries[index] for index in part]
                if batch and len(part) > 1:
                    read = _batch_reader(self.speaks, chosen)
                    made.append(Bundle(part, batch.build(chosen, self.account), read))
                else:
                    made += [self._alone(index, deliveries[index]) for index in part]
        return made

    def _alone(self, index: int, delivery: Delivery) -> Bundle:
        requests = self.speaks.build(delivery, self.account)
        return Bundle((index,), requests, lambda answer: (self.speaks.interpret(answer),))

    def _sent(self, bundles: Sequence[Bundle]) -> dict[int, Outcome]:
        found: dict[int, Outcome] = {}
        for part in range(max((len(one.requests) for one in bundles), default=0)):
            going = [one for one in bundles if part < len(one.requests) and _goes_on(one, part, found)]
            answers = self._answers([one.requests[part] for one in going], going)
            for bundle, answer in zip(going, answers, strict=True):
                told = zip(bundle.indices, bundle.read(answer), strict=True)
                for index, outcome in told:
                    found.setdefault(index, outcome)
        return found

    def _answers(self, requests: Sequence[Request], bundles: Sequence[Bundle]) -> list[Answer]:
        keyed = self.speaks.rules.retry_key
        left = self._left()
        answers = self.services.http.window(requests, self.spacing, left * FIRST_SHARE if keyed else left)
        if not keyed or self._left() < SHORTEST:
            return answers
        doubtful = [
            at
            for at, answer in enumerate(answers)
            if requests[at].keyed and _unknown(bundles[at].read(answer)) and self.still(bundles[at].indices)
        ]
        repeated = self.services.http.window(
            [requests[at] for at in doubtful], self.spacing, max(0.0, self._left())
        )
        for at, answer in zip(doubtful, repeated, strict=True):
            answers[at] = answer
        return answers

    def _left(self) -> float:
        return max(0.0, REQUEST_TIMEOUT - (self.services.ticks() - self.began))


def _batch_reader(speaks: Messenger, chosen: Sequence[Delivery]) -> Callable[[Answer], Sequence[Outcome]]:
    batch = speaks.batch
    if batch is None:
        raise TypeError(f"{speaks.name} has no batch call")
    return lambda answer: batch.interpret(answer, chosen)


def _goes_on(bundle: Bundle, part: int, found: Mapping[int, Outcome]) -> bool:
    """A message's later calls follow only where its first was accepted by somebody."""
    return part == 0 or any(found[index].accepted for index in bundle.indices)


def _at_once(outcome: Outcome) -> bool:
    return outcome.kind is OutcomeKind.RETRY and outcome.retry_after == 0


def _unknown(outcomes: Sequence[Outcome]) -> bool:
    return any(one.kind is OutcomeKind.UNKNOWN for one in outcomes)
