"""Consent entries outside of the table, kept longer than any backup of it: one object each in a bucket.

``ledger/{contact}/{number}.json`` holds an entry, ``suppressed/{contact}`` says that somebody was erased and
``listed/{hash}.json`` that somebody is on the suppression list. An
entry that has the number of another one (the table was restored and went on) lies beside it, its hash in
the name.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rundruf.core.ledger import Entry, content, entry_from
from rundruf.core.suppression import Listing
from rundruf.flows.restoring import Archived

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LEDGER = "ledger/"
SUPPRESSED = "suppressed/"
LISTED = "listed/"
HASH_SHOWN = 12
A_PAGE = 1000


class LedgerArchive:
    """The Archive that flows use."""

    def __init__(self, s3: Callable[[], "S3Client"], bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def keep(self, contact: str, entry: Entry) -> bool:
        """Store an entry once; doing it again changes nothing. Whether it is new."""
        key = f"{LEDGER}{contact}/{entry.number:08}"
        body = json.dumps({"entry": content(entry), "hash": entry.hash}, separators=(",", ":")).encode()
        if self._put(f"{key}.json", body):
            return True
        if self._read(f"{key}.json").hash != entry.hash:
            return self._put(f"{key}-{entry.hash[:HASH_SHOWN]}.json", body)
        return False

    def before(self, contact: str, number: int, most: int) -> Iterator[Entry]:
        """A person's entries before one, newest first, as far as they are there."""
        for each in range(number - 1, max(0, number - 1 - most), -1):
            try:
                yield self._read(f"{LEDGER}{contact}/{each:08}.json")
            except ClientError:
                return

    def forget(self, contact: str) -> None:
        """Nothing is left of an erased person but that they were erased."""
        self._put(f"{SUPPRESSED}{contact}", b"")
        keys = [one["Key"] for page in self._pages(f"{LEDGER}{contact}/") for one in page]
        for start in range(0, len(keys), A_PAGE):
            batch: Any = {"Objects": [{"Key": key} for key in keys[start : start + A_PAGE]], "Quiet": True}
            self.s3().delete_objects(Bucket=self.bucket, Delete=batch)

    def put_listing(self, listing: Listing) -> None:
        """The latest of somebody's listings."""
        body = json.dumps(asdict(listing), separators=(",", ":")).encode()
        self.s3().put_object(Bucket=self.bucket, Key=f"{LISTED}{listing.id}.json", Body=body)

    def listings(self, after: str) -> tuple[Sequence[Listing], str]:
        """A page of the suppression list, and where to go on ("" at the end)."""
        keys, last = self._page(LISTED, after)
        return [Listing(**self._json(key)) for key in keys], last

    def suppressed(self, after: str) -> tuple[list[str], str]:
        """A page of the contacts that were erased, and where to go on ("" at the end)."""
        keys, last = self._page(SUPPRESSED, after)
        return [key.removeprefix(SUPPRESSED) for key in keys], last

    def entries(self, after: str) -> tuple[list[Archived], str]:
        """A page of what there is, in the order of contacts and numbers."""
        keys, last = self._page(LEDGER, after)
        return [_named(key) for key in keys], last

    def entry(self, archived: Archived) -> Entry:
        return self._read(archived.key)

    def _read(self, key: str) -> Entry:
        stored = self._json(key)
        return entry_from(stored["entry"], stored["hash"])

    def _json(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.s3().get_object(Bucket=self.bucket, Key=key)["Body"].read())
        return found

    def _put(self, key: str, body: bytes) -> bool:
        """False when there is one of that name."""
        try:
            self.s3().put_object(Bucket=self.bucket, Key=key, Body=body, IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    def _page(self, prefix: str, after: str) -> tuple[list[str], str]:
        found = self.s3().list_objects_v2(
            Bucket=self.bucket, Prefix=prefix, StartAfter=after or prefix, MaxKeys=A_PAGE
        )
        keys = [one["Key"] for one in found.get("Contents", [])]
        return keys, keys[-1] if found.get("IsTruncated") else ""

    def _pages(self, prefix: str) -> Iterator[list[Any]]:
        pages: Any = self.s3().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return (page.get("Contents", []) for page in pages)


def _named(key: str) -> Archived:
    contact, _, name = key.removeprefix(LEDGER).partition("/")
    number, fork, _ = name.removesuffix(".json").partition("-")
    return Archived(key, contact, int(number), fork=bool(fork))
