"""In what Messenger and Instagram differ."""

from dataclasses import dataclass

from sandbox.kind import Deed

HOUR = 3600
PAGE_FIELDS = frozenset(
    {
        "messages",
        "messaging_postbacks",
        "messaging_optins",
        "messaging_optouts",
        "messaging_referrals",
        "messaging_policy_enforcement",
        "messaging_handovers",
        "messaging_account_linking",
        "messaging_feedback",
        "message_deliveries",
        "message_reads",
        "message_echoes",
        "message_edits",
        "message_reactions",
        "message_template_status_update",
        "standby",
        "feed",
    }
)
INSTAGRAM_FIELDS = frozenset(
    {
        "messages",
        "messaging_postbacks",
        "messaging_optins",
        "messaging_referral",
        "messaging_seen",
        "messaging_handover",
        "message_edit",
        "message_reactions",
        "standby",
        "comments",
        "live_comments",
        "mentions",
    }
)


@dataclass(frozen=True, slots=True)
class Flavour:
    """``hosts`` are those of entry links; ``fields`` what can be subscribed, ``referral`` and ``echo`` among
    them; ``window`` the subcode of a message outside the window."""

    name: str
    product: str
    node: str
    hosts: frozenset[str]
    source: str
    fields: frozenset[str]
    referral: str
    echo: str
    window: int
    files: frozenset[str]
    deeds: tuple[Deed, ...]

    @property
    def instagram(self) -> bool:
        return self.product == "instagram"


REACT = Deed("react", "Mit ❤️ reagieren", "React with ❤️", icon="smile", of="theirs")
MESSENGER = Flavour(
    name="messenger",
    product="page",
    node="Page",
    hosts=frozenset({"m.me", "www.m.me"}),
    source="SHORTLINK",
    fields=PAGE_FIELDS,
    referral="messaging_referrals",
    echo="message_echoes",
    window=2018278,
    files=frozenset({"image", "video", "audio", "file"}),
    deeds=(Deed("like", "👍 senden", "Send 👍", icon="smile"), REACT),
)
INSTAGRAM = Flavour(
    name="instagram",
    product="instagram",
    node="IGUser",
    hosts=frozenset({"ig.me", "www.ig.me"}),
    source="SHORTLINKS",
    fields=INSTAGRAM_FIELDS,
    referral="messaging_referral",
    echo="messages",
    window=2534022,
    files=frozenset({"image", "video", "audio"}),
    deeds=(
        Deed("icebreaker", "Vorgeschlagene Frage antippen", "Tap the suggested question", icon="reply"),
        Deed("like", "❤️ senden", "Send ❤️", icon="smile"),
        REACT,
        Deed("unsend", "Zurückziehen", "Unsend", icon="trash", of="mine"),
    ),
)
