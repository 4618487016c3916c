"""Colours that stay readable, whatever colour a brand has (WCAG 2.2 contrast)."""

import re
from dataclasses import dataclass

READABLE = 4.5  # contrast of text, level AA
VISIBLE = 3.0  # contrast of the edge of a control, level AA
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green and blue from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def of(cls, text: str) -> "Colour":
        """From ``#rrggbb`` or ``#rgb``; raises ValueError for anything else."""
        digits = text.strip().removeprefix("#")
        if not re.fullmatch("[0-9a-fA-F]{3}|[0-9a-fA-F]{6}", digits):
            raise ValueError(f"{text!r} is not a colour like #a1b2c3")
        if len(digits) == len("rgb"):
            digits = "".join(2 * one for one in digits)
        return cls(*bytes.fromhex(digits))

    @property
    def hex(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def contrast(self, other: "Colour") -> float:
        """From 1 (the same) to 21 (black and white)."""
        darker, lighter = sorted((self._luminance(), other._luminance()))
        return (lighter + 0.05) / (darker + 0.05)

    def text(self) -> "Colour":
        """White where it can be read on this colour, else black."""
        return WHITE if self.contrast(WHITE) >= READABLE else BLACK

    def against(self, ground: "Colour", contrast: float) -> "Colour":
        """This colour, as little darker or lighter as it must be to have the contrast on the ground."""
        end = ground.text()
        for step in range(_STEPS + 1):
            mixed = self._mixed(end, step / _STEPS)
            if mixed.contrast(ground) >= contrast:
                return mixed
        return end

    def _mixed(self, other: "Colour", part: float) -> "Colour":
        pairs = zip((self.red, self.green, self.blue), (other.red, other.green, other.blue), strict=True)
        return Colour(*(round(mine + (theirs - mine) * part) for mine, theirs in pairs))

    def _luminance(self) -> float:
        red, green, blue = (_linear(one / 255) for one in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


WHITE = Colour(255, 255, 255)
BLACK = Colour(0, 0, 0)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
