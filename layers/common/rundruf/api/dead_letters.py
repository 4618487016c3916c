"""Dead letters: what was given up, why, and back with it."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from rundruf.api.context import LIMIT, MOST, Context
from rundruf.api.models import LetterList, LetterOut, QueueName, RedriveIn, moment
from rundruf.flows import dead_letters
from rundruf.flows.dead_letters import Judged


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    post = context.wiring.dead_letters

    @app.get("/v1/dead-letters", tags=["dead letters"], summary="What was given up, and why")
    def every(
        queue: Annotated[QueueName | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
    ) -> LetterList:
        """Looking changes nothing. ``fate`` is what a redrive would do with each."""
        context.may("admin")
        found, more = dead_letters.letters(post, context.services, _queues(queue), limit)
        return _shown(found, more)

    @app.post("/v1/dead-letters/redrive", tags=["dead letters"], summary="Send them back, as far as it helps")
    def redrive(body: RedriveIn) -> LetterList:
        """Always safe, however old they are: nobody gets anything twice. Gives what was sent back or thrown
        away; with ``more`` true call it again."""
        context.may("admin")
        chosen = frozenset(body.ids)
        found, more = dead_letters.redrive(post, context.services, _queues(body.queue), body.limit, chosen)
        return _shown(found, more)

    def _queues(queue: str | None) -> list[str]:
        return [queue] if queue else list(post.queues())


def _shown(found: list[Judged], more: bool) -> LetterList:
    return LetterList(letters=[_letter(one) for one in found], more=more)


def _letter(found: Judged) -> LetterOut:
    letter, task = found.letter, found.letter.task
    return LetterOut(
        id=letter.id,
        queue=letter.queue,
        at=moment(letter.at),
        tries=letter.tries,
        broadcast=task.broadcast if task else letter.broadcast,
        chunk=task.chunk if task else "",
        account=task.account if task else "",
        contact=letter.contact,
        fate=found.fate.value,
        reason=found.reason,
        sentence=dead_letters.sentence(found.reason),
    )
