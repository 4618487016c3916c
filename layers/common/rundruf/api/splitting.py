"""Variants and holdout of a broadcast: checked, shown, and the winner by somebody's word."""

import json
from collections.abc import Sequence
from typing import Any

from rundruf.api.context import Context
from rundruf.api.convert import checked_message, message_model, message_of
from rundruf.api.models import BroadcastIn, RateOut, VariantModel, WinnerOut, WinnerRule, moment
from rundruf.api.problems import Problem, invalid
from rundruf.api.translations import LARGEST
from rundruf.aws import codec
from rundruf.core import clicks
from rundruf.core.account import Account
from rundruf.core.broadcast import Broadcast
from rundruf.core.canary import Trial
from rundruf.core.clicks import Track
from rundruf.core.contest import BY_HAND, Rate
from rundruf.core.message import Message
from rundruf.core.split import HOLDOUT, REST, SEED_BYTES, Measure, Rule, Split, Variant
from rundruf.flows.deciding import choose
from rundruf.flows.settling import settle
from rundruf.messengers import messenger

HOUR = 3_600_000
FEWEST = 2
CANARY = {
    Trial.RUNNING: "The canary is still running; say it when it has passed.",
    Trial.FAILED: "The canary has stopped this broadcast; resume it first, or cancel it.",
}


def split_of(
    body: BroadcastIn, message: Message, accounts: Sequence[Account], context: Context
) -> Split | None:
    """How the audience is split, None where it is not; raises Problem."""
    if not (body.variants or body.holdout or body.test or body.winner):
        return None
    if body.fallback:
        said = "a fallback goes with a broadcast in one message to everybody; leave it or the split out"
        raise invalid("fallback", said)
    _fits(body)
    variants = tuple(
        Variant(one.name, one.weight, message_of(one.message, context) if one.message else None)
        for one in body.variants
    )
    _checked(variants, body, accounts, context)
    _alike(variants, message)
    rule = rule_of(body.winner) if body.winner else None
    if rule and rule.by is Measure.CLICKED:
        _clickable(variants, message, body.track)
    seed = context.services.random(SEED_BYTES).hex()
    return Split(seed, variants, body.holdout / 100, body.test / 100, rule)


def _fits(body: BroadcastIn) -> None:
    names = [one.name for one in body.variants]
    if body.variants and len(names) < FEWEST:
        raise invalid("variants", "one alone cannot be compared; give two to five, or none")
    if len(set(names)) < len(names):
        raise invalid("variants", "two of them have the same name")
    if {HOLDOUT, REST} & set(names):
        raise invalid("variants", f"{HOLDOUT!r} and {REST!r} are names of other parts of the audience")
    if body.variants and sum(one.message is None for one in body.variants) != 1:
        raise invalid("variants", "exactly one leaves out its message: it is the broadcast's own")
    if body.test and not body.variants:
        raise invalid("test", "only variants can be tested on part of the audience; give them, too")
    if body.winner and not body.test:
        raise invalid("winner", "nobody waits for one; say by test how many per cent get the variants first")
    if body.holdout + body.test >= 100:
        raise invalid("test", "with holdout it takes the whole audience, and nobody is left for the winner")
    told = body.winner
    if told and told.first_after is not None and told.first_after < told.decide_after:
        raise invalid("winner.first_after", "this lies before decide_after")


def _checked(
    variants: Sequence[Variant], body: BroadcastIn, accounts: Sequence[Account], context: Context
) -> None:
    """Raises Problem for a message that cannot be carried, or a messenger that tells no variants apart."""
    whole = sorted({one.messenger for one in accounts if messenger(one.messenger).rules.gather > 1})
    if variants and whole:
        titles = ", ".join(messenger(one).title for one in whole)
        said = f"{titles} sends one text to the whole audience and cannot compare variants"
        raise invalid("variants", f"{said}; name the other messengers in audience.messengers")
    for number, one in enumerate(variants):
        if one.message is None:
            continue
        try:
            checked_message(context, one.message, accounts, body.track)
        except Problem as problem:
            where = f"variants.{number}."
            wrong = [(f"{where}{field}", said) for field, said in problem.errors]
            raise Problem(problem.kind, f"{where}{problem.detail}", wrong) from None


def _alike(variants: Sequence[Variant], message: Message) -> None:
    """Raises Problem where one has other languages, or all together cannot be stored."""
    mine, size = _languages(message), 0
    for number, one in enumerate(variants):
        if one.message is None:
            continue
        size += len(json.dumps(codec.message_out(one.message), ensure_ascii=False).encode("utf-8", "replace"))
        if _languages(one.message) != mine:
            asked = ", ".join(name or "none named" for name in mine)
            said = f"its languages must be those of the broadcast's own message, in the same order ({asked})"
            raise invalid(f"variants.{number}.message.translations", said)
    if size > LARGEST:
        raise invalid("variants", f"{size} bytes together; at most {LARGEST} can be stored. Shorten them")


def _languages(message: Message) -> list[str]:
    return [one.language for one in message.versions()]


def _clickable(variants: Sequence[Variant], message: Message, track: Track) -> None:
    if track is Track.NONE:
        raise invalid("winner.by", "clicks are not counted with track none; choose another measure")
    for one in variants:
        if not clicks.links(one.message or message):
            raise invalid("winner.by", f"the message of variant {one.name} has no link that could be clicked")


def rule_of(model: WinnerRule) -> Rule:
    after, first = model.decide_after * HOUR, (model.first_after or 0) * HOUR
    return Rule(model.by, model.at_least, round(after), round(first))


def variant_of(found: Broadcast, name: str | None) -> Message:
    """The message of a variant, the broadcast's own where none is named; raises Problem."""
    if name is None:
        return found.message
    return found.message_of(_named(found, name)) or found.message


def _named(found: Broadcast, name: str) -> str:
    names = [one.name for one in found.split.variants] if found.split else []
    if name not in names:
        known = f"its variants are {', '.join(names)}" if names else "it has no variants"
        raise invalid("variant", f"there is no {name!r}: {known}")
    return name


def chosen(found: Broadcast, name: str, context: Context) -> Broadcast:
    """The broadcast with this winner; raises Problem where it is too early, too late, or another has won."""
    _named(found, name)
    if found.split is None or not found.split.test:
        raise Problem("conflict", "Nobody waits for a winner here: everybody got a variant at once.")
    if not found.winner:
        if found.state.ended or not found.started:
            raise Problem("conflict", f"A broadcast that is {found.state} waits for no winner.")
        if not found.planned:
            raise Problem("conflict", "Its people are just being looked for; say it again in a minute.")
        if found.trial in CANARY:
            raise Problem("conflict", CANARY[found.trial])
        found = choose(found, name, context.caller.get("key", ""), context.services)
    if found.winner != name:
        was = f"{found.winner} has won already" if found.winner else "It cannot be said just now"
        raise Problem("conflict", f"{was}; GET /v1/broadcasts/{found.id} shows how it stands.")
    return settle(found.id, context.services) or found


def split_out(found: Broadcast) -> dict[str, Any]:
    """The fields of a broadcast that tell how its audience is split."""
    split = found.split
    if split is None:
        return {}
    return {
        "variants": [
            VariantModel(
                name=one.name,
                weight=one.weight,
                message=message_model(one.message) if one.message else None,
            )
            for one in split.variants
        ],
        "holdout": round(split.holdout * 100, 6),
        "test": round(split.test * 100, 6),
        "winner": _winner_out(found, split) if split.test else None,
    }


def _winner_out(found: Broadcast, split: Split) -> WinnerOut:
    rule, by = split.rule, found.won_by.partition(" ")
    people = rule is None or rule.by is not Measure.CLICKED
    since = found.compared
    return WinnerOut(
        rule=_rule_out(rule) if rule else None,
        variant=found.winner,
        at=moment(found.won),
        by=by[0],
        key=by[2] if by[0] == BY_HAND else "",
        on={name: rate_out(Rate(count, of), people) for name, (count, of) in found.won_on.items()},
        since=moment(since),
        decides=moment(since + rule.after) if since and rule else None,
        first_at=moment(since + rule.otherwise) if since and rule and rule.otherwise else None,
        undecided=found.undecided,
    )


def _rule_out(rule: Rule) -> WinnerRule:
    first = rule.otherwise / HOUR if rule.otherwise else None
    return WinnerRule(by=rule.by, at_least=rule.at_least, decide_after=rule.after / HOUR, first_after=first)


def rate_out(rate: Rate, people: bool = True) -> RateOut:
    """A rate as shown; what is not of ``people`` has no interval."""
    low, high = rate.interval if people else (None, None)
    return RateOut(count=rate.count, of=rate.of, share=rate.share, low=low, high=high)
