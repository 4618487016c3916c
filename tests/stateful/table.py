"""Everything that the stores do with the table, in any order, on the memory and on a real table at once."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from rundruf.aws import keys
from rundruf.aws.boto import Boto
from rundruf.aws.calls import Aws, AwsError
from rundruf.aws.keys import Key
from rundruf.aws.table import Change, Refused, Table
from tests.stateful.twin import Twin
from tests.support.memory import TABLE, Memory
from tests.support.people import NOW
from tests.support.stack import template

NAMES = ("a", "b", "c")
KEY = st.builds(lambda pk, sk: {"pk": pk, "sk": sk}, st.sampled_from(("p", "q")), st.sampled_from("123"))
NUMBER = st.integers(-3, 3) | st.sampled_from((2**53, NOW, 0.5, -0.25))
TEXT = st.sampled_from(("", "x", "xy", "b:1", "é", "z" * 9))
SET = st.frozensets(st.sampled_from(("x", "y", "zz")), max_size=3)
LIST = st.lists(st.integers(0, 3), max_size=2)
OTHER = st.booleans() | st.binary(max_size=4) | LIST
PLACED = {"gpk": st.sampled_from(("g", "h")), "gsk": st.sampled_from("789")}
KINDS = {"a": NUMBER, "b": TEXT, "c": SET, "d": OTHER}  # one for each: moto cannot compare two kinds
ITEM = st.fixed_dictionaries({}, optional=KINDS | PLACED)
CONDITIONS = (
    "",
    "attribute_exists(pk)",
    "attribute_not_exists(pk)",
    "attribute_exists(#a)",
    "attribute_not_exists(#a) OR #a < :n",
    "attribute_not_exists(#a) OR #a <= :n OR begins_with(#b, :t)",
    "#a = :n AND #b <> :t",
    "#b IN (:t, :n)",
    "contains(#c, :t)",
    "contains(#c, :t) AND NOT begins_with(#b, :t)",
    "#a >= :n AND (attribute_exists(#b) OR #a > :n)",
    "#b > :t",
)
CONDITION = st.sampled_from(CONDITIONS)
RETURNED = ("ALL_NEW", "UPDATED_OLD", "NONE")


def real_table(client: Any) -> Aws:
    """An empty table of the template's shape behind this client, in place of the last one."""
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_table(TableName=TABLE)
    source = template()
    ((name, _),) = source.of_type("AWS::DynamoDB::Table").items()
    properties = source.resolve(source.properties(name))
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client.create_table(TableName=TABLE, **{one: properties[one] for one in wanted})
    return Boto(lambda _: client)


def given(condition: str, number: Any, text: str) -> Mapping[str, Any]:
    """The values that a condition names."""
    values = {"n": number, "t": text}
    return {name: value for name, value in values.items() if f":{name}" in condition}


class Stores(RuleBasedStateMachine):
    """``client`` is a real DynamoDB's; whatever differs raises Drifted."""

    client: Any

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(Twin(Memory(lambda: NOW), real_table(self.client)), TABLE)

    @rule(key=KEY, item=ITEM, condition=st.sampled_from(CONDITIONS[:3]))
    def puts(self, key: Key, item: dict[str, Any], condition: str) -> None:
        with suppress(Refused):
            self.table.put(key, _stored(item), condition)

    @rule(
        key=KEY,
        sets=ITEM,
        removed=st.none() | st.sampled_from(NAMES),
        condition=CONDITION,
        number=NUMBER,
        text=TEXT.filter(bool),
        returned=st.sampled_from(RETURNED),
    )
    def updates(self, returned: str, key: Key, **wish: Any) -> None:
        with suppress(Refused):
            self.table.update(key, self._change(**wish), returned)

    @rule(
        key=KEY,
        name=st.sampled_from(NAMES),
        by=NUMBER | SET,
        condition=CONDITION,
        how=st.booleans(),
        returned=st.sampled_from(RETURNED),
    )
    def adds(self, key: Key, name: str, by: Any, condition: str, how: bool, returned: str) -> None:
        """To a number, or to a set; ADD refuses what is of another kind (but the engine increases texts)."""
        change = Change()
        if isinstance(by, frozenset) or how:
            change.add(**{name: by})
        else:
            change.increase("a", by)
        if change.empty:
            return
        if condition:
            change.when(condition, **given(condition, 1, "x"))
        with suppress(Refused, AwsError):
            self.table.update(key, change, returned)

    @rule(key=KEY, to=st.sampled_from(NAMES), source=st.sampled_from(NAMES))
    def moves(self, key: Key, to: str, source: str) -> None:
        change = Change().move(to, source)
        if to != source:
            change.set(**{source: "moved"})
        with suppress(Refused, AwsError):
            self.table.update(key, change)

    @rule(keys=st.lists(KEY, min_size=1, max_size=3, unique_by=repr), item=ITEM, data=st.data())
    def transacts(self, keys: list[Key], item: dict[str, Any], data: st.DataObject) -> None:
        steps = []
        for key in keys:
            condition = data.draw(CONDITION)
            if data.draw(st.booleans()):
                steps.append(
                    self.table.step_put(key, _stored(item), data.draw(st.sampled_from(CONDITIONS[:3])))
                )
            else:
                steps.append(self.table.step_update(key, self._change(item, None, condition, 1, "x")))
        with suppress(Refused):
            self.table.transact(steps)

    @rule(key=KEY)
    def deletes(self, key: Key) -> None:
        self.table.delete(key)

    @rule(found=st.lists(st.tuples(KEY, ITEM), max_size=4, unique_by=lambda one: repr(one[0])))
    def puts_many(self, found: list[tuple[Key, dict[str, Any]]]) -> None:
        self.table.put_many([key | _stored(item) for key, item in found])

    @rule(wanted=st.lists(KEY, max_size=6, unique_by=repr))
    def gets(self, wanted: list[Key]) -> None:
        list(self.table.many(wanted))
        for key in wanted:
            self.table.get(key)

    @rule(
        partition=st.sampled_from(("p", "q", "r")),
        bound=st.sampled_from(("", "after", "until", "prefix")),
        at=st.sampled_from("0123"),
        limit=st.integers(0, 3),
        backwards=st.booleans(),
    )
    def queries(self, partition: str, bound: str, at: str, limit: int, backwards: bool) -> None:
        self.table.query(partition, limit=limit, backwards=backwards, **({bound: at} if bound else {}))

    @rule(
        partition=st.sampled_from(("g", "h")),
        after=st.sampled_from(("", "7", "8")),
        limit=st.integers(0, 3),
        only=st.sampled_from(("", "contains(#topics, :t)", "attribute_not_exists(#joined) OR #joined <= :n")),
    )
    def reads_the_index(self, partition: str, after: str, limit: int, only: str) -> None:
        """Items of one sort key may come in any order, so each has one of its own here."""
        self.table.index(keys.AUDIENCE_INDEX, partition, ["gsk"], after, limit, only, given(only, 1, "x"))

    def _change(
        self, sets: dict[str, Any], removed: str | None, condition: str, number: Any, text: str
    ) -> Change:
        change = Change().set(**_stored(sets) | ({removed: None} if removed else {}))
        if change.empty:
            change.set(e=1)
        return change.when(condition, **given(condition, number, text)) if condition else change


def _stored(item: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty sets, which no table holds; sets of an update remove what they empty."""
    return {name: value for name, value in item.items() if value != frozenset()}
