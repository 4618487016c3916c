"""Fallback in bodies and answers: what is asked for, how far it may reach, and what came of it."""

from collections.abc import Mapping

from rundruf.api.context import Context
from rundruf.api.convert import advertises, checked_message
from rundruf.api.models import CostOut, FallbackIn, FallbackOut, FallbackPlanOut, moment
from rundruf.api.problems import Problem
from rundruf.core.broadcast import Broadcast
from rundruf.core.clicks import Track
from rundruf.core.fallback import Fallback
from rundruf.core.message import Message
from rundruf.core.plan import FallbackPlan
from rundruf.flows.fallback import Both, due_at, state_of
from rundruf.flows.preflight import text_of
from rundruf.flows.reach import Reach
from rundruf.messengers import messenger


def fallback_of(
    context: Context, body: FallbackIn | None, message: Message, track: Track, begins: int, expires_at: int
) -> Fallback | None:
    """What is asked for; raises Problem for accounts that it cannot go to and messages they do not carry.

    ``begins`` and ``expires_at`` are the broadcast's, in ms (0: it does not expire).
    """
    if body is None:
        return None
    made = Fallback(body.after_hours, tuple(body.to), tuple(dict.fromkeys(body.when)))
    known = {account.id: account for account in context.wiring.accounts.all()}
    wrong = [("fallback.to", said) for one in made.to if (said := _unfit(one, known))]
    if len(set(made.to)) < len(made.to):
        wrong.append(("fallback.to", "an account is named twice; each is tried once, in this order"))
    if expires_at and expires_at <= begins + made.after:
        wrong.append(("fallback.after_hours", "the broadcast expires before that; nobody would get it"))
    if wrong:
        raise Problem("invalid", f"{wrong[0][0]}: {wrong[0][1]}", wrong)
    checked_message(context, message, [known[one] for one in made.to], track)
    return made


def _unfit(account_id: str, known: Mapping[str, object]) -> str:
    if account_id not in known:
        return f"there is no account {account_id!r}; see GET /v1/accounts"
    name = account_id.partition("/")[0]
    return "" if advertises(name) else f"{messenger(name).title} forbids advertising; leave it out"


def kept(reach: Reach | None) -> FallbackPlan | None:
    """What was said of it, to be kept with the broadcast."""
    if reach is None:
        return None
    amounts = {currency: text_of(amount) for currency, amount in sorted(reach.cost.amounts.items())}
    return FallbackPlan(reach.people, dict(reach.by_account), amounts, reach.cost.unpriced, reach.complete)


def planned_out(plan: FallbackPlan | None) -> FallbackPlanOut | None:
    if plan is None:
        return None
    return FallbackPlanOut(
        people=plan.people,
        by_account=dict(plan.by_account),
        cost=[CostOut(amount=amount, currency=currency) for currency, amount in sorted(plan.cost.items())],
        unpriced=plan.unpriced,
        complete=plan.complete,
        sentence=_at_most(plan),
    )


def _at_most(plan: FallbackPlan) -> dict[str, str]:
    to = ", ".join(sorted(plan.by_account))
    cost = ", ".join(f"{amount} {currency}" for currency, amount in sorted(plan.cost.items()))
    german, english = [f"Bis zu {plan.people} bekommen es ersatzweise"], [f"Up to {plan.people} may get it"]
    if to:
        german.append(f"auf {to}")
        english.append(f"on {to}")
    said = {"de": " ".join(german), "en": " ".join(english)}
    if cost:
        said = {"de": f"{said['de']}, für höchstens {cost}", "en": f"{said['en']}, at most {cost}"}
    if plan.unpriced:
        said = {
            "de": f"{said['de']}; für {plan.unpriced} von ihnen ist kein Preis bekannt",
            "en": f"{said['en']}; of {plan.unpriced} of them no price is known",
        }
    return {language: f"{each}." for language, each in said.items()}


def fallback_out(
    found: Broadcast, second: Broadcast | None, now: int, twice: Both | None = None
) -> FallbackOut | None:
    """How it stands with a broadcast's fallback; ``second`` is the broadcast that it is, if it has begun."""
    asked = found.fallback
    if asked is None:
        return None
    return FallbackOut(
        after_hours=asked.after_hours,
        to=list(asked.to),
        when=list(asked.when),
        state=state_of(found, second, now),
        begins=moment(found.fell_back or due_at(found)),
        broadcast=second.id if second else None,
        both_arrived=twice.people if twice else None,
        complete=twice.complete if twice else True,
    )
