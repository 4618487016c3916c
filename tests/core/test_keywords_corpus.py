"""What people write in each language, line by line: all who want to leave do, nobody else does.

``corpus/<language>.txt`` holds a mark and a line each: ``+`` must stop, ``-`` must not, ``?`` may be meant to
stop (marketing pauses and we ask), ``=`` the name of the topic "recipes", ``all`` stops service messages
too, ``topic`` stops "recipes" only, the other marks name a command. ``home-stop`` and ``home-yes`` mean it
only for people whose language is known to be this one.
"""

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rundruf.core import words
from rundruf.core.keywords import LEAVING, Command, CommandKind, understand

CORPUS = Path(__file__).parent / "corpus"
TAGS = sorted(one.stem for one in CORPUS.glob("*.txt"))
EUROPE = {
    *("bg", "hr", "cs", "da", "nl", "en", "et", "fi", "fr", "de", "el", "hu"),
    *("ga", "it", "lv", "lt", "mt", "pl", "pt", "ro", "sk", "sl", "es", "sv"),
}
BEYOND = {"tr", "ru", "uk", "ar", "ja", "zh-Hans", "zh-Hant", "ko", "th", "id", "vi"}
IN_FULL = ("de", "en")
Line = tuple[str, str, str]  # language tag, mark, text


def _read(tag: str) -> list[Line]:
    lines = (CORPUS / f"{tag}.txt").read_text(encoding="utf-8").splitlines()
    return [(tag, mark, text) for mark, _, text in (one.partition(" ") for one in lines) if text]


ALL = [one for tag in TAGS for one in _read(tag)]


def marked(*marks: str) -> list[Line]:
    return [one for one in ALL if one[1] in marks]


def topics(tag: str) -> dict[str, tuple[str, ...]]:
    """The names that the lines use for a topic, and one topic more."""
    return {
        "recipes": tuple(text for one, _, text in marked("=") if one == tag),
        "offers": ("Angebote", "Offers"),
    }


TOPICS = {tag: topics(tag) for tag in TAGS}


def heard(line: Line) -> Command | None:
    """The command in a line, by somebody of whom we know no language."""
    return understand(line[2], TOPICS[line[0]])


def leaves(text: str, tag: str) -> bool:
    command = understand(text, TOPICS[tag])
    return command is not None and command.kind in LEAVING


def ids(lines: list[Line]) -> list[str]:
    return [f"{tag} {text}" for tag, _, text in lines]


def each(*marks: str) -> pytest.MarkDecorator:
    lines = marked(*marks)
    return pytest.mark.parametrize("line", lines, ids=ids(lines))


def test_every_language_has_its_lines() -> None:
    assert set(TAGS) == EUROPE | BEYOND


@pytest.mark.parametrize("tag", TAGS)
def test_a_language_has_enough_lines_both_ways(tag: str) -> None:
    least = 30 if tag in IN_FULL else 10
    for mark in "+-":
        assert len({text for _, mine, text in _read(tag) if mine == mark}) >= least
    assert {"=", "?", "all", "topic", "start", "yes", "no", "info", "data", "pause", "delete", "help"} <= {
        mark for _, mark, _ in _read(tag)
    }


@each("+")
def test_a_wish_to_leave_is_understood(line: Line) -> None:
    assert heard(line) == Command(CommandKind.STOP)


@each("-")
def test_other_messages_make_nobody_leave_and_nobody_is_asked(line: Line) -> None:
    command = heard(line)
    assert command is None or command.kind not in (*LEAVING, CommandKind.UNSURE)


@pytest.mark.parametrize("language", TAGS)
def test_no_persons_language_makes_others_lines_a_wish_to_leave(language: str) -> None:
    """But for the words that mean it in that language only, which are what the language is asked for."""
    known = {text for _, _, text in marked("home-stop")}
    gone = [
        text
        for tag, _, text in marked("-")
        if text not in known and (found := understand(text, TOPICS[tag], language)) and found.kind in LEAVING
    ]
    assert gone == []


@each("?")
def test_what_may_be_meant_to_leave_is_told_apart(line: Line) -> None:
    command = heard(line)
    assert command is not None
    assert command.kind is CommandKind.UNSURE


@each("all")
def test_everything_means_service_messages_as_well(line: Line) -> None:
    assert heard(line) == Command(CommandKind.STOP_ALL)


@each("topic")
def test_a_topic_is_left_by_its_name(line: Line) -> None:
    assert heard(line) == Command(CommandKind.STOP, "recipes")


@each("start", "yes", "no", "info", "help", "pause", "data", "delete")
def test_the_other_commands_are_understood(line: Line) -> None:
    assert heard(line) == Command(CommandKind(line[1]))


@each("home-stop", "home-yes")
def test_some_words_count_only_where_the_persons_language_is_known(line: Line) -> None:
    tag, mark, text = line
    kind = CommandKind(mark.removeprefix("home-"))
    assert understand(text, TOPICS[tag], tag) == Command(kind)
    assert understand(text, TOPICS[tag]) != Command(kind)


@pytest.mark.parametrize("tag", TAGS)
def test_topics_are_known_by_their_names_in_any_language(tag: str) -> None:
    every = {"recipes": tuple(text for _, _, text in marked("="))}
    for mine, _, name in marked("="):
        assert understand(f"STOP {name}", every) == Command(CommandKind.STOP, "recipes"), mine
    for _, _, text in (one for one in marked("topic") if one[0] == tag):
        assert understand(text, every) == Command(CommandKind.STOP, "recipes")


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def invisible(text: str) -> str:
    return "\u200b".join(text)


def accented(text: str) -> str:
    return "".join(f"{one}\u0301" if one.isascii() and one.isalpha() else one for one in text)


LOOK_ALIKE = str.maketrans("aeopcxyAEOPCTHKMB", "аеорсхуАЕОРСТНКМВ")
BACK = {new: old for old, new in LOOK_ALIKE.items()}


def confused(text: str) -> str:
    """Every second letter that has a twin in the other script."""
    twins = LOOK_ALIKE if any("a" <= one.lower() <= "z" for one in text) else BACK
    return "".join(one.translate(twins) if place % 2 else one for place, one in enumerate(text))


DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "full width": full_width,
    "invisible characters": invisible,
    "accents": accented,
    "emoji": lambda text: f"🛑 {text} 🙏🏽",
    "quotation marks": lambda text: f"„{text}“",
    "asterisks": lambda text: f"*{text}*",
    "spaces": lambda text: f"\n  {text}\u00a0\n",
    "look-alikes": confused,
}
MARKED = [tag for tag in TAGS if tag == "vi"]  # accents and look-alikes make other words of its words


def worn(tag: str, text: str) -> list[str]:
    """The disguises that a line may be in; STOP in capitals before whatever follows is only itself."""
    without = {"accents", "look-alikes"} if tag in MARKED else set()
    first, _, rest = text.partition(" ")
    without |= {"small letters", "capitals"} if rest and first.isupper() else set()
    return [one for one in DISGUISES if one not in without]


@pytest.mark.parametrize("tag", TAGS)
def test_no_disguise_changes_who_leaves(tag: str) -> None:
    for mine, mark, text in marked("+", "-", "all", "delete"):
        for disguise in worn(tag, text) if mine == tag else ():
            assert leaves(DISGUISES[disguise](text), tag) == (mark != "-"), f"{text} in {disguise}"


WORN_LINES = marked("+", "-", "all", "delete")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(WORN_LINES), st.data())
def test_several_disguises_at_once_change_nothing_either(line: Line, data: st.DataObject) -> None:
    tag, mark, text = line
    for one in data.draw(st.lists(st.sampled_from(worn(tag, text)), max_size=3, unique=True)):
        text = DISGUISES[one](text)
    assert leaves(text, tag) == (mark != "-")


SLIPS = ("abbestelen", "Abmeldne", "unsubcribe", "unsubscribd")  # one slip is forgiven, not more
UNDIVIDED = ("ja", "zh-Hans", "zh-Hant", "th")
WORDS = [
    one
    for one in marked("+")
    if one[2].isalpha() and len(one[2]) > 2 and one[0] not in UNDIVIDED and one[2] not in SLIPS
]


@pytest.mark.parametrize("line", WORDS, ids=ids(WORDS))
def test_one_word_is_understood_spaced_and_drawn_out(line: Line) -> None:
    tag, _, text = line
    assert leaves(" ".join(text), tag)
    assert leaves("-".join(text), tag)
    assert leaves(f"{text}{text[-1] * 4}", tag)
    assert leaves(f"{text} {text} {text}", tag)


NEUTRAL = ("Danke, bis morgen", "See you at the bakery", "À demain", "Завтра увидимся", "明日行きます")


@pytest.mark.parametrize("neutral", NEUTRAL)
def test_a_neutral_sentence_makes_nobody_leave(neutral: str) -> None:
    for tag, _, text in marked("-"):
        assert not leaves(f"{text}\n{neutral}.", tag), text
        assert not leaves(f"{neutral}. {text}", tag), text


@pytest.mark.parametrize(
    "text",
    [
        "stop " * 800,
        "STOP, " * 700,
        "Stop. " * 700,
        "nicht " * 700,
        "a b " * 1000,
        "退订" * 2000,
        "不" * 4000,
        "หยุด" * 1000,
        "ст" * 2000,
        "ne pas " * 600,
        "S\u0336" * 2000,
        "\u202e" + "pots" * 1000,
        "?" * 4000,
        "unsubscribe" * 400,
        "ﷺ" * 4000,
        "من فضلك " * 500,
        "(" * 2000 + ")" * 2000,
        "keine nachrichten mehr bitte " * 140,
        "".join(chr(0x4E00 + place % 5000) for place in range(4000)),
    ],
)
def test_no_message_takes_long(text: str) -> None:
    understand(text, TOPICS["de"])
    rounds = []
    for _ in range(3):
        began = time.process_time()
        understand(text, TOPICS["de"])
        rounds.append(time.process_time() - began)
    assert min(rounds) < 0.020


SMALL = sorted({one for many in words.SMALL.values() for one in many} | {words.EVERYWHERE})


@pytest.mark.parametrize("language", SMALL)
def test_a_small_vocabulary_says_its_language_and_when_it_was_checked(language: str) -> None:
    phrases = import_module(f"rundruf.core.words.{language}").PHRASES
    assert phrases.language == language
    assert phrases.checked >= "2026-11-23"


@pytest.mark.parametrize("language", SMALL)
def test_a_small_vocabulary_lists_no_phrase_twice(language: str) -> None:
    for name, field in import_module(f"rundruf.core.words.{language}").PHRASES._asdict().items():
        if isinstance(field, str) and name not in ("language", "checked", "article"):
            listed = [" ".join(one.split()) for one in field.split(",") if one.strip()]
            assert sorted(listed) == sorted(set(listed)), name


def test_every_vocabulary_has_its_corpus() -> None:
    assert {one.partition("-")[0] for one in TAGS} == {*SMALL, *words.LANGUAGES} - {words.EVERYWHERE}
