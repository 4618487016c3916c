"""The table's stream: every consent entry is kept outside of the table, too."""

from typing import Any

from rundruf.aws.archive import LedgerArchive
from rundruf.aws.logs import described, logger
from rundruf.aws.suppressions import listing_in
from rundruf.aws.table import unpacked
from rundruf.aws.wiring import Wiring
from rundruf.core.ledger import entry_from

log = logger("archive")
wiring = Wiring()
wiring.environment.require("TABLE", "ARCHIVE")
archive = LedgerArchive(lambda: wiring.client("s3"), wiring.environment["ARCHIVE"])


def handler(event: dict[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """In order for each contact; from the first record that fails on, all come again."""
    kept = 0
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            kept += _kept(record)
        except Exception as error:
            log.error("archive failed", extra=described(error))
            return {"batchItemFailures": [{"itemIdentifier": number}]}
    log.info("archive", extra={"records": len(event["Records"]), "kept": kept})
    return {"batchItemFailures": []}


def _kept(record: dict[str, Any]) -> bool:
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
        archive.keep(contact, entry_from(item["entry"], item["hash"]))
        return True
    return False
