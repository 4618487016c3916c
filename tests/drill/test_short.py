"""The drill's first steps, in every run: one crash, one lost answer, one STOP, on the real engine."""

from tests.drill.place import Place


def test_a_broadcast_goes_round(place: Place) -> None:
    place.sender()
    place.people(40)
    place.broadcast()
    place.source.drain()
    verdict = place.verdict(audience=40)
    assert verdict.figures.sent == 40
