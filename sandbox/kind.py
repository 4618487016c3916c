"""What a fake tells of itself: its accounts' settings, what a phone can do there, and how it looks."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from sandbox.fake import Fake, Stage

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Icon = Literal[
    "block", "mute", "link", "reply", "picture", "plus", "out", "clock", "trash", "smile", "pin", "voice"
]


class Model(BaseModel):
    """A piece of the configuration: unknown fields are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(Model):
    """A business's account on one messenger; ``rate`` is in messages a second.

    ``CREDENTIALS`` names the fields that a client of this account needs, as the messenger's console does.
    """

    CREDENTIALS: ClassVar[tuple[str, ...]] = ()

    account: Name = "main"
    title: str = ""
    rate: float = Field(default=30, gt=0)

    def credentials(self) -> dict[str, str]:
        """The credentials for a client; those that are not set are left out."""
        return {name: str(value) for name in self.CREDENTIALS if (value := getattr(self, name))}

    @property
    def address(self) -> str:
        """By which people find the account: a number, a user name; entry links are built from it."""
        return self.account

    @property
    def shown(self) -> str:
        """The address as a phone shows it."""
        return self.address


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that only people of this messenger do: ``name`` for programs, its label in both languages.

    ``of`` says what it is done to: the whole chat, or a message of one's own or of the business.
    """

    name: str
    de: str
    en: str
    icon: Icon = "plus"
    of: Literal["chat", "mine", "theirs"] = "chat"


@dataclass(frozen=True, slots=True)
class Phone:
    """What a phone can do; the page offers nothing else.

    ``start``: a chat must be opened before one can write in it. ``hide``: a person may hide the number.
    """

    text: bool = True
    picture: bool = True
    block: bool = True
    marketing: bool = False
    start: bool = False
    hide: bool = False
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class Shades:
    """Colours of one scheme, as CSS; ``key`` is a button's text, ``key_ground`` its ground.

    What is "" here follows from others: texts on ``mine`` and ``day`` from ``text``, ``send`` from ``brand``,
    ``key_ground`` from ``theirs``.
    """

    brand: str
    wall: str
    mine: str
    on_brand: str = "#fff"
    wall_dot: str = "transparent"
    theirs: str = "#fff"
    text: str = "#111b21"
    meta: str = "#5f6b73"
    on_mine: str = ""
    meta_mine: str = ""
    tick: str = "#1b6fa8"
    key: str = "#0b57a4"
    key_ground: str = ""
    bar: str = "#f0f2f5"
    input: str = "#fff"
    day: str = "#ffffffe6"
    on_day: str = ""
    send: str = ""


def dark(brand: str, mine: str, wall: str = "#121416", **more: str) -> Shades:
    """The dark scheme: dark grounds, light text, where nothing else is said."""
    usual = {
        "on_brand": "#f1f1f1",
        "theirs": "#26292d",
        "text": "#eef0f2",
        "meta": "#a5afb8",
        "tick": "#8cc8ff",
        "key": "#9ccbff",
        "bar": "#1b1e21",
        "input": "#2b2f34",
        "day": "#2a2e33e6",
    }
    return Shades(brand=brand, mine=mine, wall=wall, **(usual | more))


@dataclass(frozen=True, slots=True)
class Look:
    """``hue`` marks the messenger in figures; ``keys``: buttons inside the bubble or standing below it."""

    hue: str
    light: Shades
    dark: Shades
    keys: Literal["inside", "below"] = "inside"
    corner: Literal["top", "bottom", "round"] = "top"


Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A messenger of the sandbox: the one thing that its folder exports.

    ``name`` stands in addresses and programs, ``title`` is shown; ``make(accounts, stage)`` gives the fake.
    ``words`` replace texts of the page (page/texts.json) for this messenger: {"de": {"block": …}, "en": {…}}.
    """

    name: str
    title: str
    account_model: type[Account]
    make: "Callable[[tuple[Any, ...], Stage], Fake]"
    look: Look
    phone: Phone = field(default_factory=Phone)
    words: Words = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """What the page is told; colours go into its style sheet."""
        look = {"keys": self.look.keys, "corner": self.look.corner}
        return {
            "name": self.name,
            "title": self.title,
            "phone": asdict(self.phone),
            "words": {language: dict(words) for language, words in self.words.items()},
            **look,
        }

    def style(self) -> str:
        """The messenger's colours as CSS, for both schemes."""
        light = f".{self.name} {{ --hue: {self.look.hue}; {_shades(self.look.light)} }}"
        night = f".{self.name} {{ {_shades(self.look.dark)} }}"
        return f"{light}\n@media (prefers-color-scheme: dark) {{ {night} }}"


def _shades(shades: Shades) -> str:
    values = {one.name: getattr(shades, one.name) for one in fields(shades)}
    values["on_mine"] = values["on_mine"] or shades.text
    values["meta_mine"] = values["meta_mine"] or shades.meta
    values["on_day"] = values["on_day"] or shades.text
    values["key_ground"] = values["key_ground"] or shades.theirs
    values["send"] = values["send"] or shades.brand
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in values.items())
