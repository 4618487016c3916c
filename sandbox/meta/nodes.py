"""What the Graph API shows of an object, by field."""

from typing import Any

from sandbox.meta.errors import invalid
from sandbox.world import Person


def chosen(node: dict[str, Any], names: str, kind: str, usual: tuple[str, ...] = ("id",)) -> dict[str, Any]:
    """The wanted fields and always the id; raises Refused for one that does not exist."""
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(usual)
    for name in wanted:
        if name not in node:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type ({kind})")
    return {name: node[name] for name in dict.fromkeys([*wanted, "id"])}


def person_fields(person: Person, *, instagram: bool) -> dict[str, Any]:
    """What a business may see of a person who has written to it."""
    first, _, last = person.name.partition(" ")
    if instagram:
        handle = person.name.lower().replace(" ", ".")
        return {"id": person.user, "name": person.name, "username": handle, "is_user_follow_business": True}
    return {
        "id": person.user,
        "name": person.name,
        "first_name": first,
        "last_name": last,
        "locale": f"{person.language}_{person.language.upper()}",
    }
