"""Preflight: what a broadcast would come to, the token that starts it as planned, and a second key's word."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rundruf.api import budget as budgets
from rundruf.api import fallback
from rundruf.api.budget import check_budget
from rundruf.api.context import Context
from rundruf.api.models import (
    CostOut,
    LocalOut,
    OwnCostOut,
    PlannedOut,
    PreflightOut,
    QuotaOut,
    SampledOut,
    SpokenOut,
    StartIn,
    WaveOut,
    moment,
)
from rundruf.api.problems import Problem
from rundruf.core import plan as plans
from rundruf.core.account import Account
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.newsletter import Newsletter
from rundruf.core.plan import Plan
from rundruf.core.rules import Advertising
from rundruf.flows import allowing, preflight
from rundruf.flows.forecast import forecast
from rundruf.flows.newsletter import content
from rundruf.flows.planning import carries, chunk_size
from rundruf.flows.reach import reach
from rundruf.flows.sampling import Sample, about, sample
from rundruf.flows.services import Services
from rundruf.flows.waves import Waves, waves
from rundruf.messengers import messenger

ENOUGH = 15_000  # ms left of a call that also starts what it counts
OWN_SOURCE = "calls counted by tools/costs.py at AWS's list prices of us-east-1; see the README"
APPROVED_BEFORE = (
    "More than {most} people need a second API key's word: "
    "POST /v1/broadcasts/{broadcast}/approve with a preflight's token and another key than that of its maker."
)


def _sampled(samples: Sequence[tuple[Sample, int]]) -> SampledOut:
    found, whole = Counter[str](), Counter[str]()
    for one, people in samples:
        found.update(one.refused)
        whole.update({reason: about(part, one.read, people) for reason, part in one.refused.items()})
    return SampledOut(read=sum(one.read for one, _ in samples), found=found, about=whole)


def preflown(found: Broadcast, context: Context, newsletter: Newsletter | None = None) -> PreflightOut:
    """Everybody counted, and a token for what was said: of the ``newsletter`` whose next issue this is."""
    services = context.services
    rows = context.wiring.prices.all()
    parts: list[preflight.Part] = []
    by_account: dict[str, int] = {}
    seconds: dict[str, float] = {}
    notes: dict[str, str] = {}
    quota: dict[str, QuotaOut] = {}
    warnings: dict[str, dict[str, str]] = {}
    samples: list[tuple[Sample, int]] = []
    skipped, zones, split = Counter[str](), Counter[str](), Counter[str]()
    chunks = quiet = quiet_until = waiting = 0
    for account in context.wiring.accounts.all():
        if not found.audience.takes_account(account.id) or not carries(found, account.id):
            continue
        told = forecast(found.audience, found.topic, account, services, found.split)
        split.update(told.parts)
        count = by_account[account.id] = told.people
        parts += preflight.parts(found, account, rows, services)
        samples.append((sample(found, account, services), count))
        skipped.update(told.skipped)
        zones.update(told.zones)
        warnings |= _calls(found, account, told.zones, services)
        quiet, quiet_until = quiet + told.quiet, max(quiet_until, told.quiet_until)
        rules = messenger(account.messenger).rules
        seconds[account.id] = round(count / (account.rate or rules.rate), 1)
        chunks += -(-count // chunk_size(account.id))
        standing = allowing.standing(account.id, services) if count else None
        if standing:
            quota[account.id] = _quota_out(standing)
            waiting += standing.lacks(count)
            said = allowing.warning(standing, count)
            warnings |= {account.id: said} if said else {}
        if rules.note and rules.advertising is not Advertising.ALWAYS:
            notes[account.id] = f"{rules.note} ({rules.source}, checked {rules.checked})"
    begins, longest = max(found.send_at, services.now()), int(max(seconds.values(), default=0) * 1000)
    local = waves(found.local_time, zones, services) if found.local_time else None
    if local:
        quiet, quiet_until = local.quiet, local.quiet_until
        warnings |= _late(found, local)
    finishes = 0 if waiting else max(begins + longest, quiet_until, local.last if local else 0)
    more = reach(found, by_account, rows, services, lambda: context.time_left() > ENOUGH)
    finishes = _decided(found, finishes)
    plan = preflight.plan_of(found, parts, rows, services, _key(context), finishes, fallback.kept(more))
    if newsletter:
        plan = replace(plan, content=content(newsletter, services))
    warnings |= budgets.warnings(found.budget, plan)
    warnings |= preflight.cautions(found, parts, plan.unpriced, services)
    warnings |= preflight.split_cautions(found, split)
    warnings |= _quiet(quiet, quiet_until, local is not None)
    return PreflightOut(
        audience=sum(by_account.values()),
        chunks=chunks,
        by_account=by_account,
        seconds_at_limit=seconds,
        notes=notes,
        quota=quota,
        warnings=warnings,
        skipped_now=dict(skipped),
        quiet=quiet,
        quiet_until=moment(quiet_until),
        sampled=_sampled(samples),
        messages=sum(part.messages for part in parts),
        messages_each=_each(parts),
        languages=_languages(parts),
        cost=_costs_out(plan),
        unpriced=plan.unpriced,
        own_cost=OwnCostOut(amount=f"{preflight.own_cost(parts):.6f}", currency="USD", source=OWN_SOURCE),
        finishes=moment(plan.finishes),
        local=_local_out(local) if local else None,
        fallback=fallback.planned_out(plan.fallback),
        parts=dict(split),
        token=plans.signed(services.keys(), newsletter.id if newsletter else found.id, plan),
        valid_until=moment(plan.at + plans.FRESH),
    )


def _each(parts: Iterable[preflight.Part]) -> dict[str, int]:
    """Messages for one person by account; of its languages the longest counts."""
    each: dict[str, int] = {}
    for part in parts:
        if part.people:
            each[part.account.id] = max(each.get(part.account.id, 0), part.each)
    return each


def _languages(parts: Iterable[preflight.Part]) -> list[SpokenOut]:
    told = preflight.by_language(parts)
    return [
        SpokenOut(language=language, people=people, gets=gets)
        for language, each in told.items()
        for gets, people in sorted(each.items())
    ]


def _decided(found: Broadcast, finishes: int) -> int:
    """When the last message leaves, once there is a winner; 0 where only somebody's word makes one."""
    if not finishes or not found.comparing:
        return finishes
    rule = found.split.rule if found.split else None
    return finishes + rule.after if rule else 0


def _costs_out(plan: Plan) -> list[CostOut]:
    return [CostOut(amount=amount, currency=currency) for currency, amount in sorted(plan.cost.items())]


def _local_out(local: Waves) -> LocalOut:
    return LocalOut(
        first=moment(min(local.people, default=0)),
        last=moment(local.last),
        passed=local.passed,
        waves=[WaveOut(at=moment(at), people=people) for at, people in local.people.items()],
    )


def _calls(
    found: Broadcast, account: Account, zones: Mapping[str, int], services: Services
) -> dict[str, dict[str, str]]:
    """That a messenger which takes a whole audience in one call needs one for each zone."""
    gathers = messenger(account.messenger).rules.gather > 1
    calls = len(waves(found.local_time, zones, services).people) if found.local_time and gathers else 0
    if calls <= 1:
        return {}
    return {
        f"local_time {account.id}": {
            "de": f"Jede Uhrzeit ist hier ein Aufruf für sich, der vom Kontingent abgeht: {calls}.",
            "en": f"Each of these times is a call of its own here, out of the quota: {calls}.",
        }
    }


def _late(found: Broadcast, local: Waves) -> dict[str, dict[str, str]]:
    """Who would get a broadcast by local time at another time, or not at all."""
    said: dict[str, dict[str, str]] = {}
    if local.passed:
        said["local_time"] = {
            "de": f"Personen, deren Uhrzeit dann vorbei ist: {local.passed}. Sie bekommen es sofort.",
            "en": f"People in whose zone that time is over by then: {local.passed}. They get it at once.",
        }
    out = sum(count for at, count in local.people.items() if found.expired(at))
    if out:
        said["expires_at"] = {
            "de": f"Personen, deren Uhrzeit erst nach dem Ablauf kommt: {out}. Sie bekommen es nicht.",
            "en": f"People whose time comes only after it has expired: {out}. They do not get it.",
        }
    return said


def _quiet(people: int, until: int, then: bool = False) -> dict[str, dict[str, str]]:
    at = moment(until)
    if not people or at is None:
        return {}
    when = f"{at:%Y-%m-%d %H:%M} UTC"
    german, english = ("dann", "then") if then else ("jetzt", "now")
    return {
        "quiet": {
            "de": f"Personen, die {german} Ruhezeit haben: {people}. Die letzte bekommt es ab {when}.",
            "en": f"People who have quiet time {english}: {people}. The last of them gets it from {when} on.",
        }
    }


def _quota_out(standing: allowing.Standing) -> QuotaOut:
    if standing.left is None:
        return QuotaOut(remaining="unknown", per=standing.per)
    people = standing.left.people
    return QuotaOut(remaining="unlimited" if people is None else people, per=standing.per)


def _key(context: Context) -> str:
    return context.caller.get("key", "")


def counted(made: Broadcast, context: Context) -> Plan:
    """What a broadcast would come to, as far as there is time to count."""
    services, rows = context.services, context.wiring.prices.all()
    parts = [
        part
        for account in context.wiring.accounts.all()
        if made.audience.takes_account(account.id)
        for part in preflight.parts(made, account, rows, services, lambda: context.time_left() > ENOUGH)
    ]
    counts = Counter[str]()
    for one in parts:
        counts[one.account.id] += one.people
    more = reach(made, counts, rows, services, lambda: context.time_left() > ENOUGH)
    return preflight.plan_of(made, parts, rows, services, _key(context), 0, fallback.kept(more))


def at_once(made: Broadcast, context: Context) -> Plan:
    """The plan of a broadcast that starts with the call that makes it, as far as there is time to count.

    Raises Problem where a second key has to approve it first, or its budget is too small.
    """
    plan = counted(made, context)
    check_budget(made.budget, plan)
    most = context.services.settings.approval_above
    if most and (plan.people > most or not plan.complete):
        told = f"This would go to more than {most} people, which needs a second API key's word."
        raise Problem("approval-needed", f"{told} Make it with start false, have it approved, then start it.")
    return plan


def granted(found: Broadcast, body: StartIn | None, context: Context) -> Plan:
    """What the token of a start says; raises Problem for one that does not start this broadcast."""
    if body is None or not body.token:
        asked = f"Ask POST /v1/broadcasts/{found.id}/preflight, look at its answer, and start with its token."
        raise Problem("preflight-needed", asked)
    try:
        return plans.read(context.services.keys(), body.token, found, context.now())
    except plans.Stale as stale:
        again = f"POST /v1/broadcasts/{found.id}/preflight gives a fresh one."
        raise Problem("preflight-stale", f"token: {stale}. {again}") from None


def check_approved(found: Broadcast, plan: Plan, context: Context) -> None:
    """Raises Problem where a second key's word is needed for what is to start, and was not given."""
    most = context.services.settings.approval_above
    if not most or (plan.people <= most and plan.complete) or found.approved == plan.content:
        return
    raise Problem("approval-needed", APPROVED_BEFORE.format(most=most, broadcast=found.id))


def approved(found: Broadcast, body: StartIn | None, context: Context) -> Broadcast:
    """The broadcast with the word of a second key for its content; raises Problem."""
    if found.state is not State.DRAFT:
        raise Problem("conflict", f"A broadcast that is {found.state} cannot be approved; only a draft can.")
    plan = granted(found, body, context)
    key = _key(context)
    if not key or key == found.made_by:
        raise Problem("forbidden", "Whoever made it cannot approve it: use another API key.")
    moved = context.wiring.broadcasts.approve(found.id, key, plan.content)
    if moved is None:
        raise Problem("conflict", "Somebody has started it meanwhile.")
    return moved


def newsletter_approved(found: Newsletter, body: StartIn | None, context: Context) -> Newsletter:
    """The newsletter with the word of a second key for what its issues are; raises Problem."""
    path = f"POST /v1/newsletters/{found.id}/preflight"
    if body is None or not body.token:
        raise Problem("preflight-needed", f"Ask {path}, look at its answer, and approve with its token.")
    try:
        held = content(found, context.services)
        plan = plans.read_issues(context.services.keys(), body.token, found.id, held, context.now())
    except plans.Stale as stale:
        raise Problem("preflight-stale", f"token: {stale}. {path} gives a fresh one.") from None
    key = _key(context)
    if not key or key == found.made_by:
        raise Problem(
            "forbidden", "Whoever made it or changed it last cannot approve it: use another API key."
        )
    return context.wiring.catalogue.approve(found.id, key, plan.content)


def planned_out(plan: Plan | None) -> PlannedOut | None:
    if plan is None:
        return None
    return PlannedOut(
        people=plan.people,
        complete=plan.complete,
        cost=_costs_out(plan),
        unpriced=plan.unpriced,
        finishes=moment(plan.finishes),
        at=moment(plan.at),
        key=plan.key,
        fallback=fallback.planned_out(plan.fallback),
    )
