"""One human's identities in the table, where the business said so, and whose turn it is in a broadcast."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rundruf.aws import keys
from rundruf.aws.calls import AwsError
from rundruf.aws.table import Change, Item, Refused, Table
from rundruf.core.contact import contact_id
from rundruf.core.fallback import Turn
from rundruf.core.retention import Keep
from rundruf.core.tokens import Keys, keyed_hash
from rundruf.flows.services import Changed, TooMany

MOST = 16  # identities of one human; beyond it the id is a placeholder, or many people's
TRIES = 3
AT_ONCE = 32
_CONTACT = "c_"


class TablePersons:
    """The Persons that flows use."""

    def __init__(self, table: Table, secret: Callable[[], Keys], now: Callable[[], int]) -> None:
        self.table, self.secret, self.now = table, secret, now

    def tie_of(self, person: str) -> str:
        """The same for the same id of the business, for ever; it tells nothing about the person."""
        return contact_id(keyed_hash(self.secret(), "person", person))

    def tie(self, contact: str, person: str) -> bool:
        """Both sides at once, so that erasing finds them; said again, nothing changes."""
        tie = self.tie_of(person) if person else ""
        for _ in range(TRIES):
            found = self.table.get(keys.contact(contact))
            if found is None:
                return False
            if found.get("tie", "") == tie:
                return True
            try:
                self.table.transact(self._tied(contact, found.get("tie", ""), tie, person))
            except Refused:
                if tie and len(self.contacts([tie]).get(tie, ())) >= MOST:
                    raise TooMany(contact) from None
                continue
            return True
        raise Changed(contact)

    def _tied(self, contact: str, before: str, tie: str, person: str) -> list[Item]:
        now = self.now()
        change = Change().set(person=person or None, tie=tie or None, tied=now if tie else None)
        if before:
            change.when("#tie = :before", before=before)
        else:
            change.when("attribute_exists(pk) AND attribute_not_exists(#tie)")
        steps = [self.table.step_update(keys.contact(contact), change)]
        if before and contact in self.contacts([before]).get(before, ()):
            steps.append(self.table.step_update(keys.person(before), _without(contact)))
        if tie:
            joined = Change().set(**{f"{_CONTACT}{contact}": now}).add(held=1)
            joined.when("attribute_not_exists(#held) OR #held < :most", most=MOST)
            steps.append(self.table.step_update(keys.person(tie), joined))
        return steps

    def contacts(self, ties: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """The ids of all contacts of each human, by tie."""
        found = self.table.many([keys.person(one) for one in dict.fromkeys(ties)])
        return {item["pk"].partition("#")[2]: _contacts_of(item) for item in found}

    def take(self, broadcast: str, turns: Sequence[tuple[str, str]]) -> list[bool]:
        """For each (tie, contact): whether this broadcast is for that contact; the first one keeps it."""
        mine = "attribute_not_exists(#first) OR #first = :mine"
        return self._all(
            (keys.turn(broadcast, tie), Change().set(first=contact).when(mine, mine=contact))
            for tie, contact in turns
        )

    def pass_on(self, broadcast: str, turns: Sequence[tuple[str, Turn]]) -> list[bool]:
        """For each (tie, turn): whether the fallback is for ``second`` now; the first one keeps it."""
        free = "#first = :first AND (attribute_not_exists(#second) OR #second = :second)"
        return self._all(
            (
                keys.turn(broadcast, tie),
                Change().set(second=turn.second).when(free, first=turn.first, second=turn.second),
            )
            for tie, turn in turns
        )

    def _all(self, wanted: Iterable[tuple[keys.Key, Change]]) -> list[bool]:
        """Whether each write was made; raises AwsError where nobody knows."""
        expires = Keep.DELIVERY.until(self.now())
        waiting = [(key, change.set(expires=expires)) for key, change in wanted]
        told: list[bool] = []
        for start in range(0, len(waiting), AT_ONCE):
            for one in self.table.updates(waiting[start : start + AT_ONCE]):
                if isinstance(one, AwsError):
                    raise one
                told.append(not isinstance(one, Refused))
        return told

    def turns(self, broadcast: str, ties: Iterable[str]) -> Mapping[str, Turn]:
        """By tie; who has none is not in it."""
        found = self.table.many([keys.turn(broadcast, one) for one in dict.fromkeys(ties)])
        return {
            item["pk"].rpartition("#")[2]: Turn(item["first"], item.get("second", ""))
            for item in found
            if "first" in item
        }


def untied(table: Table, tie: str, contact: str) -> None:
    """A contact that is erased is nobody's identity any more; with the last one the human is forgotten."""
    try:
        table.update(keys.person(tie), _without(contact), returned="NONE")
    except Refused:
        return
    try:
        table.delete(keys.person(tie), "#held = :none", {":none": 0})
    except Refused:
        return


def _without(contact: str) -> Change:
    name = f"{_CONTACT}{contact}"
    return Change().set(**{name: None}).add(held=-1).when(f"attribute_exists(#{name})")


def _contacts_of(item: Item) -> frozenset[str]:
    return frozenset(name.removeprefix(_CONTACT) for name in item if name.startswith(_CONTACT))
