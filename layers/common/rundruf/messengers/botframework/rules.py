"""What Teams and Skype permit: two data sheets for one protocol."""

from dataclasses import dataclass, replace
from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

MEDIA_LIMIT = 10  # files of one message; the vendor tells no number, this one is ours
CARD_BUTTONS = 3  # of one hero card (channel table of the Bot Framework's documentation, 2024-10)

_TEAMS = Rules(
    # Advertising and bulk messages are forbidden there; the rates are on
    # https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit, as of the same day.
    source="https://learn.microsoft.com/azure/bot-service/bot-service-review-guidelines",
    checked=date(2026, 11, 22),
    advertising=Advertising.NEVER,
    business_may_open=False,
    window_hours=None,
    templates=False,
    # A whole message may have about 100 KB in UTF-16, older pages say 28 or 40: with 56 KB of text there is
    # room for cards and addresses.
    text_limit=28_000,
    counted=Counted.UTF16,
    caption_limit=28_000,  # text and files are one message
    media=frozenset(MediaKind),  # audio, video and files as a card with a link, which is what it has for them
    buttons=CARD_BUTTONS,
    button_label_limit=50,  # no limit is told; Teams cuts longer ones
    button_payload_bytes=256,  # no limit is told; ours
    link_buttons=CARD_BUTTONS,
    rate=30.0,  # of one app in one tenant; newer pages say 50
    receipts=frozenset(),
    block_signal=True,
    parts=4,
    typed_code=True,
    note="Advertising is forbidden. Before the app may write, it is installed by the person or for them.",
)

_SKYPE = replace(
    _TEAMS,
    source="https://learn.microsoft.com/azure/bot-service/bot-service-channel-connect-skype",
    text_limit=8_000,  # no limit is told; ours
    caption_limit=8_000,
    rate=10.0,  # no rate is told; ours
    retired=date(2025, 5, 5),
    note="Skype for people was shut down on 2025-05-05. Advertising was forbidden to bots.",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What differs between the channels of the Bot Framework.

    ``channel`` is the channel's id on the wire, ``service`` where its conversations are when none told;
    ``attached`` are the kinds of files that the channel shows, all others leave as links; ``tap`` is the
    sort of button that answers; ``direct`` says that the conversation with one person has that person's id;
    ``link`` opens the chat with the bot whose app id is put in.
    """

    title: str
    channel: str
    rules: Rules
    service: str
    attached: frozenset[MediaKind]
    tap: str
    direct: bool
    link: str


TEAMS = Sheet(
    title="Microsoft Teams",
    channel="msteams",
    rules=_TEAMS,
    service="https://smba.trafficmanager.net/teams",
    attached=frozenset({MediaKind.IMAGE}),
    tap="messageBack",
    direct=False,
    link="https://teams.microsoft.com/l/chat/0/0?users=28:{}",
)

SKYPE = Sheet(
    title="Skype",
    channel="skype",
    rules=_SKYPE,
    service="https://smba.trafficmanager.net/apis",
    attached=frozenset({MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.VIDEO}),
    tap="postBack",
    direct=True,
    link="https://join.skype.com/bot/{}?add",
)
