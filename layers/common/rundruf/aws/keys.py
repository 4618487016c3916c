"""Every item type of the one table and how its key is built."""

from rundruf.core.contact import shard_of

AUDIENCE_INDEX = "audience"

Key = dict[str, str]


def _key(pk: str, sk: str) -> Key:
    return {"pk": pk, "sk": sk}


def contact(contact_id: str) -> Key:
    """Consent, profile and recent claims of one identity; below 1 KB, since every claim rewrites it."""
    return _key(f"c#{contact_id}", "contact")


def ledger(contact_id: str, number: int) -> Key:
    """One consent entry of a contact."""
    return _key(f"c#{contact_id}", f"ledger#{number:08}")


def guard(contact_id: str, what: str) -> Key:
    """When this person did something that is limited; holds times only."""
    return _key(f"c#{contact_id}", f"guard#{what}")


def guarded(account_id: str, what: str, hour: int) -> Key:
    """How often everybody on an account did something that is limited, in one hour."""
    return _key(f"guard#{account_id}", f"{what}#{hour}")


def alias(contact_id: str) -> Key:
    """Another id of the same person, by the contact id it would have had; points to the contact."""
    return _key(f"alias#{contact_id}", "alias")


def person(tie: str) -> Key:
    """Which contacts are one human, under a keyed hash of the business's own id of them."""
    return _key(f"person#{tie}", "person")


def turn(broadcast_id: str, tie: str) -> Key:
    """For which identity of a human a broadcast with a fallback is."""
    return _key(f"b#{broadcast_id}#{tie}", "turn")


def suppression(contact_id: str) -> Key:
    """The keyed hash that is left of an erased identity."""
    return _key(f"suppressed#{contact_id}", "suppressed")


def listing(hashed: str) -> Key:
    """Somebody who unsubscribed elsewhere, by a keyed hash of their identity."""
    return _key(f"listed#{hashed}", "listed")


def event(digest: str) -> Key:
    """Dedupe record of an inbound event by a keyed hash of its id; holds no text."""
    return _key(f"event#{digest}", "event")


def account(account_id: str) -> Key:
    """Settings of one sender; its credentials are kept elsewhere."""
    return _key("account", account_id)


def pace(account_id: str) -> Key:
    """When the next message of an account may leave."""
    return _key(f"pace#{account_id}", "pace")


def renewable(name: str) -> Key:
    """A short-lived token or public keys of an account: value, until when, and who is fetching them."""
    return _key(f"renewable#{name}", "renewable")


def poll(name: str) -> Key:
    """How far an account without webhooks has been read, and who is reading it."""
    return _key(f"poll#{name}", "poll")


def segment(segment_id: str) -> Key:
    return _key("segment", segment_id)


def topic(topic_id: str) -> Key:
    return _key("topic", topic_id)


def entry_point(code: str) -> Key:
    return _key("entry", code)


def notice(account_id: str, template: str, language: str) -> Key:
    """What a messenger last said of an account ("#") or of one of its templates."""
    return _key(f"notice#{account_id}", f"{template}#{language}")


def newsletter(newsletter_id: str) -> Key:
    return _key("newsletter", newsletter_id)


def feed(newsletter_id: str) -> Key:
    """How far a newsletter's feed was read."""
    return _key(f"feed#{newsletter_id}", "state")


def issue(newsletter_id: str, slot: int, broadcast_id: str) -> Key:
    """That a broadcast is an issue of a newsletter with a public archive; sorted by time."""
    return _key(f"issues#{newsletter_id}", f"{slot:015}#{broadcast_id}")


def composed(newsletter_id: str, slot: int) -> Key:
    """The messages that a feed's slot became."""
    return _key(f"feed#{newsletter_id}", f"slot#{slot:015}")


def broadcast(broadcast_id: str) -> Key:
    return _key("broadcast", broadcast_id)


def cursor(broadcast_id: str) -> Key:
    """How far the planner of a broadcast has come."""
    return _key(f"b#{broadcast_id}", "cursor")


def chunk(broadcast_id: str, chunk_id: str) -> Key:
    """The recipients of a chunk; written once."""
    return _key(f"b#{broadcast_id}#{chunk_id}", "chunk")


def progress(broadcast_id: str, chunk_id: str) -> Key:
    """Lease, marks and open window of a chunk."""
    return _key(f"b#{broadcast_id}#{chunk_id}", "progress")


def hold(broadcast_id: str, chunk_id: str) -> Key:
    """What a chunk holds of its broadcast's budget, and what its messages cost."""
    return _key(f"b#{broadcast_id}#{chunk_id}", "hold")


def held(broadcast_id: str) -> Key:
    """What all chunks of a broadcast, and of its fallback, hold of its budget."""
    return _key(f"b#{broadcast_id}", "held")


def receipts(broadcast_id: str, chunk_id: str) -> Key:
    """What the messengers reported about a chunk, as number sets."""
    return _key(f"b#{broadcast_id}#{chunk_id}", "receipts")


def growth(topic_id: str, name: str) -> Key:
    """How many people did something about a topic on a day, by where they came from."""
    return _key(f"growth#{topic_id}", name)


def link(broadcast_id: str, link_id: str) -> Key:
    """Where a counted link of a broadcast leads; written once."""
    return _key(f"link#{broadcast_id}", link_id)


def clicks(broadcast_id: str, shard: int) -> Key:
    """How often each link was clicked in each hour; several, so that none gets hot."""
    return _key(f"clicks#{broadcast_id}", f"{shard:02}")


def group(broadcast_id: str, number: int) -> Key:
    """What a group of chunks adds up to, and how often something was told of it."""
    return _key(f"sum#{broadcast_id}", f"{number:05}")


def message(account_id: str, message_id: str) -> Key:
    """Which recipient of a broadcast a messenger's own message id belongs to."""
    return _key(f"message#{account_id}#{message_id}", "message")


def quota(account_id: str, period: str) -> Key:
    """How many of an account's counted calls are used up in a day or month."""
    return _key(f"quota#{account_id}", period)


def people(account_id: str) -> Key:
    """How many people an account wrote to in each of the last hours."""
    return _key(f"quota#{account_id}", "people")


def due(at: int, kind: str, item_id: str) -> Key:
    """Something that has its time; sorted by it."""
    return _key("due", f"{at:015}#{kind}#{item_id}")


def api_key(digest: str) -> Key:
    """An API key by the SHA-256 of it."""
    return _key("key", digest)


def audit(month: str, entry: str) -> Key:
    """What somebody did through the API; sorted by time."""
    return _key(f"audit#{month}", entry)


def given_id(digest: str) -> Key:
    """The id given to a request with an Idempotency-Key, for its repetition after a crash."""
    return _key(f"given#{digest}", "id")


def setting(name: str) -> Key:
    """What there is once: known attributes, prices, the table's home, how far the look at retention is."""
    return _key("setting", name)


def audience_partition(account_id: str, contact_id: str, consenting: bool) -> str:
    """The index partition of a contact: people with a marketing consent apart from all others."""
    return partition(account_id, shard_of(contact_id), consenting)


def partition(account_id: str, shard: int, consenting: bool) -> str:
    return f"{'audience' if consenting else 'other'}#{account_id}#{shard}"
