"""What a phone shows of LINE's message objects."""

from dataclasses import dataclass, field

from sandbox.line import requests as wire
from sandbox.line import values
from sandbox.line.flex import FlexImage, actions, parts, words
from sandbox.world import Key


@dataclass(slots=True)
class Shown:
    """One bubble to be; ``urls``: what can be opened in it."""

    kind: str
    text: str = ""
    picture: str = ""
    keys: list[Key] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        return [key.url for key in self.keys if key.url]


def shown(message: wire.Message) -> Shown:
    """One message object as a bubble; quick replies are buttons, too."""
    one = _body(message)
    if message.quick_reply is not None:
        one.keys += [_key(item.action) for item in message.quick_reply.items]
    return one


def _body(message: wire.Message) -> Shown:
    match message:
        case wire.TextMessage() | wire.TextV2Message():
            return Shown("text", message.text)
        case wire.ImageMessage():
            return Shown("image", picture=message.original_content_url)
        case wire.VideoMessage():
            return Shown("video", message.original_content_url)
        case wire.AudioMessage():
            return Shown("audio", message.original_content_url)
        case wire.LocationMessage():
            return Shown("location", f"{message.title}\n{message.address}")
        case wire.StickerMessage():
            return Shown("sticker", f"[{message.package_id}/{message.sticker_id}]")
        case wire.TemplateMessage():
            return _template(message.template)
        case wire.FlexMessage():
            pictures = [part.url for part in parts(message.contents) if isinstance(part, FlexImage)]
            keys = [_key(action) for action in actions(message.contents)]
            picture = pictures[0] if pictures else ""
            return Shown("buttons" if keys else "text", words(message.contents), picture, keys)
        case wire.ImagemapMessage():
            return Shown("image", message.alt_text, message.base_url)
        case wire.CouponMessage():
            return Shown("coupon", f"[{message.coupon_id}]")
        case _:
            raise TypeError(type(message).__name__)


def _template(template: wire.Template) -> Shown:
    match template:
        case wire.ButtonsTemplate():
            return _card(template, [_key(action) for action in template.actions])
        case wire.ConfirmTemplate():
            return Shown("buttons", template.text, keys=[_key(action) for action in template.actions])
        case wire.CarouselTemplate():
            cards = [
                _card(column, [_key(action) for action in column.actions]) for column in template.columns
            ]
            picture = next((card.picture for card in cards if card.picture), "")
            keys = [key for card in cards for key in card.keys]
            return Shown("buttons", "\n\n".join(card.text for card in cards), picture, keys)
        case wire.ImageCarouselTemplate():
            keys = [_key(column.action) for column in template.columns]
            return Shown("buttons", "", template.columns[0].image_url, keys)


def _card(card: wire.ButtonsTemplate | wire.Column, keys: list[Key]) -> Shown:
    text = f"{card.title}\n{card.text}" if card.title else card.text
    return Shown("buttons", text, card.thumbnail_image_url or "", keys)


def _key(action: values.Action) -> Key:
    """A button; ``kind`` is the action's type and, after a blank, what the chat shows when it is tapped."""
    label = action.label or ""
    match action:
        case values.PostbackAction():
            said = action.display_text or action.text or ""
            return Key(label, action.data, kind=f"postback {said}".strip())
        case values.MessageAction():
            return Key(label or action.text, action.text, kind="message")
        case values.UriAction():
            return Key(label or action.uri, url=action.uri, kind="uri")
        case values.DatetimeAction():
            return Key(label, action.data, kind=f"datetimepicker {action.mode}")
        case values.ClipboardAction():
            return Key(label, action.clipboard_text, kind="clipboard")
        case values.QuickAction():
            return Key(label, action.type, kind=action.type)
        case _:
            raise TypeError(type(action).__name__)
