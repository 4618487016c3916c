"""The table's stream: every consent entry is kept outside of the table, too."""

from collections import Counter
from typing import Any

from rundruf.aws.archive import LedgerArchive
from rundruf.aws.growth import TableGrowth
from rundruf.aws.logs import described, logger
from rundruf.aws.suppressions import listing_in
from rundruf.aws.table import unpacked
from rundruf.aws.wiring import Wiring, now
from rundruf.core import growth
from rundruf.core.ledger import entry_from

LOOKED_BACK = 8  # entries, for where somebody who joins comes from and since when one who leaves was there

log = logger("archive")
wiring = Wiring()
wiring.environment.require("TABLE", "ARCHIVE")
counters = TableGrowth(wiring.table)
archive = LedgerArchive(lambda: wiring.client("s3"), wiring.environment["ARCHIVE"])


def handler(event: dict[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """In order for each contact; from the first record that fails on, all come again."""
    kept, grown = 0, Counter[tuple[str, str]]()
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            kept += _kept(record, grown)
        except Exception as error:
            log.error("archive failed", extra=described(error))
            _count(grown)
            return {"batchItemFailures": [{"itemIdentifier": number}]}
    _count(grown)
    log.info("archive", extra={"records": len(event["Records"]), "kept": kept})
    return {"batchItemFailures": []}


def _count(grown: Counter[tuple[str, str]]) -> None:
    """What fails here costs a figure and never an entry."""
    try:
        counters.count(grown, now())
    except Exception as error:
        log.warning("growth not counted", extra=described(error))


def _kept(record: dict[str, Any], grown: Counter[tuple[str, str]]) -> bool:
    """Whether the record told of a consent entry, or of somebody erased or on the suppression list."""
    if record["eventName"] == "REMOVE":
        return False
    item = unpacked(record["dynamodb"]["NewImage"])
    contact = item["pk"].partition("#")[2]
    if item["sk"] == "listed":
        archive.put_listing(listing_in(item))
        return True
    if item["pk"].startswith("suppressed#"):
        archive.forget(contact)
        return True
    if record["eventName"] == "INSERT" and item["sk"].startswith("ledger#"):
        entry = entry_from(item["entry"], item["hash"])
        if archive.keep(contact, entry) and entry.fact.action in growth.WHAT:
            earlier = list(archive.before(contact, entry.number, LOOKED_BACK))
            grown.update(growth.steps(entry, earlier, wiring.environment["ZONE"]))
        return True
    return False
