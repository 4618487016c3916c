"""The small lists of a business in the table: topics, entry points, newsletters, what is due."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from rundruf.aws import codec, keys
from rundruf.aws.table import Change, Item, Refused, Table
from rundruf.core.audience import StoredSegment
from rundruf.core.caps import caps_of, counts_of
from rundruf.core.message import Message
from rundruf.core.newsletter import FeedState, Newsletter
from rundruf.core.retention import Keep
from rundruf.core.topic import EntryPoint, Topic
from rundruf.flows.services import Noted
from rundruf.messengers.contract import Notice

FRESH = 30_000


class TableCatalogue:
    """The Catalogue that flows use; topics and entry points are kept in memory for half a minute."""

    def __init__(self, table: Table, now: Callable[[], int]) -> None:
        self.table, self.now = table, now
        self._kept: dict[str, tuple[int, Any]] = {}

    def topics(self) -> Mapping[str, Topic]:
        topics: Mapping[str, Topic] = self._fresh(
            "topics", lambda: {item["sk"]: _topic_in(item) for item in self.table.all("topic")}
        )
        return topics

    def put_topic(self, topic: Topic) -> None:
        item = {
            "name": dict(topic.name),
            "often": dict(topic.often) or None,
            "caps": counts_of(topic.caps) or None,
        }
        self.table.put(keys.topic(topic.id), item)
        self._kept.clear()

    def entry_point(self, code: str) -> EntryPoint | None:
        found = self.table.get(keys.entry_point(code))
        return _entry_in(found) if found else None

    def entry_points(self) -> Sequence[EntryPoint]:
        points: Sequence[EntryPoint] = self._fresh(
            "entries", lambda: [_entry_in(item) for item in self.table.all("entry")]
        )
        return points

    def add_entry_point(self, point: EntryPoint) -> bool:
        """False when the code is taken."""
        try:
            self.table.put(keys.entry_point(point.code), _entry_out(point), "attribute_not_exists(pk)")
        except Refused:
            return False
        self._kept.clear()
        return True

    def segment(self, segment: str) -> StoredSegment | None:
        found = self.table.get(keys.segment(segment))
        return _segment_in(found) if found else None

    def segments(self) -> list[StoredSegment]:
        return [_segment_in(item) for item in self.table.all("segment")]

    def put_segment(self, segment: StoredSegment) -> None:
        item = {"name": segment.name, "where": segment.where, "changed": segment.changed}
        self.table.put(keys.segment(segment.id), item)

    def delete_segment(self, segment: str) -> None:
        self.table.delete(keys.segment(segment))

    def newsletter(self, newsletter: str) -> Newsletter | None:
        found = self.table.get(keys.newsletter(newsletter))
        return codec.newsletter_in(found) if found else None

    def newsletters(self) -> list[Newsletter]:
        return [codec.newsletter_in(item) for item in self.table.all("newsletter")]

    def add_newsletter(self, newsletter: Newsletter) -> bool:
        """False when it exists already."""
        try:
            self._scheduled(newsletter, "attribute_not_exists(pk)")
        except Refused:
            return False
        return True

    def advance(self, newsletter: Newsletter, next_at: int) -> bool:
        """To the next slot; False when somebody else did it."""
        moved = replace(newsletter, next_at=next_at)
        change = Change().set(next_at=next_at).when("#next_at = :before", before=newsletter.next_at)
        try:
            self.table.transact(
                [
                    self.table.step_update(keys.newsletter(newsletter.id), change),
                    *self._reminders(moved),
                    self._delete(newsletter.next_at, newsletter.id),
                ]
            )
        except Refused:
            return False
        return True

    def pause(self, newsletter: Newsletter, paused: bool, next_at: int) -> Newsletter:
        """Stop or go on; a paused newsletter has nothing due."""
        moved = replace(newsletter, paused=paused, next_at=next_at)
        self._scheduled(moved, "attribute_exists(pk)")
        return moved

    def approve(self, newsletter: str, key: str, content: str) -> Newsletter:
        """This key's word for issues with this content; for no other, whatever becomes of the newsletter."""
        change = Change().set(approved_by=key, approved=content).when("attribute_exists(pk)")
        return codec.newsletter_in(self.table.update(keys.newsletter(newsletter), change))

    def change(self, before: Newsletter, after: Newsletter) -> bool:
        """Another schedule or content; False when it came to its next slot meanwhile."""
        changed = (
            Change().set(**codec.newsletter_out(after)).when("#next_at = :before", before=before.next_at)
        )
        update = self.table.step_update(keys.newsletter(before.id), changed)
        try:
            self.table.transact([update, *self._reminders(after)])
        except Refused:
            return False
        return True

    def archive(self, newsletter: str, slot: int, broadcast: str) -> None:
        self.table.put(keys.issue(newsletter, slot, broadcast), {})

    def archived(self, newsletter: str, before: str, limit: int) -> tuple[list[str], str]:
        items, last = self.table.query(f"issues#{newsletter}", after=before, limit=limit, backwards=True)
        return [item["sk"].partition("#")[2] for item in items], last

    def feed(self, newsletter: str) -> FeedState:
        found = self.table.get(keys.feed(newsletter)) or {}
        return FeedState(**{name: found[name] for name in asdict(FeedState()) if name in found})

    def put_feed(self, newsletter: str, state: FeedState) -> bool:
        """False when somebody else reads the feed, too."""
        try:
            self.table.update(keys.feed(newsletter), self._feed(state), returned="NONE")
        except Refused:
            return False
        return True

    def composed(self, newsletter: str, slot: int) -> tuple[Message, ...] | None:
        found = self.table.get(keys.composed(newsletter, slot))
        return tuple(codec.message_in(one) for one in found["messages"]) if found else None

    def compose(self, newsletter: str, slot: int, messages: Sequence[Message], state: FeedState) -> bool:
        """A slot's messages and what was seen with them, both or neither; False when somebody else did it."""
        made = {
            "messages": [codec.message_out(one) for one in messages],
            "expires": Keep.REMINDER.until(self.now()),
        }
        put = self.table.step_put(keys.composed(newsletter, slot), made, "attribute_not_exists(pk)")
        try:
            self.table.transact([put, self.table.step_update(keys.feed(newsletter), self._feed(state))])
        except Refused:
            return False
        return True

    def _feed(self, state: FeedState) -> Change:
        change = Change().set(**asdict(state))
        if state.version == 1:
            return change.when("attribute_not_exists(pk)")
        return change.when("#version = :before", before=state.version - 1)

    def _scheduled(self, newsletter: Newsletter, condition: str) -> None:
        put = self.table.step_put(keys.newsletter(newsletter.id), codec.newsletter_out(newsletter), condition)
        self.table.transact([put, *self._reminders(newsletter)])

    def _reminders(self, newsletter: Newsletter) -> list[dict[str, Any]]:
        if not newsletter.next_at or newsletter.paused:
            return []
        return [self.table.step_put(keys.due(newsletter.next_at, "newsletter", newsletter.id), {})]

    def _delete(self, at: int, newsletter: str) -> dict[str, Any]:
        key = keys.due(at, "newsletter", newsletter)
        return {
            "Delete": {
                "TableName": self.table.name,
                "Key": {name: {"S": value} for name, value in key.items()},
            }
        }

    def due(self, now: int) -> Sequence[tuple[int, str, str]]:
        items, _ = self.table.query("due", until=f"{now:015}#~")
        found = []
        for item in items:
            at, kind, each = item["sk"].split("#", 2)
            found.append((int(at), kind, each))
        return found

    def note(self, account_id: str, notice: Notice) -> None:
        change = Change().set(
            at=notice.at,
            trouble=notice.trouble or None,
            heeded=None,
            expires=Keep.NOTICE.until(self.now()),
        )
        if notice.category:
            change.set(category=notice.category, category_at=notice.at)
        change.when("attribute_not_exists(#at) OR #at < :at", at=notice.at)
        try:
            self.table.update(keys.notice(account_id, notice.template, notice.language), change, "NONE")
        except Refused:
            return

    def notices(self, account_id: str) -> Sequence[Noted]:
        return [_noted_in(item) for item in self.table.all(f"notice#{account_id}")]

    def heeded(self, account_id: str, notice: Notice, broadcast: str) -> None:
        change = Change().add(heeded={broadcast})
        self.table.update(keys.notice(account_id, notice.template, notice.language), change, "NONE")

    def remind(self, at: int, kind: str, id: str) -> None:
        self.table.put(keys.due(at, kind, id), {"expires": Keep.REMINDER.until(at)})

    def not_due(self, at: int, kind: str, id: str) -> None:
        self.table.delete(keys.due(at, kind, id))

    def attributes(self) -> frozenset[str]:
        """Names of the contacts' own attributes that were ever stored."""
        found = self.table.get(keys.setting("attributes"))
        return frozenset(found.get("names", ())) if found else frozenset()

    def add_attributes(self, names: frozenset[str]) -> None:
        if names:
            self.table.update(keys.setting("attributes"), Change().add(names=names))

    def _fresh(self, name: str, read: Callable[[], Any]) -> Any:
        kept = self._kept.get(name)
        if kept is None or self.now() - kept[0] > FRESH:
            kept = self._kept[name] = (self.now(), read())
        return kept[1]


def _noted_in(item: Item) -> Noted:
    template, _, language = item["sk"].rpartition("#")
    notice = Notice(item["at"], template, language, item.get("category", ""), item.get("trouble", ""))
    return Noted(notice, item.get("category_at", 0), frozenset(item.get("heeded", ())))


def _segment_in(item: Item) -> StoredSegment:
    return StoredSegment(item["sk"], item["name"], item["where"], item["changed"])


def _topic_in(item: Item) -> Topic:
    return Topic(item["sk"], item["name"], item.get("often", {}), caps_of(item.get("caps") or {}))


def _entry_out(point: EntryPoint) -> Item:
    return {
        "name": point.name,
        "messenger": point.messenger,
        "account": point.account,
        "topics": list(point.topics),
        "language": point.language,
        "keyword": point.keyword,
        "tags": point.tags,
        "created": point.created,
        "link": point.link or None,
        "page": point.page or None,
    }


def _entry_in(item: Item) -> EntryPoint:
    return EntryPoint(
        code=item["sk"],
        name=item["name"],
        messenger=item["messenger"],
        account=item["account"],
        topics=tuple(item["topics"]),
        language=item["language"],
        keyword=item.get("keyword", ""),
        tags=frozenset(item.get("tags", ())),
        created=item.get("created", 0),
        link=item.get("link", ""),
        page=item.get("page", ""),
    )
