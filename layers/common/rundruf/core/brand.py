"""How a business looks to people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """``name``, ``logo_url`` (https or http, else none is shown) and one ``colour`` such as ``#0a7d4f``."""

    name: str
    logo_url: str = ""
    colour: str = ""
