"""What our adapters send is what the official specs describe."""

from collections.abc import Mapping

import pytest

from rundruf.messengers import MESSENGERS
from tests.messengers.suite import TESTED
from tests.specs.built import Built, built
from tests.specs.known import unknown
from tests.specs.specs import WITHOUT, Judge

pytestmark = pytest.mark.specs

CALLS = [
    pytest.param(one, id=f"{name}: {number} {one.fact}")
    for name in TESTED
    if name not in WITHOUT
    for number, one in enumerate(built(name))
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_as_the_spec_says(judge: Mapping[str, Judge], call: Built) -> None:
    assert unknown(judge[call.messenger].request(call.call, True)) == []


def test_every_messenger_has_a_spec_or_a_reason_for_none(judge: Mapping[str, Judge]) -> None:
    assert judge.keys() | WITHOUT.keys() == set(MESSENGERS)
    assert not judge.keys() & WITHOUT.keys()
