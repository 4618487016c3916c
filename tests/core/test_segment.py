"""Conditions on people: what holds for whom, and what cannot be used."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.audience import DAY, Facts
from rundruf.core.segment import BadSegment, issues_asked, segment, with_issues

NOW = 1_780_000_000_000  # 2026-05-28
ANNA = Facts(
    account="whatsapp/main",
    language="de-AT",
    zone="Europe/Vienna",
    tags=("vegan", "regular"),
    attributes={"city": "Köln", "age": "41", "born": "1985-04-12", "score": "7,5"},
    joined=NOW - 10 * DAY,
    seen=NOW - 2 * DAY,
    past={"b1": ("got", "delivered", "read"), "b2": ("got",), "b3": ("got", "clicked")},
)

HOLDS: list[dict[str, Any]] = [
    {"tags": {"any": ["vegan", "fish"]}},
    {"tags": {"all": ["vegan", "regular"], "none": ["fish"]}},
    {"language": ["de"]},
    {"language": ["de-at"]},
    {"zone": ["Europe/Vienna"]},
    {"messenger": ["whatsapp", "line"]},
    {"account": ["whatsapp/main"]},
    {"attribute": "city", "is": "Köln"},
    {"attribute": "city", "is_not": "Bonn"},
    {"attribute": "city", "in": ["Bonn", "Köln"]},
    {"attribute": "city", "contains": "öl"},
    {"attribute": "city", "starts_with": "kö"},
    {"attribute": "city", "exists": True},
    {"attribute": "shoes", "exists": False},
    {"attribute": "age", "gte": 18, "lt": 42},
    {"attribute": "age", "is": 41},
    {"attribute": "score", "gt": 7},
    {"attribute": "born", "lt": "1990-01-01", "gte": "1985-04-12"},
    {"joined": {"within_days": 30}},
    {"joined": {"since": "2026-05-01", "before": "2026-06-01T00:00:00+02:00"}},
    {"seen": {"within_days": 3}},
    {"past": {"did": "read", "broadcasts": ["b1"]}},
    {"past": {"did": "got", "broadcasts": ["b1", "b2", "b3"], "at_least": 3}},
    {"past": {"did": "clicked", "broadcasts": ["b1", "b2"], "at_most": 0}},
    {"past": {"did": "read", "broadcasts": [], "at_most": 0}},
    {"any": [{"tags": {"any": ["fish"]}}, {"attribute": "age", "gt": 40}]},
    {"all": [{"not": {"tags": {"any": ["fish"]}}}, {"language": ["de", "en"]}]},
]
DOES_NOT: list[dict[str, Any]] = [
    {"tags": {"any": ["fish"]}},
    {"tags": {"none": ["vegan"]}},
    {"language": ["d"]},
    {"messenger": ["line"]},
    {"attribute": "city", "is": "köln"},
    {"attribute": "city", "gt": 3},
    {"attribute": "shoes", "is_not": "red"},
    {"attribute": "shoes", "exists": True},
    {"attribute": "city", "exists": False},
    {"attribute": "age", "gte": 18, "lt": 41},
    {"joined": {"within_days": 9}},
    {"joined": {"never": True}},
    {"seen": {"before": "2026-01-01"}},
    {"past": {"did": "clicked", "broadcasts": ["b1", "b2"]}},
    {"past": {"did": "got", "broadcasts": ["b9"]}},
    {"past": {"did": "got", "broadcasts": ["b1", "b2", "b3"], "at_most": 2}},
]


@pytest.mark.parametrize("where", HOLDS, ids=str)
def test_what_holds_and_its_contrary(where: dict[str, Any]) -> None:
    assert segment(where, NOW).holds(ANNA)
    assert not segment({"not": where}, NOW).holds(ANNA)


@pytest.mark.parametrize("where", DOES_NOT, ids=str)
def test_what_does_not_hold(where: dict[str, Any]) -> None:
    assert not segment(where, NOW).holds(ANNA)


def test_never_is_for_people_who_never_wrote() -> None:
    assert segment({"seen": {"never": True}}, NOW).holds(replace(ANNA, seen=0))


BAD: list[tuple[Any, str, str]] = [
    ({}, "where", "must be an object"),
    ([], "where", "must be an object"),
    ({"colour": ["red"]}, "where", "there is no condition 'colour'"),
    ({"tags": {"any": ["a"]}, "language": ["de"]}, "where", "2 conditions"),
    ({"tags": ["vegan"]}, "where.tags", "must be an object"),
    ({"tags": {"any": []}}, "where.tags.any", "list of texts"),
    ({"all": []}, "where.all", "list of conditions"),
    ({"all": [{"tags": {"any": ["a"]}}, {"not": {"zone": "x"}}]}, "where.all[1].not.zone", "list of texts"),
    ({"attribute": "city"}, "where", "says nothing"),
    ({"attribute": "city", "like": "x"}, "where.like", "no such comparison"),
    ({"attribute": "age", "gt": "many"}, "where.gt", "a number or a day"),
    ({"attribute": "age", "gt": True}, "where.gt", "a number or a day"),
    ({"attribute": "age", "is": ["1"]}, "where.is", "a text or a number"),
    ({"attribute": 7, "is": "x"}, "where.attribute", "name of an attribute"),
    ({"joined": {"within_days": 0}}, "where.joined.within_days", "whole number"),
    ({"joined": {"within_days": True}}, "where.joined.within_days", "whole number"),
    ({"joined": {"since": "yesterday"}}, "where.joined.since", "must be a day"),
    ({"joined": {"since": 7}}, "where.joined.since", "must be a day"),
    ({"joined": {"after": "2026-01-01"}}, "where.joined", "takes within_days"),
    ({"past": {"did": "ate", "broadcasts": ["b1"]}}, "where.past.did", "must be one of got"),
    ({"past": {"did": "got"}}, "where.past", "names either"),
    ({"past": {"did": "got", "broadcasts": ["b"], "newsletter": "n"}}, "where.past", "names either"),
    ({"past": {"did": "got", "broadcasts": ["b"], "at_least": -1}}, "where.past.at_least", "whole number"),
    ({"past": {"did": "got", "newsletter": "n", "last": 99}}, "where.past.last", "whole number"),
    (
        {"past": {"did": "got", "broadcasts": [f"b{n}" for n in range(11)]}},
        "where",
        "more than 10 broadcasts",
    ),
    ({"any": [{"language": ["de"]}] * 101}, "where.any[99]", "too much"),
]


@pytest.mark.parametrize(("where", "path", "said"), BAD, ids=str)
def test_what_cannot_be_used_says_what_and_where(where: Any, path: str, said: str) -> None:
    with pytest.raises(BadSegment) as bad:
        segment(where, NOW)
    assert bad.value.problems[0][0] == path
    assert said in bad.value.problems[0][1]


def test_every_problem_is_named() -> None:
    with pytest.raises(BadSegment) as bad:
        segment({"all": [{"tags": {}}, {"colour": 1}, {"seen": {}}]}, NOW)
    assert [path for path, _ in bad.value.problems] == [
        "where.all[0].tags",
        "where.all[1]",
        "where.all[2].seen",
    ]


def test_too_deep_is_refused() -> None:
    where: dict[str, Any] = {"language": ["de"]}
    for _ in range(1_000):
        where = {"not": where}
    with pytest.raises(BadSegment):
        segment(where, NOW)


def test_what_is_asked_about_is_known_beforehand() -> None:
    read = segment(
        {"all": [{"attribute": "age", "gt": 1}, {"past": {"did": "got", "broadcasts": ["b1"]}}]}, NOW
    )
    assert (set(read.fields), set(read.attributes), read.broadcasts) == ({"attributes"}, {"age"}, ("b1",))


def test_a_newsletters_last_issues_are_named_one_by_one() -> None:
    where = {
        "all": [{"past": {"did": "read", "newsletter": "n1", "last": 2, "at_most": 0}}, {"zone": ["UTC"]}]
    }
    assert issues_asked(where) == {("n1", 2)}
    named = with_issues(where, {("n1", 2): ["n1-2", "n1-1"]})
    assert named["all"][0]["past"] == {"did": "read", "broadcasts": ["n1-2", "n1-1"], "at_most": 0}
    assert segment(named, NOW).broadcasts == ("n1-1", "n1-2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "not", "tags", "attribute", "is", "gt", "past", "did", "joined", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_comes_is_conditions_or_a_problem(where: Any) -> None:
    try:
        read = segment(where, NOW)
    except BadSegment:
        return
    assert isinstance(read.holds(ANNA), bool)
