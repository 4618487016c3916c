"""Suppression: who must not be brought back by a list, kept as a keyed hash of who they are."""

from dataclasses import dataclass, replace

from rundruf.core.consent import Consent
from rundruf.core.contact import Identity
from rundruf.core.tokens import Keys, keyed_hash

ANY_ACCOUNT = "*"  # an unsubscribe that holds for every account of its messenger


@dataclass(frozen=True, slots=True)
class Listing:
    """That somebody unsubscribed elsewhere: ``since`` is when that was first told, ``at`` when it was last
    (both ms), ``reference`` the document and line that say so."""

    id: str
    since: int
    at: int
    reference: str = ""

    def lifted(self, consent: Consent) -> bool:
        """Whether the person has said yes in the chat since: no list can, so only they did."""
        return consent.granted_at > self.at


def listing_key(keys: Keys, identity: Identity) -> str:
    """What is stored of an identity on the list, in hex.

    From the first key for ever, like contact ids: a hash cannot be made again from another hash, so after a
    change of keys entries under a newer key would not be found beside those under the older one.
    """
    named = f"{identity.messenger}\0{identity.account}\0{identity.user_id}"
    return keyed_hash(keys, "suppression", named).hex()


def listing_keys(keys: Keys, identity: Identity, spellings: tuple[str, ...] = ()) -> list[str]:
    """Every key under which this identity may be listed: each spelling, on its account and on all."""
    return [
        listing_key(keys, replace(identity, user_id=user_id, account=account))
        for user_id in (identity.user_id, *spellings)
        for account in (identity.account, ANY_ACCOUNT)
    ]


def left_all(consent: Consent) -> bool:
    """Whether the person ended everything themselves (STOP, blocked) and has not come back since."""
    return bool(consent.stopped_at) and not consent.topics and consent.stopped_at >= consent.granted_at
