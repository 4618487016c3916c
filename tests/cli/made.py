"""Things of the suite as its API tells them, made up."""

from datetime import UTC, datetime
from typing import Any

from rundruf.api.models import (
    AccountOut,
    AudienceModel,
    BroadcastOut,
    ConsentOut,
    ContactOut,
    EntryOut,
    EntryPointOut,
    FiguresOut,
    LedgerOut,
    MessageModel,
    NewsletterOut,
)
from rundruf.core.consent import Action, Fact, WordingRef
from rundruf.core.ledger import EMPTY, Entry, Head, append, content, first_altered

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ANNA = "0123456789abcdef0123456789abcdef"
PHONE = "+491713920001"


def consent(**more: Any) -> ConsentOut:
    usual: dict[str, Any] = {
        "topics": ["recipes"],
        "asked": [],
        "service": True,
        "platform_stop": False,
        "granted_at": NOON,
        "stopped_at": None,
    }
    return ConsentOut(**{**usual, **more})


def entries() -> list[Entry]:
    """Asked, confirmed, and stopped."""
    at = int(NOON.timestamp() * 1000)
    wording = WordingRef("opt-in", "1", "de", "ab" * 32)
    facts = (
        Fact(Action.ASKED, at, ("recipes",), source="entry", reference="K7RW2", wording=wording),
        Fact(Action.CONFIRMED, at + 9_000, ("recipes",), source="keyword", message_ids=("m-1",)),
        Fact(Action.WITHDRAWN, at + 99_000, ("recipes",), everything=True, source="keyword"),
    )
    head, chain = EMPTY, []
    for fact in facts:
        chain.append(append(head, fact, "whatsapp", "main", fact.at + 50))
        head = Head(chain[-1].number, chain[-1].hash)
    return chain


def ledger(chain: list[Entry] | None = None, **more: Any) -> LedgerOut:
    """As the API tells it, with its own verdict."""
    chain = entries() if chain is None else chain
    altered = first_altered(chain)
    usual: dict[str, Any] = {
        "contact": ANNA,
        "entries": [EntryOut(entry=content(one), hash=one.hash) for one in chain],
        "intact": altered is None,
        "altered": altered,
        "head": chain[-1].hash if chain else EMPTY.hash,
        "consent": consent(),
    }
    return LedgerOut(**{**usual, **more})


def contact(**more: Any) -> ContactOut:
    usual: dict[str, Any] = {
        "id": ANNA,
        "messenger": "whatsapp",
        "account": "main",
        "user_id": PHONE,
        "name": "Anna",
        "language": "de",
        "zone": "Europe/Berlin",
        "tags": ["vegan"],
        "attributes": {"city": "Köln"},
        "consent": consent(),
        "joined": NOON,
        "seen": NOON,
        "unreachable": "",
        "ledger": ledger().entries,
    }
    return ContactOut(**{**usual, **more})


def account(**more: Any) -> AccountOut:
    usual: dict[str, Any] = {
        "id": "whatsapp/main",
        "messenger": "whatsapp",
        "account": "main",
        "address": PHONE,
        "base_url": "",
        "rate": 80.0,
        "credentials": ["access_token", "app_secret"],
        "webhook": "https://example.com/webhooks/whatsapp/main",
    }
    return AccountOut(**{**usual, **more})


def entry_point(**more: Any) -> EntryPointOut:
    usual: dict[str, Any] = {
        "id": "K7RW2",
        "code": "K7RW2",
        "name": "Till receipt",
        "messenger": "whatsapp",
        "account": "main",
        "topics": ["recipes"],
        "link": "https://wa.me/491713920000?text=K7RW2",
        "qr_svg": "https://example.com/v1/entry-points/K7RW2/qr.svg",
        "qr_png": "https://example.com/v1/entry-points/K7RW2/qr.png",
        "page_url": "https://example.com/j/K7RW2",
    }
    return EntryPointOut(**{**usual, **more})


def figures(**more: Any) -> FiguresOut:
    usual: dict[str, Any] = {
        "audience": 2000,
        "sent": 1180,
        "delivered": 1100,
        "read": 400,
        "failed": {"gone": 2, "bad": 1},
        "skipped": {"consent": 50, "cap": 7},
        "unknown": 0,
        "expired": 0,
        "pending": 760,
        "clicked": "not reported",
        "replied": 3,
        "left": 2,
    }
    return FiguresOut(**{**usual, **more})


def finished() -> FiguresOut:
    return figures(sent=1940, pending=0)


def broadcast(state: str = "sending", **more: Any) -> BroadcastOut:
    counted = finished() if state == "finished" else figures()
    usual: dict[str, Any] = {
        "id": "0c3k9f1aq8b7d2e1",
        "name": "Autumn recipes",
        "kind": "marketing",
        "topic": "recipes",
        "state": state,
        "reason": "",
        "created": NOON,
        "started": NOON,
        "finished": NOON if state == "finished" else None,
        "send_at": None,
        "expires_at": None,
        "newsletter": "",
        "audience": AudienceModel(),
        "message": MessageModel(text="Hello"),
        "chunks": 8,
        "chunks_done": 8 if state == "finished" else 5,
        "figures": counted,
        "by_messenger": {"telegram": figures(), "whatsapp": figures(delivered="not reported")},
    }
    return BroadcastOut(**{**usual, **more})


def newsletter(**more: Any) -> NewsletterOut:
    usual: dict[str, Any] = {
        "id": "0c3k9f1aq8b7d2e2",
        "name": "Monday",
        "topic": "recipes",
        "message": MessageModel(text="Hello"),
        "schedule": {"cron": "0 9 * * 1", "zone": "Europe/Berlin"},
        "paused": False,
        "next_at": NOON,
        "next": [NOON],
        "created": NOON,
    }
    return NewsletterOut(**{**usual, **more})
