"""Budgets: whether what a broadcast would cost is within it, and how much of it is used up."""

from decimal import Decimal

from rundruf.api.context import Context
from rundruf.api.models import BudgetOut
from rundruf.api.problems import Problem
from rundruf.core.broadcast import Broadcast
from rundruf.core.budget import Budget, text_of
from rundruf.core.plan import Plan


def check_budget(budget: Budget | None, plan: Plan) -> None:
    """Raises Problem where the plan's cost is above the budget, or not known."""
    if budget is None:
        return
    if over(budget, plan):
        cost = Decimal(plan.cost.get(budget.currency, "0"))
        told = f"It would cost {cost} {budget.currency}, and its budget is {budget.amount} {budget.currency}."
        raise Problem("over-budget", f"{told} Narrow the audience, or make it with a larger budget.")
    if not plan.complete:
        told = "There are more people than could be counted in this call, so that its cost is not known."
        raise Problem(
            "price-unknown", f"{told} Make it with start false, and start it with a preflight's token."
        )
    if unknown(budget, plan):
        told = f"People whose messages have no price in {budget.currency}: {_people(budget, plan)}."
        again = "Complete the price table (PUT /v1/prices), or say allow_unpriced: then they count nothing."
        raise Problem("price-unknown", f"{told} {again}")


def over(budget: Budget, plan: Plan) -> bool:
    return Decimal(plan.cost.get(budget.currency, "0")) > Decimal(budget.amount)


def unknown(budget: Budget, plan: Plan) -> bool:
    """Whether somebody's message has no price in the budget's currency, and that was not allowed."""
    return not budget.unpriced and bool(plan.unpriced or _elsewhere(budget, plan))


def warnings(budget: Budget | None, plan: Plan) -> dict[str, dict[str, str]]:
    """That it does not start like this, by language."""
    if budget is None or not (over(budget, plan) or unknown(budget, plan)):
        return {}
    limit = f"{budget.amount} {budget.currency}"
    if over(budget, plan):
        return {
            "budget": {
                "de": f"Das kostet mehr als das Budget ({limit}) und startet so nicht.",
                "en": f"This costs more than the budget ({limit}) and does not start.",
            }
        }
    return {
        "budget": {
            "de": f"Nicht alle Nachrichten haben einen Preis in {budget.currency}: so startet es nicht.",
            "en": f"Not all messages have a price in {budget.currency}: it does not start.",
        }
    }


def _elsewhere(budget: Budget, plan: Plan) -> list[str]:
    """Other currencies in which something is to be paid."""
    return [one for one, cost in plan.cost.items() if one != budget.currency and Decimal(cost)]


def _people(budget: Budget, plan: Plan) -> str:
    others = _elsewhere(budget, plan)
    return f"{plan.unpriced}" + (f", and all whose price is in {', '.join(others)}" if others else "")


def budget_out(found: Broadcast, context: Context) -> BudgetOut | None:
    budget = found.budget
    if budget is None:
        return None
    return BudgetOut(
        amount=budget.amount,
        currency=budget.currency,
        allow_unpriced=budget.unpriced,
        held=text_of(context.services.broadcasts.held(found.purse)) if found.started else "0.00",
    )
