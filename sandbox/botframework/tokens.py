"""The directory's token endpoint: client credentials against a bearer."""

import secrets
import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from aiohttp import web

from sandbox.botframework.config import Bot

SCOPE = "https://api.botframework.com/.default"
SHARED_TENANT = "botframework.com"
KEPT = 10_000


class NotGranted(Exception):
    """OAuth's error and the directory's own number for it."""

    def __init__(self, error: str, number: int, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.number = number
        self.description = description
        self.status = status

    def answer(self) -> web.Response:
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        told = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.description} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {stamp}",
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return web.json_response(told, status=self.status)


class Tokens:
    """Bearers of all bots; every call gives a new one and leaves the others alone."""

    def __init__(self, bots: Iterable[Bot]) -> None:
        self.bots = {bot.app_id: bot for bot in bots}
        self._bearers: dict[str, tuple[Bot, float]] = {}

    def grant(self, tenant: str, form: Mapping[str, str]) -> dict[str, str | int]:
        """The answer to a form post; raises NotGranted."""
        for name in ("grant_type", "client_id", "client_secret", "scope"):
            if not form.get(name):
                raise NotGranted("invalid_request", 900144, f"The request body must contain '{name}'.")
        if form["grant_type"] != "client_credentials":
            raise NotGranted("unsupported_grant_type", 70003, "The grant type is not supported.")
        if form["scope"] != SCOPE:
            raise NotGranted("invalid_scope", 70011, "The provided value for scope is not valid.")
        bot = self._bot(tenant, form["client_id"])
        if not secrets.compare_digest(bot.app_password.encode(), form["client_secret"].encode()):
            raise NotGranted("invalid_client", 7000215, "Invalid client secret provided.", 401)
        while len(self._bearers) >= KEPT:
            del self._bearers[next(iter(self._bearers))]
        bearer = "eyJ0eXAiOiJKV1Qi" + secrets.token_urlsafe(900)
        self._bearers[bearer] = (bot, time.monotonic() + bot.token_seconds)
        seconds = bot.token_seconds
        return {
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": bearer,
        }

    def _bot(self, tenant: str, app_id: str) -> Bot:
        known = {bot.tenant_id for bot in self.bots.values()} | {SHARED_TENANT}
        if tenant not in known:
            raise NotGranted("invalid_request", 90002, f"Tenant '{tenant}' not found.")
        bot = self.bots.get(app_id)
        if bot is None or not (tenant == bot.tenant_id or (bot.multi_tenant and tenant == SHARED_TENANT)):
            raise NotGranted(
                "unauthorized_client", 700016, f"Application was not found in the directory '{tenant}'."
            )
        return bot

    def owner(self, bearer: str) -> Bot | None:
        """Whose bearer this is, if it is still good."""
        bot, until = self._bearers.get(bearer, (None, 0.0))
        return bot if until > time.monotonic() else None

    def forget(self) -> None:
        """Every bearer has run out."""
        self._bearers.clear()
