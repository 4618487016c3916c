"""The Telegram Bot API as a bot meets it."""

from sandbox.telegram.server import Telegram

__all__ = ["Telegram"]
