"""Flex messages: the boxes LINE draws, with the properties of its specification of 2026-07-01."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Tag, model_validator
from pydantic_core import PydanticCustomError

from sandbox.line.values import Action, AnyAction, Media, Part, PlainAction, label, size, tag

BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
BUBBLES = 12


class Placed(Part):
    flex: int | None = None
    margin: str | None = None
    position: Literal["relative", "absolute"] | None = None
    offset_top: str | None = None
    offset_bottom: str | None = None
    offset_start: str | None = None
    offset_end: str | None = None


class FlexText(Placed):
    type: Literal["text"]
    text: str | None = None
    contents: tuple["FlexSpan", ...] = ()
    action: PlainAction | None = None
    adjust_mode: Literal["shrink-to-fit"] | None = None
    align: str | None = None
    color: str | None = None
    decoration: str | None = None
    gravity: str | None = None
    line_spacing: str | None = None
    max_lines: int | None = None
    scaling: bool | None = None
    size: str | None = None
    style: str | None = None
    weight: str | None = None
    wrap: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "FlexText":
        if not self.text and not self.contents:
            raise PydanticCustomError("line_text", "must specify the text or the contents")
        return self


class FlexSpan(Part):
    type: Literal["span"]
    text: str | None = None
    color: str | None = None
    decoration: str | None = None
    size: str | None = None
    style: str | None = None
    weight: str | None = None


class FlexButton(Placed):
    type: Literal["button"]
    action: Annotated[AnyAction, label(40)]
    adjust_mode: Literal["shrink-to-fit"] | None = None
    color: str | None = None
    gravity: str | None = None
    height: Literal["sm", "md"] | None = None
    scaling: bool | None = None
    style: Literal["primary", "secondary", "link"] | None = None


class FlexImage(Placed):
    type: Literal["image"]
    url: Media
    action: PlainAction | None = None
    align: str | None = None
    animated: bool | None = None
    aspect_mode: Literal["cover", "fit"] | None = None
    aspect_ratio: str | None = None
    background_color: str | None = None
    gravity: str | None = None
    size: str | None = None


class FlexIcon(Placed):
    type: Literal["icon"]
    url: Media
    aspect_ratio: str | None = None
    scaling: bool | None = None
    size: str | None = None


class FlexVideo(Part):
    type: Literal["video"]
    url: Media
    preview_url: Media
    alt_content: "Component"
    action: PlainAction | None = None
    aspect_ratio: str | None = None


class FlexSeparator(Part):
    type: Literal["separator"]
    color: str | None = None
    margin: str | None = None


class FlexFiller(Part):
    type: Literal["filler"]
    flex: int | None = None


class FlexBox(Placed):
    type: Literal["box"]
    layout: Literal["horizontal", "vertical", "baseline"]
    contents: tuple["Component", ...]
    action: PlainAction | None = None
    align_items: str | None = None
    background: dict[str, Any] | None = None
    background_color: str | None = None
    border_color: str | None = None
    border_width: str | None = None
    corner_radius: str | None = None
    height: str | None = None
    justify_content: str | None = None
    max_height: str | None = None
    max_width: str | None = None
    padding_all: str | None = None
    padding_bottom: str | None = None
    padding_end: str | None = None
    padding_start: str | None = None
    padding_top: str | None = None
    spacing: str | None = None
    width: str | None = None


Component = Annotated[
    Annotated[FlexBox, Tag("<box>")]
    | Annotated[FlexText, Tag("<text>")]
    | Annotated[FlexButton, Tag("<button>")]
    | Annotated[FlexImage, Tag("<image>")]
    | Annotated[FlexIcon, Tag("<icon>")]
    | Annotated[FlexVideo, Tag("<video>")]
    | Annotated[FlexSeparator, Tag("<separator>")]
    | Annotated[FlexFiller, Tag("<filler>")]
    | Annotated[FlexSpan, Tag("<span>")],
    Discriminator(tag),
]


class Bubble(Part):
    type: Literal["bubble"]
    size: Literal["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"] | None = None
    direction: Literal["ltr", "rtl"] | None = None
    header: FlexBox | None = None
    hero: Component | None = None
    body: FlexBox | None = None
    footer: FlexBox | None = None
    styles: dict[str, dict[str, Any]] | None = None
    action: PlainAction | None = None


class Carousel(Part):
    type: Literal["carousel"]
    contents: Annotated[tuple[Bubble, ...], size(1, BUBBLES)]


def _size(container: Bubble | Carousel) -> Bubble | Carousel:
    limit = BUBBLE_BYTES if isinstance(container, Bubble) else CAROUSEL_BYTES
    whole = container.model_dump(by_alias=True, exclude_none=True)
    if len(json.dumps(whole, ensure_ascii=False).encode()) > limit:
        raise PydanticCustomError("line_flex", f"must be at most {limit} bytes of JSON")
    return container


Container = Annotated[
    Annotated[Bubble, Tag("<bubble>")] | Annotated[Carousel, Tag("<carousel>")],
    Discriminator(tag),
    AfterValidator(_size),
]


def parts(container: Bubble | Carousel) -> Iterator[Any]:
    """Every component, outer ones first, in the order in which they are shown."""
    bubbles = container.contents if isinstance(container, Carousel) else (container,)
    for bubble in bubbles:
        for block in (bubble.header, bubble.hero, bubble.body, bubble.footer):
            if block is not None:
                yield from _inside(block)


def _inside(component: Any) -> Iterator[Any]:
    yield component
    if isinstance(component, FlexBox):
        for one in component.contents:
            yield from _inside(one)


def words(container: Bubble | Carousel) -> str:
    """The texts of a flex message, one a line."""
    texts = (
        part.text or "".join(span.text or "" for span in part.contents)
        for part in parts(container)
        if isinstance(part, FlexText)
    )
    return "\n".join(text for text in texts if text)


def actions(container: Bubble | Carousel) -> list[Action]:
    """The actions that look like a button or have a label."""
    found = (getattr(part, "action", None) for part in parts(container))
    return [one for one in found if one is not None and one.label]


FlexText.model_rebuild()
FlexVideo.model_rebuild()
FlexBox.model_rebuild()
Bubble.model_rebuild()
Carousel.model_rebuild()
