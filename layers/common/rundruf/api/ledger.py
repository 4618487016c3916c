"""The ledger after a restore: what people said since the backup comes back from the archive."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from rundruf.api.context import Context
from rundruf.api.models import ReplayIn, ReplayOut
from rundruf.api.problems import invalid
from rundruf.flows.restoring import PHASES, replay


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.post(
        "/v1/ledger/replay", tags=["ledger"], summary="After a restore: bring back what people said since"
    )
    def replayed(body: ReplayIn) -> ReplayOut:
        """Works for some seconds and gives a ``cursor`` to go on with; repeat until ``done``.

        Sending is off in a restored table until then. Repeating it does no harm.
        """
        context.may("admin")
        if body.cursor and body.cursor.partition(":")[0] not in PHASES:
            raise invalid("cursor", "take it from the answer before, or leave it out to begin")
        wiring = context.wiring
        told = replay(
            body.cursor,
            wiring.archive,
            wiring.contacts,
            wiring.suppressions,
            context.services,
            context.time_left,
        )
        if told.done:
            wiring.home.settle()
        return ReplayOut(
            done=told.done, cursor=told.cursor, entries=told.entries, erased=told.erased, broken=told.broken
        )
