"""Microsoft's description of the connector: calls, answers and the activities of both directions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.specs import calls
from tests.specs.calls import Answered, Sent
from tests.specs.findings import Finding
from tests.specs.openapi import Spec, loaded

NAME = "botframework"
# What an entity holds depends on its type, which the file leaves to whoever sends it.
_OPENED = frozenset({"Entity"})
_CARDS = {
    f"application/vnd.microsoft.card.{word}": name
    for word, name in {
        "hero": "HeroCard",
        "thumbnail": "ThumbnailCard",
        "audio": "AudioCard",
        "video": "VideoCard",
        "animation": "AnimationCard",
        "receipt": "ReceiptCard",
        "signin": "SigninCard",
        "oauth": "OAuthCard",
    }.items()
}


@dataclass(frozen=True)
class Connector:
    spec: Spec

    @classmethod
    def read(cls, folder: Path) -> "Connector":
        return cls(Spec(NAME, loaded(folder / NAME / "botframework-channel.json"), _OPENED))

    def request(self, call: Sent) -> list[Finding]:
        """What is wrong with a call; what stands before /v3 comes from the activity's service URL."""
        found = calls.asked(self.spec, call, _path(call))
        return sorted({*found, *self._cards(call.content)})

    def answer(self, answer: Answered) -> list[Finding]:
        return calls.told(self.spec, answer, _path(answer.call))

    def webhook(self, body: Any) -> list[Finding]:
        found = self.spec.errors(self.spec.named("Activity"), body)
        return sorted({*found, *self._needed(body), *self._cards(body)})

    def _needed(self, body: Any) -> Iterator[Finding]:
        """The file requires nothing, but these are in every activity of a channel."""
        for one in ("type", "id", "serviceUrl", "channelId", "from", "conversation", "recipient"):
            if not isinstance(body, dict) or one not in body:
                yield Finding(NAME, one, "missing")

    def _cards(self, activity: Any) -> Iterator[Finding]:
        """What is wrong with cards; by the file alone their content may be anything."""
        if not isinstance(activity, dict):
            return
        for one in activity.get("attachments", ()):
            name = _CARDS.get(one.get("contentType", ""))
            if name:
                yield from self.spec.errors(self.spec.named(name), one.get("content"), name)


def _path(call: Sent) -> str:
    before, mark, after = call.path.partition("/v3/")
    return mark + after if mark else before
