"""Variants and holdout: who gets what, who waits for the winner, and that nobody gets it twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.broadcast import Broadcast, State, Wish
from rundruf.core.canary import Canary, Trial
from rundruf.core.clicks import link_id
from rundruf.core.contest import FEW, SILENT, TIE
from rundruf.core.message import Message
from rundruf.core.report import Receipts
from rundruf.core.split import HOLDOUT, REST, Measure, Rule, Split, Variant
from rundruf.flows import deciding, past, planning, sending, watching
from rundruf.flows.comparing import comparisons, left_since, sides
from rundruf.flows.evaluating import Evaluation, evaluation
from rundruf.flows.late import drafted, kept
from rundruf.flows.leaving import Leaving, leave
from rundruf.flows.parts import clicks_of
from rundruf.flows.past import HAD, Past, place
from rundruf.flows.report_page import Subject, report_page
from rundruf.flows.report_table import Part, rows
from rundruf.flows.reporting import fate
from rundruf.flows.services import SendTask, Services
from rundruf.flows.summing import added
from tests.support.people import HOUR
from tests.support.world import BUSINESS, World

SEED = "5e" * 16
A_AND_B = (Variant("A"), Variant("B", message=Message("Hi")))
PEOPLE = 60


class Killed(BaseException):
    """The worker's death: nothing catches it."""


@pytest.fixture
def world() -> World:
    return World(None)


def held(world: World) -> Broadcast:
    found = world.broadcasts.get("b1")
    assert found is not None
    return found


def split(test: float = 0.5, holdout: float = 0.0, rule: Rule | None = None) -> Split:
    return Split(SEED, A_AND_B, holdout, test, rule)


def begun(world: World, how: Split, **more: Any) -> list[str]:
    """So many people, and a broadcast of which everything has left that may."""
    people = [one.id for one in world.people(PEOPLE)]
    world.broadcast(split=how, **more)
    world.drain()
    return people


def part_of(world: World, contact: str) -> str:
    return held(world).part_of(contact)


def got(world: World) -> dict[str, str]:
    """The first words of what each person (1000, 1001 …) got."""
    texts = {one: world.messengers.texts(one) for one in set(world.messengers.sent_to())}
    assert all(len(each) == 1 for each in texts.values())
    return {one: each[0].partition("\n")[0] for one, each in texts.items()}


def by_part(world: World, people: list[str]) -> dict[str, set[str]]:
    """The user ids of everybody by their part."""
    found: dict[str, set[str]] = {}
    for number, contact in enumerate(people):
        found.setdefault(part_of(world, contact), set()).add(str(1000 + number))
    return found


def tell(world: World, did: str, parts: dict[str, int]) -> None:
    """So many people of these parts did something."""
    found = held(world)
    for number in range(found.chunks):
        chunk = world.broadcasts.chunk("b1", f"0-{number}")
        assert chunk is not None
        for part, count in parts.items():
            mine = [at for at, one in enumerate(chunk.recipients) if found.part_of(one) == part][:count]
            told = Receipts.of(world.at // HOUR, **{did: frozenset(mine)})
            world.broadcasts.report("b1", chunk.id, told)
    world.broadcasts.touched("b1", 0)


class TestAtOnce:
    def test_everybody_gets_the_variant_of_their_lot(self, world: World) -> None:
        people = begun(world, split(test=0))
        told, parts = got(world), by_part(world, people)
        assert {told[one] for one in parts["A"]} == {"Hello"}
        assert {told[one] for one in parts["B"]} == {"Hi"}
        assert (len(told), held(world).state) == (PEOPLE, State.FINISHED)

    def test_who_is_kept_out_gets_nothing_and_is_skipped_for_that(self, world: World) -> None:
        people = begun(world, split(test=0, holdout=0.3))
        out = by_part(world, people)[HOLDOUT]
        assert out.isdisjoint(got(world))
        assert world.figures().skipped == Counter(holdout=len(out))
        assert world.figures().sent == PEOPLE - len(out)
        kept_out = next(one for one in people if part_of(world, one) == HOLDOUT)
        line = fate(held(world), kept_out, world.services)
        assert line is not None
        assert (line.outcome, line.reason, line.part) == ("skipped", "holdout", HOLDOUT)

    def test_a_holdout_needs_no_variants(self, world: World) -> None:
        people = begun(world, Split(SEED, holdout=0.5))
        out = [one for one in people if part_of(world, one) == HOLDOUT]
        assert 10 < len(out) < 50
        assert (world.figures().skipped["holdout"], world.figures().sent) == (len(out), PEOPLE - len(out))

    def test_a_chunk_of_nobody_but_those_kept_out_ends_by_itself(self, world: World) -> None:
        begun(world, Split(SEED, holdout=0.999))
        assert (held(world).state, world.messengers.requests) == (State.FINISHED, [])
        assert world.figures().skipped["holdout"] == PEOPLE

    def test_figures_are_known_by_part_without_anything_written_for_it(self, world: World) -> None:
        people = begun(world, split(test=0, holdout=0.2))
        sizes = {part: len(them) for part, them in by_part(world, people).items()}
        told = added(held(world), world.services).sum.parts
        assert {part: each["telegram/main"].audience for part, each in told.items()} == sizes
        assert told["A"]["telegram/main"].sent == sizes["A"]
        assert told[HOLDOUT]["telegram/main"].skipped["holdout"] == sizes[HOLDOUT]

    def test_everybody_gets_the_variant_of_their_lot_in_their_own_language(self, world: World) -> None:
        def written(name: str) -> Message:
            english = Message(f"{name} english", language="en")
            return Message(f"{name} deutsch", language="de", translations=(english,))

        people = [world.person(1000 + at, language="en" if at % 2 else "de").id for at in range(40)]
        variants = (Variant("A"), Variant("B", message=written("B")))
        world.broadcast(split=Split(SEED, variants, test=0.5), message=written("A"))
        world.drain()
        deciding.choose(held(world), "B", "k", world.services)
        world.drain()
        told, wins = got(world), {"A": "A", "B": "B", REST: "B"}
        for at, one in enumerate(people):
            spoken = "english" if at % 2 else "deutsch"
            assert told[str(1000 + at)] == f"{wins[part_of(world, one)]} {spoken}"


class TestTest:
    def test_the_rest_waits_for_the_winner(self, world: World) -> None:
        people = begun(world, split())
        parts = by_part(world, people)
        assert set(got(world)) == parts["A"] | parts["B"]
        assert (held(world).state, held(world).trial) == (State.COMPARING, Trial.NONE)
        assert world.figures().pending == len(parts[REST])

    def test_somebodys_word_sends_the_winner_to_the_rest_and_nobody_gets_it_twice(self, world: World) -> None:
        people = begun(world, split(holdout=0.2))
        won = deciding.choose(held(world), "B", "key1", world.services)
        assert (won.winner, won.won_by) == ("B", "hand key1")
        world.drain()
        told, parts = got(world), by_part(world, people)
        assert {told[one] for one in parts[REST]} == {"Hi"}
        assert {told[one] for one in parts["A"]} == {"Hello"}
        assert parts[HOLDOUT].isdisjoint(told)
        assert held(world).state is State.FINISHED

    def test_two_who_decide_at_once_make_one_winner(self, world: World) -> None:
        begun(world, split())
        seen = held(world)
        first = deciding.choose(seen, "B", "one", world.services)
        second = deciding.choose(seen, "A", "two", world.services)
        assert (first.winner, second.winner, second.won_by) == ("B", "B", "hand one")
        world.drain()
        assert held(world).state is State.FINISHED

    def test_somebody_and_the_rule_at_once_make_one_winner(self, world: World) -> None:
        begun(world, split(rule=Rule(Measure.REPLIED, 1, HOUR)))
        tell(world, "replied", {"A": 5})
        world.at += 2 * HOUR
        seen = held(world)
        assert deciding.compare(seen, world.services).winner == "A"
        assert deciding.choose(seen, "B", "key", world.services).winner == "A"

    def test_a_crash_after_the_word_loses_nobody(self, world: World) -> None:
        people = begun(world, split())

        def dies(*_: object, **__: object) -> None:
            raise Killed

        with pytest.raises(Killed):
            deciding.choose(held(world), "B", "k", _without_planner(world.services, dies))
        assert (held(world).winner, world.queues.plans) == ("B", [])
        watching.look("b1", world.services)
        world.drain()
        assert (world.figures().sent, held(world).state) == (len(people), State.FINISHED)
        assert len(got(world)) == len(people)

    def test_a_planner_that_dies_between_its_rounds_goes_on_there(self, world: World) -> None:
        people = [one.id for one in world.people(PEOPLE)]
        world.broadcast(split=split())
        commit, real = Counter[str](), world.broadcasts.commit

        def dying(*told: object, **more: object) -> None:
            commit["made"] += 1
            real(*told, **more)  # type: ignore[arg-type]
            if commit["made"] == 2:
                raise Killed

        world.broadcasts.commit = dying  # type: ignore[method-assign]
        with pytest.raises(Killed):
            world.plan()
        world.queues.plans.append("b1")
        world.drain()
        chunks = [world.broadcasts.chunk("b1", f"0-{number}") for number in range(held(world).chunks)]
        planned = [one for chunk in chunks if chunk for one in chunk.recipients]
        assert sorted(planned) == sorted(people)
        assert held(world).state is State.COMPARING
        assert {part_of(world, one) for one in chunks[-1].recipients} == {REST} if chunks[-1] else False

    def test_a_chunk_that_waits_is_not_sent_though_it_comes_out_of_the_queue(self, world: World) -> None:
        begun(world, split())
        before = len(world.messengers.requests)
        for number in range(held(world).chunks):
            sending.send(SendTask("b1", f"0-{number}", "telegram/main"), world.services, lambda: 1e9)
        assert len(world.messengers.requests) == before
        assert held(world).state is State.COMPARING

    def test_a_waiting_broadcast_is_not_called_stalled(self, world: World) -> None:
        begun(world, split())
        for _ in range(8):
            world.at += 5 * 60_000
            watching.look("b1", world.services)
        assert (held(world).stalled, held(world).state) == (0, State.COMPARING)


class TestLate:
    """Late issues and segments walk along the chunks, which are in two rounds here."""

    def test_what_everybody_did_is_known_of_both_rounds(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(planning, "SIZE", 6)  # many chunks of few people
        monkeypatch.setattr(past, "AT_ONCE", 1)
        people = begun(world, split(holdout=0.2))
        deciding.choose(held(world), "B", "k", world.services)
        world.drain()
        parts = {one: part_of(world, one) for one in people}
        walk = Past(held(world), "telegram/main", world.services)
        told = {one: walk.did(one) for one in sorted(people, key=place)}
        assert {one for one, did in told.items() if HAD in did} == {
            one for one, part in parts.items() if part != HOLDOUT
        }

    def test_who_waits_for_the_winner_gets_no_late_issue(self, world: World) -> None:
        begun(world, split(holdout=0.2))
        issue = held(world)
        made = drafted(issue, world.services)
        kept(issue, made, world.services)
        planning.start(made.id, world.services)
        world.drain()
        assert world.figures(made.id).sent == 0
        assert world.figures(made.id).skipped["holdout"] == world.figures().skipped["holdout"] > 0

    def test_a_late_issue_is_the_winner(self, world: World) -> None:
        begun(world, split())
        assert drafted(held(world), world.services).message.text == "Hello"
        won = deciding.choose(held(world), "B", "k", world.services)
        assert drafted(won, world.services).message.text == "Hi"


def _without_planner(services: Services, dies: Callable[..., None]) -> Services:
    class Queues:
        plan = staticmethod(dies)

    return replace(services, queues=Queues())  # type: ignore[arg-type]


class TestRule:
    def test_the_best_rate_wins_when_its_time_has_come(self, world: World) -> None:
        people = begun(world, split(rule=Rule(Measure.REPLIED, 5, HOUR)))
        tell(world, "replied", {"A": 2, "B": 6})
        due(world)
        assert held(world).winner == ""
        world.at += HOUR
        due(world)
        found = held(world)
        assert (found.winner, found.won_by) == ("B", "rule")
        assert found.won_on["B"][0] == 6
        world.drain()
        assert world.figures().sent == len(people)

    def test_the_fewest_who_left_win(self, world: World) -> None:
        begun(world, split(rule=Rule(Measure.LEFT, 5, HOUR)))
        tell(world, "left", {"A": 2, "B": 6})
        world.at += HOUR
        due(world)
        assert held(world).winner == "A"

    @pytest.mark.parametrize(
        ("rule", "why"),
        [
            pytest.param(Rule(Measure.REPLIED, 1, HOUR), TIE, id="nobody replied to either"),
            pytest.param(Rule(Measure.REPLIED, 1_000, HOUR), FEW, id="too few people"),
            pytest.param(Rule(Measure.READ, 1, HOUR), SILENT, id="Telegram tells nothing of reading"),
            pytest.param(Rule(Measure.CLICKED, 1, HOUR), SILENT, id="there is no link"),
        ],
    )
    def test_where_it_cannot_be_said_it_says_so_and_waits(self, world: World, rule: Rule, why: str) -> None:
        begun(world, split(rule=rule))
        world.at += HOUR
        due(world)
        assert (held(world).winner, held(world).undecided) == ("", why)
        assert held(world).state is State.COMPARING

    def test_the_first_goes_after_the_stated_time(self, world: World) -> None:
        people = begun(world, split(rule=Rule(Measure.READ, 1, HOUR, otherwise=3 * HOUR)))
        world.at += HOUR
        due(world)
        assert held(world).winner == ""
        world.at += 2 * HOUR
        due(world)
        assert (held(world).winner, held(world).won_by) == ("A", "time")
        world.drain()
        assert world.figures().sent == len(people)

    def test_clicks_are_counted_by_variant(self, world: World) -> None:
        link = "https://morgenrot.example/a"
        variants = (Variant("A"), Variant("B", message=Message(f"Hi {link}")))
        rule = Rule(Measure.CLICKED, 5, HOUR)
        begun(world, Split(SEED, variants, 0, 0.5, rule), message=Message(f"Hello {link}"))
        found = held(world)
        links = world.broadcasts.links("b1")
        assert set(links.values()) == {link}
        assert len(links) == 2
        mine = deciding.rates(found, Measure.CLICKED, world.services)
        assert {name: rate and rate.count for name, rate in mine.items()} == {"A": 0, "B": 0}
        for _ in range(3):
            world.broadcasts.click("b1", link_id(link, "B"), world.at)
        assert clicks_of(found, world.services) == {"A": 0, "B": 3}
        world.at += HOUR
        due(world)
        assert held(world).winner == "B"


def due(world: World) -> None:
    """The look that the clock has every five minutes."""
    watching.look("b1", world.services)
    world.drain()


class TestReport:
    def reported(self, world: World) -> Evaluation:
        link = "https://morgenrot.example/a"
        variants = (Variant("A"), Variant("B", message=Message(f"Hi {link}")))
        world.people(300)
        world.broadcast(split=Split(SEED, variants, 0.2, 0.6), message=Message(f"Hello {link}"))
        world.drain()
        tell(world, "replied", {"A": 4, "B": 40})
        for _ in range(9):
            world.broadcasts.click("b1", link_id(link, "B"), world.at)
        return evaluation(held(world), world.services)

    def test_every_part_has_its_figures_and_they_add_up(self, world: World) -> None:
        told = sides(self.reported(world))
        assert [one.part for one in told] == ["A", "B", REST, HOLDOUT]
        whole = world.figures()
        assert sum(one.figures.audience for one in told) == whole.audience == 300
        assert sum(one.figures.sent for one in told) == whole.sent
        assert [one.clicks for one in told[:2]] == [0, 9]
        replied = told[1].rates[Measure.REPLIED]
        assert replied is not None
        assert (replied.count, replied.of) == (40, told[1].figures.sent)
        assert told[1].rates[Measure.READ] is None

    def test_what_is_more_than_chance_is_said_so(self, world: World) -> None:
        (said,) = comparisons(sides(self.reported(world)))
        assert (said.measure, said.sure) == ("replied", True)
        assert said.sentence["en"].startswith("B: ")

    def test_the_page_shows_it_in_both_languages(self, world: World) -> None:
        told = self.reported(world)
        since = left_since(held(world), world.services)
        subject = Subject(BUSINESS, told, "News", "Europe/Berlin", world.at, left_since=since)
        for language, words in {
            "en": ("Variants compared", "Kept out for comparison", "more than chance", "Left by now."),
            "de": ("Varianten im Vergleich", "Zum Vergleich ausgelassen", "mehr, als Zufall", "Bis jetzt"),
        }.items():
            page = report_page(subject, language)
            assert all(word in page for word in words)

    def test_the_table_holds_every_part(self, world: World) -> None:
        head, *lines = rows(self.reported(world), Part.VARIANTS)
        assert [line[0] for line in lines] == ["A", "B", REST, HOLDOUT]
        assert all(len(line) == len(head) for line in lines)

    def test_who_left_is_compared_with_who_was_kept_out(self, world: World) -> None:
        people = begun(world, Split(SEED, holdout=0.5))
        got_it = [one for one in people if part_of(world, one) != HOLDOUT]
        for one in got_it[:10]:
            leave(one, Leaving(world.now(), "test"), world.services)
        told = left_since(held(world), world.services)
        assert told is not None
        assert f"Who got it: {1000 / len(got_it):.1f}% against who did not: 0.0%" in told.sentence["en"]
        assert told.sure


class TestControls:
    def test_the_canary_comes_first(self, world: World) -> None:
        canary = Canary(size=5, wait=60_000)
        world.people(PEOPLE)
        world.broadcast(split=split(), canary=canary)
        world.plan()
        assert (held(world).trial, held(world).state) == (Trial.RUNNING, State.CANARY)
        assert deciding.choose(held(world), "B", "k", world.services).winner == ""
        world.drain()
        assert (held(world).trial, held(world).state) == (Trial.PASSED, State.COMPARING)
        assert deciding.choose(held(world), "B", "k", world.services).winner == "B"
        world.drain()
        assert (world.figures().sent, held(world).state) == (PEOPLE, State.FINISHED)

    def test_a_canary_that_failed_is_overruled_before_anybody_decides(self, world: World) -> None:
        canary = Canary(size=5, wait=60_000, left=0)
        world.people(PEOPLE)
        world.broadcast(split=split(), canary=canary)
        world.plan()
        world.send_one()
        world.broadcasts.report("b1", "0-0", Receipts.of(world.at // HOUR, left=frozenset({0})))
        world.drain()
        assert (held(world).trial, held(world).state) == (Trial.FAILED, State.PAUSED)
        assert deciding.choose(held(world), "B", "k", world.services).winner == ""
        assert planning.wish("b1", Wish.RESUME, world.services)
        world.drain()
        assert held(world).state is State.COMPARING

    def test_where_nobody_is_in_the_test_the_canary_begins_with_the_rest(self, world: World) -> None:
        world.people(300)
        world.broadcast(split=split(test=0.000001), canary=Canary(wait=60_000))
        world.drain()
        assert (held(world).state, held(world).tested) == (State.COMPARING, 0)
        deciding.choose(held(world), "A", "k", world.services)
        assert held(world).trial is Trial.RUNNING
        world.drain()
        assert (held(world).trial, held(world).state) == (Trial.PASSED, State.FINISHED)
        assert world.figures().sent == 300

    def test_a_pause_and_a_resume_change_nothing_about_who_waits(self, world: World) -> None:
        begun(world, split())
        sent = world.figures().sent
        assert planning.wish("b1", Wish.PAUSE, world.services)
        assert planning.wish("b1", Wish.RESUME, world.services)
        world.drain()
        assert (held(world).state, world.figures().sent) == (State.COMPARING, sent)

    def test_who_decides_while_it_is_paused_is_obeyed_after_it(self, world: World) -> None:
        begun(world, split())
        assert planning.wish("b1", Wish.PAUSE, world.services)
        assert deciding.choose(held(world), "B", "k", world.services).winner == "B"
        world.drain()
        assert held(world).state is State.PAUSED
        assert planning.wish("b1", Wish.RESUME, world.services)
        world.drain()
        assert (held(world).state, world.figures().sent) == (State.FINISHED, PEOPLE)

    def test_cancelling_ends_the_waiting(self, world: World) -> None:
        people = begun(world, split())
        assert planning.wish("b1", Wish.CANCEL, world.services)
        rest = len(by_part(world, people)[REST])
        assert world.figures().skipped == Counter(cancelled=rest)
        told = added(held(world), world.services).sum.parts
        assert told[REST]["telegram/main"].skipped["cancelled"] == rest
        assert deciding.choose(held(world), "B", "k", world.services).winner == ""

    def test_who_still_waits_when_the_time_is_up_gets_nothing(self, world: World) -> None:
        people = begun(world, split(rule=Rule(Measure.REPLIED, 1, HOUR)), expires_at=world.at + 30 * 60_000)
        world.at += 31 * 60_000
        planning.expire("b1", world.services)
        world.drain()
        assert world.figures().expired == len(by_part(world, people)[REST])
        assert held(world).state is State.FINISHED

    def test_the_rest_of_other_accounts_is_tried_on_the_right_one(self, world: World) -> None:
        world.person(3000)
        for number in range(40):
            world.person(491700000000 + number, messenger="whatsapp")
        world.broadcast(split=split(test=0.3), canary=Canary(size=3, wait=1_000), message=Message("Hello"))
        world.plan()
        (task,) = world.queues.sends
        chunk = world.broadcasts.chunk("b1", "0-0")
        assert chunk is not None
        world.queues.sends.clear()
        world.queues.plans.append("b1")
        world.plan()
        assert [one.account for one in world.queues.sends] == [chunk.account] == [task.account]
