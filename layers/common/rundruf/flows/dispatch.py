"""Deliveries -> calls -> outcomes: alone or many in one call, in order, repeated only where it is safe."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rundruf.core.account import Account
from rundruf.core.chunk import REQUEST_TIMEOUT
from rundruf.core.message import Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows.services import Services, Steps, answered
from rundruf.messengers.contract import Answer, Delivery, Messenger, Request

ROUNDS = 8
SHORTEST = 1_000.0
FIRST_SHARE = 0.45
# The messenger knows no way to this person, or of this message, that a call could be made of.
UNBUILT = Outcome(OutcomeKind.BAD, "no_way")


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
        unanswered call is repeated where the messenger recognises it by its key. Where calls are made again
        after a crash, the others wait for the next window: a window may hold no other calls than those that
        can be told from its people.
        """
        found: dict[int, Outcome] = {}
        waiting = dict(deliveries)
        rules = self.speaks.rules
        for _ in range(1 if rules.retry_key and rules.gather <= 1 else ROUNDS):
            if not waiting or self._left() < SHORTEST:
                break
            bundles = self.bundles(waiting)
            carried = self.services.http.run(
                [self.carried(one) for one in bundles], self.spacing, self._left()
            )
            told = {
                index: outcome
                for bundle, outcomes in zip(bundles, carried, strict=True)
                for index, outcome in zip(bundle.indices, outcomes, strict=True)
            }
            found |= told
            waiting = {index: waiting[index] for index in waiting if told[index].spoiled}
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
                    made += [self.alone(index, deliveries[index]) for index in part]
        return made

    def alone(self, index: int, delivery: Delivery) -> Bundle:
        """One person's calls."""
        try:
            requests = self.speaks.build(delivery, self.account)
        except ValueError:
            requests = ()
        return Bundle((index,), requests, lambda answer: (self.speaks.interpret(answer),))

    def carried(self, bundle: Bundle) -> Steps[Sequence[Outcome]]:
        """The outcomes of a bundle's first call; what else the message needs follows an accepted one."""
        first: Sequence[Outcome] = (UNBUILT,) * len(bundle.indices)
        for part, request in enumerate(bundle.requests):
            outcomes = yield from self._called(request, bundle)
            if part == 0:
                first = outcomes
            if not any(outcome.accepted for outcome in outcomes):
                break
        return first

    def _called(self, request: Request, bundle: Bundle) -> Steps[Sequence[Outcome]]:
        keyed = self.speaks.rules.retry_key and request.keyed
        outcomes = bundle.read(
            answered((yield replace(request, within=self._left() * FIRST_SHARE) if keyed else request))
        )
        if keyed and _unknown(outcomes) and self._left() >= SHORTEST and self.still(bundle.indices):
            told = bundle.read(answered((yield request)))
            outcomes = [
                first if again.inconclusive else again for first, again in zip(outcomes, told, strict=True)
            ]
        return outcomes

    def _left(self) -> float:
        return max(0.0, REQUEST_TIMEOUT - (self.services.ticks() - self.began))


def _batch_reader(speaks: Messenger, chosen: Sequence[Delivery]) -> Callable[[Answer], Sequence[Outcome]]:
    batch = speaks.batch
    if batch is None:
        raise TypeError(f"{speaks.name} has no batch call")
    return lambda answer: batch.interpret(answer, chosen)


def _unknown(outcomes: Sequence[Outcome]) -> bool:
    return any(one.kind is OutcomeKind.UNKNOWN for one in outcomes)
