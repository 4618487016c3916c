"""Accounts, tokens, parameters and set-up of the fake Graph API of Messenger and Instagram."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.behaviour import Behaviour, Share
from sandbox.fake import Fake
from sandbox.graph import PREFIX, bearer, no_such_object, same
from sandbox.meta import requests as wire
from sandbox.meta.config import InstagramAccount, MetaAccount, PageAccount
from sandbox.meta.errors import Refused, invalid
from sandbox.meta.flavour import Flavour
from sandbox.meta.nodes import chosen, person_fields
from sandbox.receipts import Receipts
from sandbox.throttle import Throttle

BODY_LIMIT = 26 * 2**20
PROFILE = frozenset(
    {"get_started", "greeting", "ice_breakers", "persistent_menu", "whitelisted_domains", "commands"}
)


class MetaBehaviour(Behaviour):
    """``mids_share``: how often a delivery names its messages beside the watermark, which is always there."""

    mids_share: Share = 1.0


@dataclass(slots=True)
class Page:
    """A page or an Instagram account at work; ``uploads`` maps attachment ids to what they stand for."""

    config: MetaAccount
    behaviour: Behaviour
    receipts: Receipts
    media: Throttle
    fields: set[str]
    profile: dict[str, Any]
    uploads: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.config.own_id


class Desk(Fake):
    """Everything of the API but sending."""

    BEHAVIOUR = MetaBehaviour
    flavour: Flavour
    pages: dict[str, Page]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        routes = app.router
        routes.add_post(PREFIX + "/{id}/message_attachments", self._attachments)
        routes.add_route("*", PREFIX + "/{id}/subscribed_apps", self._subscribed)
        routes.add_route("*", PREFIX + "/{id}/messenger_profile", self._messenger_profile)
        routes.add_get(PREFIX + "/{id}/message_templates", self._templates)
        routes.add_get(PREFIX + "/{id}", self._object)
        routes.add_get("/media/{picture}", self._media)
        self.more_routes(routes)
        routes.add_route("*", "/{rest:.*}", self._nothing)
        return app

    def more_routes(self, routes: web.UrlDispatcher) -> None:
        """Routes that go before the one for everything else."""

    async def _nothing(self, request: web.Request) -> web.Response:
        return Refused(2500, f"Unknown path components: {request.path}", status=400).answer()

    def _account(self, request: web.Request, parameters: Mapping[str, Any]) -> Page | None:
        """The account that the token belongs to."""
        token = bearer(request) or str(parameters.get("access_token", ""))
        return next((one for one in self.pages.values() if same(one.config.access_token, token)), None)

    async def called(self, request: web.Request) -> tuple[Page, dict[str, Any]] | web.Response:
        """Whose call this is and its parameters, or what is wrong with its token or id."""
        try:
            parameters = await self._parameters(request)
        except Refused as problem:
            return problem.answer()
        page = self._account(request, parameters)
        if page is None:
            return Refused(190).answer()
        if request.match_info["id"] not in ("me", page.id):
            return no_such_object(request.match_info["id"], request.method)
        parameters.pop("access_token", None)
        return page, parameters

    async def _parameters(self, request: web.Request) -> dict[str, Any]:
        """Query, form or JSON, as the Graph API takes them; in forms values may be JSON text."""
        parameters: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            try:
                given = json.loads(await request.read() or b"{}")
            except ValueError:
                raise invalid("The request body is not valid JSON") from None
            if not isinstance(given, dict):
                raise invalid("The request body must be an object")
            return parameters | given
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                parameters[name] = self.keep(value.file.read(), value.content_type)
            else:
                parameters[name] = from_form(str(value))
        return parameters

    def keep(self, data: bytes, media_type: str) -> str:
        picture = str(10**15 + int(hashlib.sha256(data).hexdigest()[:11], 16))
        self.stage.pictures[picture] = (media_type, data)
        return picture

    async def _attachments(self, request: web.Request) -> web.Response:
        """Keeps a file for later use, from an address or from the call itself."""
        called = await self.called(request)
        if isinstance(called, web.Response):
            return called
        page, parameters = called
        given = parameters.pop("filedata", None)
        parameters.pop("platform", None)
        try:
            if given is not None:
                parameters["message"]["attachment"].setdefault("payload", {})["attachment_id"] = given
            upload = wire.Upload.model_validate(parameters).message.attachment
        except ValidationError as problem:
            return wire.refused(problem).answer()
        except (KeyError, TypeError, AttributeError):
            return invalid("The parameter message is required").answer()
        attachment_id = str(10**14 + secrets.randbelow(9 * 10**14))
        page.uploads[attachment_id] = upload.payload.url or upload.payload.attachment_id or ""
        return web.json_response({"attachment_id": attachment_id})

    async def _subscribed(self, request: web.Request) -> web.Response:
        """Which webhooks the app gets of this account."""
        called = await self.called(request)
        if isinstance(called, web.Response):
            return called
        page, parameters = called
        match request.method:
            case "GET":
                app = {"id": page.config.app_id, "name": "Rundruf", "subscribed_fields": sorted(page.fields)}
                return web.json_response({"data": [app] if page.fields else []})
            case "DELETE":
                page.fields.clear()
            case "POST":
                wanted = parameters.get("subscribed_fields", "")
                names = wanted if isinstance(wanted, list) else [one for one in str(wanted).split(",") if one]
                unknown = [name for name in names if name not in self.flavour.fields]
                if unknown or not names:
                    places = ", ".join(map(str, unknown)) or "nothing"
                    return invalid(
                        f"Param subscribed_fields must name webhook fields; {places} is none"
                    ).answer()
                page.fields.update(map(str, names))
            case _:
                return no_such_object(page.id, request.method)
        return web.json_response({"success": True})

    async def _messenger_profile(self, request: web.Request) -> web.Response:
        """Get Started button, greeting, menu and ice breakers."""
        called = await self.called(request)
        if isinstance(called, web.Response):
            return called
        page, parameters = called
        parameters.pop("platform", None)
        if request.method == "GET":
            names = str(parameters.get("fields", "")).split(",")
            told = {name: page.profile[name] for name in names if name in page.profile}
            return web.json_response({"data": [told] if told else []})
        if request.method == "DELETE":
            for name in parameters.get("fields", []):
                page.profile.pop(str(name), None)
            return web.json_response({"result": "success"})
        unknown = set(parameters) - PROFILE
        if unknown or not parameters:
            return invalid(f"Invalid keys: {', '.join(sorted(unknown)) or 'none was given'}").answer()
        page.profile.update(parameters)
        return web.json_response({"result": "success"})

    async def _templates(self, request: web.Request) -> web.Response:
        called = await self.called(request)
        if isinstance(called, web.Response):
            return called
        page, parameters = called
        if not isinstance(page.config, PageAccount):
            return no_such_object(page.id, request.method)
        name = parameters.get("name")
        data = [
            one.told(700_000_000_001 + place)
            for place, one in enumerate(page.config.templates)
            if name in (None, one.name)
        ]
        return web.json_response({"data": data, "paging": {}})

    async def _object(self, request: web.Request) -> web.Response:
        """Who the token belongs to, or a person who has written to it."""
        parameters = dict(request.query)
        page, wanted = self._account(request, parameters), request.match_info["id"]
        if page is None:
            return Refused(190).answer()
        person = self.stage.world.person(self.name, wanted)
        try:
            if wanted in ("me", page.id):
                return web.json_response(self._self(page, wanted, parameters.get("fields", "")))
            if person is not None and page.config.account in person.chats:
                node = person_fields(person, instagram=self.flavour.instagram)
                return web.json_response(chosen(node, parameters.get("fields", ""), "User"))
        except Refused as problem:
            return problem.answer()
        return no_such_object(wanted, request.method)

    def _self(self, page: Page, wanted: str, names: str) -> dict[str, Any]:
        config = page.config
        node = {"id": page.id, "name": config.title or config.username, "username": config.username}
        if isinstance(config, InstagramAccount):
            # ``me`` shows an id that only this app knows; webhooks and paths have the other one.
            scoped = str(10**16 + int(hashlib.sha256(page.id.encode()).hexdigest()[:12], 16))
            node |= {
                "id": scoped if wanted == "me" else page.id,
                "user_id": page.id,
                "account_type": "BUSINESS",
            }
            return chosen(node, names, self.flavour.node, usual=("id",))
        return chosen(node, names, self.flavour.node, usual=("id", "name"))

    async def _media(self, request: web.Request) -> web.Response:
        """A person's picture; the address is enough, but only as it was told."""
        picture = request.match_info["picture"]
        found = self.stage.pictures.get(picture)
        if found is None or request.query.get("signature") != signature(picture):
            return web.Response(status=403, text="URL signature mismatch")
        return web.Response(body=found[1], content_type=found[0])


def profile(config: MetaAccount) -> dict[str, Any]:
    if isinstance(config, PageAccount) and config.get_started:
        return {"get_started": {"payload": config.get_started}}
    if isinstance(config, InstagramAccount) and config.ice_breakers:
        return {"ice_breakers": [one.model_dump() for one in config.ice_breakers]}
    return {}


def from_form(value: str) -> Any:
    if value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            raise invalid("A parameter is not valid JSON") from None
    return value


def signature(picture: str) -> str:
    """What makes an address of a person's picture valid."""
    return hashlib.sha256(f"cdn:{picture}".encode()).hexdigest()[:32]
