"""The list of people who unsubscribed elsewhere, in the table: keyed hashes, times and a document."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rundruf.aws import keys
from rundruf.aws.table import Item, Table
from rundruf.core.contact import Identity
from rundruf.core.suppression import Listing, listing_key, listing_keys
from rundruf.core.tokens import Keys
from rundruf.messengers import messenger


class TableSuppressions:
    """The Suppressions that flows use."""

    def __init__(self, table: Table, secret: Callable[[], Keys]) -> None:
        self.table, self.secret = table, secret

    def key(self, identity: Identity) -> str:
        return listing_key(self.secret(), identity)

    def found(self, listed: Sequence[str]) -> Mapping[str, Listing]:
        """Those of these keys that are on the list."""
        wanted = [keys.listing(one) for one in dict.fromkeys(listed)]
        return {one.id: one for one in map(listing_in, self.table.many(wanted))}

    def of(self, identities: Sequence[Identity]) -> Mapping[Identity, Listing]:
        """The latest listing of each identity that has one."""
        asked = {
            one: listing_keys(self.secret(), one, messenger(one.messenger).spellings(one.user_id))
            for one in dict.fromkeys(identities)
        }
        found = self.found([key for several in asked.values() for key in several])
        held = {one: [found[key] for key in several if key in found] for one, several in asked.items()}
        return {
            one: max(listings, key=lambda listing: listing.at) for one, listings in held.items() if listings
        }

    def put(self, listings: Iterable[Listing]) -> None:
        self.table.put_many({**keys.listing(one.id), **listing_out(one)} for one in listings)


def listing_out(listing: Listing) -> Item:
    return {"since": listing.since, "at": listing.at, "reference": listing.reference}


def listing_in(item: Item) -> Listing:
    return Listing(item["pk"].partition("#")[2], item["since"], item["at"], item.get("reference", ""))
