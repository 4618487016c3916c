"""Lengths and addresses as LINE counts and takes them, and the actions behind buttons."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Tag
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

URL_LIMIT = 2000
URI_LIMIT = 1000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Part(BaseModel):
    """The fake is strict where LINE may be lenient: an unknown property is most likely a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel)


def units(text: str) -> int:
    """UTF-16 code units, in which LINE counts texts (reference, "character counting", 2026-08-07)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clusters(text: str) -> int:
    """Grapheme clusters, in which LINE counts labels and the texts of actions and templates."""
    return len(regex.findall(r"\X", text))


def length(low: int, high: int, count: Callable[[str], int] = units) -> AfterValidator:
    """A text of so many code units (or of what ``count`` counts)."""

    def fits(text: str) -> str:
        size = count(text)
        if low and not size:
            raise PydanticCustomError("line_empty", "May not be empty")
        if not low <= size <= high:
            raise PydanticCustomError("line_length", f"Length must be between {low} and {high}")
        return text

    return AfterValidator(fits)


def size(low: int, high: int) -> AfterValidator:
    """A list of so many items."""

    def fits(items: tuple[Any, ...]) -> tuple[Any, ...]:
        if not low <= len(items) <= high:
            raise PydanticCustomError("line_size", f"Size must be between {low} and {high}")
        return items

    return AfterValidator(fits)


def address(schemes: frozenset[str], limit: int) -> AfterValidator:
    """A URL of one of the schemes, percent-encoded."""

    def fits(url: str) -> str:
        if not 1 <= len(url) <= limit:
            raise PydanticCustomError("line_length", f"Length must be between 1 and {limit}")
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            raise PydanticCustomError("line_uri", "invalid uri") from None
        web = parts.scheme in ("http", "https")
        if not url.isascii() or any(sign <= " " for sign in url) or (web and not host):
            raise PydanticCustomError("line_uri", "invalid uri")
        # Everything of the local run is on loopback and has no certificate.
        if parts.scheme not in schemes and not (web and host in LOOPBACK):
            raise PydanticCustomError("line_scheme", "invalid uri scheme")
        return url

    return AfterValidator(fits)


Media = Annotated[str, address(frozenset({"https"}), URL_LIMIT)]
Uri = Annotated[str, address(frozenset({"http", "https", "line", "tel"}), URI_LIMIT)]
Data = Annotated[str, length(1, 300)]


class Action(Part):
    """What happens on a tap; how long the label may be is said where the action stands."""

    label: str | None = None


class PostbackAction(Action):
    type: Literal["postback"]
    data: Data
    display_text: Annotated[str, length(0, 300, clusters)] | None = None
    text: Annotated[str, length(0, 300, clusters)] | None = None
    input_option: Literal["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"] | None = None
    fill_in_text: str | None = None


class MessageAction(Action):
    type: Literal["message"]
    text: Annotated[str, length(1, 300, clusters)]


class AltUri(Part):
    desktop: Uri


class UriAction(Action):
    type: Literal["uri"]
    uri: Uri
    alt_uri: AltUri | None = None


class DatetimeAction(Action):
    type: Literal["datetimepicker"]
    data: Data
    mode: Literal["date", "time", "datetime"]
    initial: str | None = None
    max: str | None = None
    min: str | None = None


class ClipboardAction(Action):
    type: Literal["clipboard"]
    clipboard_text: Annotated[str, length(1, 1000)]


class QuickAction(Action):
    """Only as a quick reply."""

    type: Literal["camera", "cameraRoll", "location"]


def tag(value: Any) -> str:
    """The type of a message, an action … as a mark that never stands in a property's name."""
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"<{kind}>"


AnyAction = Annotated[
    Annotated[PostbackAction, Tag("<postback>")]
    | Annotated[MessageAction, Tag("<message>")]
    | Annotated[UriAction, Tag("<uri>")]
    | Annotated[DatetimeAction, Tag("<datetimepicker>")]
    | Annotated[ClipboardAction, Tag("<clipboard>")]
    | Annotated[QuickAction, Tag("<camera>")]
    | Annotated[QuickAction, Tag("<cameraRoll>")]
    | Annotated[QuickAction, Tag("<location>")],
    Discriminator(tag),
]


def label(limit: int, *, quick: bool = False, needed: bool = True) -> AfterValidator:
    """An action's label has at most so many grapheme clusters; ``quick``: it stands as a quick reply."""

    def fits(action: Action) -> Action:
        if isinstance(action, QuickAction) and not quick:
            raise PydanticCustomError("line_quick", "This action is only available as a quick reply")
        if needed and not action.label:
            raise PydanticCustomError("line_label", "May not be empty")
        if clusters(action.label or "") > limit:
            raise PydanticCustomError("line_label", f"Length must be between 0 and {limit}")
        return action

    return AfterValidator(fits)


TemplateAction = Annotated[AnyAction, label(20)]
PlainAction = Annotated[AnyAction, label(40, needed=False)]
