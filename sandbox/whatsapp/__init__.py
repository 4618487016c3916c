"""WhatsApp Cloud API as a business meets it."""

from sandbox.whatsapp.server import WhatsApp

__all__ = ["WhatsApp"]
