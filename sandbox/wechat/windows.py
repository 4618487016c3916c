"""When, and how often, a business may answer somebody with customer-service messages.

Counts and times as of 2023-06-12: what a person does renews both and nothing adds up. A window is kept in the
chat's notes as [count a trigger gives back, count left, end in ms].
"""

from sandbox.wechat.errors import Refused
from sandbox.world import Chat

HOUR_MS = 3_600_000
NOTE = "window"
# What the person did: (messages, ms).
MESSAGE = (5, 48 * HOUR_MS)
ACTION = (3, 60_000)


def opened(chat: Chat, trigger: tuple[int, int], now: int) -> None:
    """Something happened that lets the business answer: the greater count, the later end."""
    count, span = trigger
    limit, _, until = chat.notes.get(NOTE, (0, 0, 0))
    if until > now:
        count, span = max(count, limit), max(span, until - now)
    chat.notes[NOTE] = [count, count, now + span]


def take(chat: Chat, now: int) -> None:
    """Counts one message; raises Refused if none may be sent."""
    limit, left, until = chat.notes.get(NOTE, (0, 0, 0))
    if until <= now:
        raise Refused(45015)
    if left == 0:
        raise Refused(45047)
    chat.notes[NOTE] = [limit, left - 1, until]
