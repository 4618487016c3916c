"""What Meta tells a page or an Instagram account: people's messages, echoes, receipts."""

from typing import Any

from sandbox.times import now_ms

Event = dict[str, Any]
SPLIT_FROM = 4


def event(sender: str, recipient: str, key: str, content: Any, at_ms: int = 0) -> Event:
    """One item of ``messaging``; ``at_ms`` is when it happened, 0 for now."""
    return {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": at_ms or now_ms(),
        key: content,
    }


def envelope(product: str, own_id: str, events: list[Event]) -> dict[str, Any]:
    """One notification; from four events on in two entries, as Meta may put several into one body."""
    middle = len(events) // 2 if len(events) >= SPLIT_FROM else 0
    parts = [part for part in (events[:middle], events[middle:]) if part]
    entries = [{"time": now_ms(), "id": own_id, "messaging": part} for part in parts]
    return {"object": product, "entry": entries}


def referral(ref: str, source: str) -> dict[str, str]:
    """What an entry link brought."""
    return {"ref": ref, "source": source, "type": "OPEN_THREAD"}
