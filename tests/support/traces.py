"""What is left of a person in a table: every item that names them, and how."""

from typing import Any

# Where a contact's number (a keyed hash) may be named after an erasure; docs/rights.md says why.
DOCUMENTED = ("suppressed#", "listed#", "b#", "idempotency", "given#", "audit#")


def traces(items: list[dict[str, Any]], contact: str, *secrets: str) -> list[tuple[str, str]]:
    """(what, place) for each item that holds one of the secrets (user id, name …) anywhere, or the contact's
    number where it may not be."""
    found = []
    for item in items:
        place = f"{item['pk']['S']}|{item['sk']['S']}"
        text = str(item)
        found += [(secret, place) for secret in secrets if secret in text]
        if contact in text and not place.startswith(DOCUMENTED):
            found.append(("contact", place))
    return found
