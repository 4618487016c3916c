"""Every messenger's colours can be read, in the light and in the dark scheme, and its words are complete."""

import pytest

from sandbox.kind import Kind, Shades
from sandbox.registry import kinds

READABLE = 4.5  # WCAG 2.2, 1.4.3: text and its ground
SEEN = 3.0  # WCAG 2.2, 1.4.11: signs

EACH = pytest.mark.parametrize("kind", kinds().values(), ids=kinds())


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) in (3, 4):
        digits = "".join(one * 2 for one in digits)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def grounds(shades: Shades, keys: str) -> dict[str, tuple[str, str, float]]:
    key_ground = shades.theirs if keys == "inside" else shades.key_ground or shades.theirs
    return {
        "head": (shades.on_brand, shades.brand, READABLE),
        "theirs": (shades.text, shades.theirs, READABLE),
        "mine": (shades.on_mine or shades.text, shades.mine, READABLE),
        "time": (shades.meta, shades.theirs, READABLE),
        "time of mine": (shades.meta_mine or shades.meta, shades.mine, READABLE),
        "button": (shades.key, key_ground, READABLE),
        "day": (shades.on_day or shades.text, shades.day, READABLE),
        "input": (shades.text, shades.input, READABLE),
        "send": ("#fff", shades.send or shades.brand, SEEN),
        "tick": (shades.tick, shades.mine, SEEN),
    }


@EACH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(kind: Kind, scheme: str) -> None:
    shades: Shades = getattr(kind.look, scheme)
    hard = {
        name: round(contrast(text, ground), 2)
        for name, (text, ground, least) in grounds(shades, kind.look.keys).items()
        if contrast(text, ground) < least
    }
    assert hard == {}


@EACH
def test_words_are_there_in_both_languages(kind: Kind) -> None:
    assert kind.words.get("de", {}).keys() == kind.words.get("en", {}).keys()
    names = [deed.name for deed in kind.phone.deeds]
    assert len(set(names)) == len(names)
    assert all(deed.de and deed.en for deed in kind.phone.deeds)


def test_no_two_messengers_have_one_hue() -> None:
    hues = [kind.look.hue.lower() for kind in kinds().values()]
    assert len(set(hues)) == len(hues)
