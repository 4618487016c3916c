"""The phones server: the page with the phones, and the API by which tests and scripts use them."""

import asyncio
import base64
import binascii
import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from importlib.resources import files
from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.config import MessengerName, PersonConfig
from sandbox.fake import Fake, Impossible, Said, Stage, picture_id
from sandbox.registry import kinds
from sandbox.world import Bubble, Person

BODY_LIMIT = 12 * 2**20
PICTURE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
HISTORY = 200
CROWD_LIMIT = 100_000
KEEP_ALIVE_SECONDS = 15
PHONE = "/api/phones/{messenger}/{user}"
ACCOUNT = "/api/accounts/{messenger}/{account}"
STATUS = {
    "bad_body": 400,
    "bad_link": 400,
    "bad_picture": 400,
    "bad_user": 400,
    "bad_code": 400,
    "unknown_account": 404,
    "unknown": 404,
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STATIC = {"app.js": "text/javascript", "style.css": "text/css", "texts.json": "application/json"}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


T = TypeVar("T", bound=Body)


class NewPhone(Body):
    messenger: MessengerName
    user: str = ""
    name: str = Field(default="", max_length=60)
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "de"
    hidden: bool = False


class Crowd(Body):
    """``count`` silent people with the ids ``first``, ``first`` + 1, …, who all opened the chat before."""

    messenger: MessengerName
    account: str = ""
    first: int = Field(ge=1000)
    count: int = Field(ge=1, le=CROWD_LIMIT)


class Act(Body):
    """``account``: which business ("" for the first); ``wait``: answer once the webhook is settled."""

    account: str = ""
    wait: bool = False


class Open(Act):
    link: str


class Say(Act):
    text: str = Field(min_length=1, max_length=4096)


class Show(Act):
    """``data`` is a data: URL; without it the built-in picture ``name`` is sent."""

    caption: str = Field(default="", max_length=1024)
    data: str = ""
    name: str = "cafe.jpg"


class Press(Act):
    """``message``: id of the business's message; ``button``: its place (from 0) or its label."""

    message: str
    button: int | str


class Marketing(Act):
    value: Annotated[str, Field(pattern="^(stop|resume)$")]


class Deeds(Act):
    """``do``: one of the deeds of this messenger's phones; ``message``: what it is done to, if anything;
    ``values``: what else it needs."""

    do: str
    message: str = ""
    values: dict[str, Any] = Field(default_factory=dict)


class EntryLink(Body):
    link: str


class Base(Body):
    base: Annotated[str, Field(pattern=r"^(https?://[^\s/]+(/\S*)?)?$")]


class Control:
    """Everything people's phones can do, over HTTP."""

    def __init__(
        self, business: str, people: tuple[PersonConfig, ...], stage: Stage, fakes: dict[str, Fake]
    ) -> None:
        self.business = business
        self.people = people
        self.stage = stage
        self.fakes = fakes
        self._static = {
            name: (files("sandbox") / "page" / name).read_bytes() for name in (*STATIC, "index.html")
        }
        self._looks = "\n".join(kind.style() for kind in kinds().values())

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_only_here, _told])
        routes = app.router
        routes.add_get("/", self._page)
        for name in STATIC:
            routes.add_get(f"/{name}", self._file)
        routes.add_get("/looks.css", self._style)
        routes.add_get("/pictures/{picture}", self._picture)
        routes.add_get("/api/events", self._events)
        routes.add_get("/api/phones", self._phones)
        routes.add_post("/api/phones", self._new_phone)
        routes.add_post("/api/crowd", self._crowd)
        routes.add_post("/api/links", self._link)
        routes.add_get(PHONE, self._phone)
        routes.add_get(PHONE + "/chat", self._chat)
        acts = {
            "open": self._open,
            "text": self._text,
            "picture": self._show,
            "press": self._press,
            "block": self._block,
            "unblock": self._unblock,
            "marketing": self._marketing,
            "start": self._start,
            "deeds": self._do,
        }
        for name, act in acts.items():
            routes.add_post(f"{PHONE}/{name}", act)
        routes.add_get("/api/accounts", self._accounts)
        routes.add_get(ACCOUNT, self._account)
        routes.add_patch(ACCOUNT, self._switch)
        routes.add_post("/_sandbox/{messenger}/{account}/{order}", self._order)
        routes.add_put("/api/webhooks", self._webhooks)
        routes.add_get("/api/hooks", self._hooks)
        routes.add_get("/api/log", self._log)
        routes.add_get("/api/log/counts", self._counts)
        routes.add_get("/api/log/receipts", self._fates)
        routes.add_delete("/api/log", self._forget_log)
        routes.add_post("/api/reset", self._reset)
        return app

    def settle(self) -> None:
        """Gives the people of the configuration their phones, where they have none yet."""
        for one in self.people:
            fake = self.fakes[one.messenger]
            user = fake.canonical(one.user)
            if self.stage.world.person(one.messenger, user) is None:
                fake.newcomer(user, one.name, one.language, hidden=False, silent=False)

    # The page.

    async def _page(self, request: web.Request) -> web.Response:
        language = _language(request)
        html = self._static["index.html"].decode().replace('lang="en"', f'lang="{language}"', 1)
        headers = {"Content-Security-Policy": POLICY, "Vary": "Accept-Language", "Cache-Control": "no-store"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/")
        return web.Response(
            body=self._static[name],
            content_type=STATIC[name],
            charset="utf-8",
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
        )

    async def _style(self, _: web.Request) -> web.Response:
        return web.Response(text=self._looks, content_type="text/css", headers={"Cache-Control": "no-store"})

    async def _picture(self, request: web.Request) -> web.Response:
        found = self.stage.pictures.get(request.match_info["picture"])
        if found is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=found[1], content_type=found[0], headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Everything that changes on a phone, as Server-Sent Events."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        queue.put_nowait(self.stats())
        self.stage.world.listeners.add(queue)
        try:
            await response.write(b"retry: 1000\n\n")
            await self._stream(response, queue)
        except ConnectionResetError:
            pass
        finally:
            self.stage.world.listeners.discard(queue)
        return response

    async def _stream(
        self, response: web.StreamResponse, queue: "asyncio.Queue[dict[str, Any] | None]"
    ) -> None:
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                return
            await response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())

    def stats(self) -> dict[str, Any]:
        """The figures at the head of the page."""
        world = self.stage.world
        return {
            "type": "stats",
            "people": len(world.people),
            "silent_received": world.silent_received,
            "accounts": self.stage.oracle.told(),
        }

    # Phones.

    async def _phones(self, request: web.Request) -> web.Response:
        world, wanted = self.stage.world, request.query.get("messenger", "")
        silent = request.query.get("silent", "") in ("1", "true")
        people = world.people.values() if silent else world.awake()
        return web.json_response([one.told() for one in people if not wanted or one.messenger == wanted])

    async def _new_phone(self, request: web.Request) -> web.Response:
        wanted = await _body(request, NewPhone)
        fake, world = self.fakes[wanted.messenger], self.stage.world
        user = fake.canonical(wanted.user) if wanted.user else fake.new_user()
        person = world.person(wanted.messenger, user)
        if person is None:
            name = wanted.name or user
            person = fake.newcomer(user, name, wanted.language, hidden=wanted.hidden, silent=False)
            return web.json_response(person.told(), status=201)
        person.wake()
        person.name = wanted.name or person.name or user
        world.tell({"type": "phone", "phone": person.told()})
        return web.json_response(person.told())

    async def _crowd(self, request: web.Request) -> web.Response:
        crowd = await _body(request, Crowd)
        fake, world = self.fakes[crowd.messenger], self.stage.world
        account = _named(fake, crowd.account)
        for number in range(crowd.first, crowd.first + crowd.count):
            user = fake.crowd_user(number)
            person = world.person(crowd.messenger, user)
            person = person or fake.newcomer(user, f"Person {number}", "de", hidden=False, silent=True)
            fake.crowd(account, person)
        return web.json_response({"people": crowd.count}, status=201)

    async def _phone(self, request: web.Request) -> web.Response:
        _, person = self._who(request)
        return web.json_response(person.told())

    async def _chat(self, request: web.Request) -> web.Response:
        fake, person = self._who(request)
        account = _named(fake, request.query.get("account", ""))
        chat = person.chats.get(account)
        return web.json_response(
            {
                "account": account,
                "title": fake.titles()[account],
                "started": bool(chat and chat.started),
                "blocked": bool(chat and chat.blocked),
                "marketing_stopped": bool(chat and chat.marketing_stopped),
                "messages": [asdict(bubble) for bubble in chat.bubbles] if chat else [],
            }
        )

    async def _open(self, request: web.Request) -> web.Response:
        act = await _body(request, Open)
        fake, person = self._who(request)
        link = fake.link(act.link)
        if link is None:
            raise Impossible("bad_link", f"this is no entry link of {fake.name}")
        person.wake()
        return await _answered(act, fake.enter(person, link.account, link.text), account=link.account)

    async def _link(self, request: web.Request) -> web.Response:
        """Whose entry link this is: {"messenger", "account"}."""
        link = (await _body(request, EntryLink)).link
        for fake in self.fakes.values():
            found = fake.link(link)
            if found is not None:
                return web.json_response({"messenger": fake.name, "account": found.account})
        raise Impossible("bad_link", "this is no entry link of any messenger")

    async def _text(self, request: web.Request) -> web.Response:
        act = await _body(request, Say)
        fake, person, account = self._act(request, act)
        return await _answered(act, fake.say(person, account, act.text))

    async def _show(self, request: web.Request) -> web.Response:
        act = await _body(request, Show)
        fake, person, account = self._act(request, act)
        picture = self._keep(act.data) if act.data else picture_id(act.name)
        if picture not in self.stage.pictures:
            raise Impossible("unknown", "there is no such picture")
        return await _answered(act, fake.show(person, account, picture, act.caption))

    async def _press(self, request: web.Request) -> web.Response:
        act = await _body(request, Press)
        fake, person, account = self._act(request, act)
        bubble = person.chat(account).find(act.message)
        if bubble is None or bubble.side != "business":
            raise Impossible("unknown", "there is no such message on this phone")
        named = [
            key
            for place, key in enumerate(bubble.keys)
            if act.button in (place, key.label, key.payload or None)
        ]
        if not named:
            raise Impossible("unknown", "there is no such button below this message")
        if named[0].url:
            return web.json_response({"message": None, "acknowledged": None, "url": named[0].url})
        return await _answered(act, fake.press(person, account, bubble, named[0]))

    async def _block(self, request: web.Request) -> web.Response:
        act = await _body(request, Act)
        fake, person, account = self._act(request, act)
        return await _answered(act, fake.block(person, account, blocked=True))

    async def _unblock(self, request: web.Request) -> web.Response:
        act = await _body(request, Act)
        fake, person, account = self._act(request, act)
        return await _answered(act, fake.block(person, account, blocked=False))

    async def _marketing(self, request: web.Request) -> web.Response:
        act = await _body(request, Marketing)
        fake, person, account = self._act(request, act)
        return await _answered(act, fake.marketing(person, account, stopped=act.value == "stop"))

    async def _start(self, request: web.Request) -> web.Response:
        act = await _body(request, Act)
        fake, person, account = self._act(request, act)
        return await _answered(act, fake.start(person, account))

    async def _do(self, request: web.Request) -> web.Response:
        act = await _body(request, Deeds)
        fake, person, account = self._act(request, act)
        deeds = {deed.name: deed for deed in kinds()[fake.name].phone.deeds}
        if act.do not in deeds:
            raise Impossible("unknown", f"phones on {fake.name} can do: {', '.join(deeds) or 'nothing else'}")
        bubble = person.chat(account).find(act.message)
        if deeds[act.do].of != "chat" and bubble is None:
            raise Impossible("unknown", "there is no such message on this phone")
        return await _answered(act, fake.do(person, account, act.do, bubble, act.values))

    def _who(self, request: web.Request) -> tuple[Fake, Person]:
        fake = self._fake(request)
        person = self.stage.world.person(fake.name, fake.canonical(request.match_info["user"]))
        if person is None:
            raise Impossible("unknown", "nobody has this phone")
        return fake, person

    def _act(self, request: web.Request, act: Act) -> tuple[Fake, Person, str]:
        fake, person = self._who(request)
        person.wake()
        return fake, person, _named(fake, act.account)

    def _fake(self, request: web.Request) -> Fake:
        fake = self.fakes.get(request.match_info["messenger"])
        if fake is None:
            raise Impossible("unknown", "there is no such messenger here")
        return fake

    def _keep(self, data_url: str) -> str:
        """Keeps a picture given as a data: URL; raises Impossible for anything else."""
        head, _, data = data_url.partition(",")
        media_type = head.removeprefix("data:").removesuffix(";base64")
        if media_type not in PICTURE_TYPES:
            raise Impossible("bad_picture", "a picture is a data: URL of a PNG, JPEG, GIF or WebP file")
        try:
            raw = base64.b64decode(data, validate=True)
        except binascii.Error:
            raise Impossible("bad_picture", "the picture's base64 is broken") from None
        picture = str(10**14 + secrets.randbelow(9 * 10**14))
        self.stage.pictures[picture] = (media_type, raw)
        return picture

    # Accounts, webhooks, the oracle.

    def _account_told(self, fake: Fake, account: str) -> dict[str, Any]:
        return {
            "messenger": fake.name,
            "account": account,
            "title": fake.titles()[account],
            "address": fake.shown(account),
            "webhook": self.stage.address(fake.name, account),
            "behaviour": fake.behaviours[account].model_dump(),
        }

    async def _accounts(self, _: web.Request) -> web.Response:
        told = [
            self._account_told(fake, account) for fake in self.fakes.values() for account in fake.behaviours
        ]
        played = [kind.told() for kind in kinds().values() if self.fakes[kind.name].behaviours]
        return web.json_response(
            {"business": self.business, "urls": self.stage.urls, "messengers": played, "accounts": told}
        )

    async def _account(self, request: web.Request) -> web.Response:
        fake = self._fake(request)
        return web.json_response(self._account_told(fake, _named(fake, request.match_info["account"])))

    async def _switch(self, request: web.Request) -> web.Response:
        """Changes some switches of an account; the others stay."""
        fake = self._fake(request)
        account = _named(fake, request.match_info["account"])
        behaviour = fake.behaviours[account]
        wanted = json.loads(await request.read())
        if not isinstance(wanted, dict):
            raise Impossible("bad_body", "an object with switches is needed")
        changed = type(behaviour).model_validate(behaviour.model_dump() | wanted)
        for name in wanted:
            setattr(behaviour, name, getattr(changed, name))
        fake.settings_changed(account)
        return web.json_response(self._account_told(fake, account))

    async def _order(self, request: web.Request) -> web.Response:
        """Has the messenger do something by itself: its handshake, a notice."""
        fake, what = self._fake(request), request.match_info["order"]
        account = _named(fake, request.match_info["account"])
        if what not in fake.ORDERS:
            raise Impossible("unknown", f"{fake.name} can be told to: {', '.join(fake.ORDERS) or 'nothing'}")
        values = json.loads(await request.read() or b"{}")
        if not isinstance(values, dict):
            raise Impossible("bad_body", "an object is needed")
        return web.json_response(await fake.order(account, what, values))

    async def _webhooks(self, request: web.Request) -> web.Response:
        self.stage.base = (await _body(request, Base)).base.rstrip("/")
        return web.json_response({"base": self.stage.base})

    async def _hooks(self, request: web.Request) -> web.Response:
        """The newest webhooks, newest last."""
        wanted = {
            name: request.query[name] for name in ("messenger", "account", "user") if name in request.query
        }
        limit = _number(request, "limit", HISTORY)
        told = [
            hook.told()
            for hook in self.stage.hooks.history
            if all(getattr(hook, name) == value for name, value in wanted.items())
        ]
        return web.json_response(told[-limit:] if limit else [])

    async def _log(self, request: web.Request) -> web.Response:
        lines = self.stage.oracle.read(
            since=_number(request, "since", 0),
            messenger=request.query.get("messenger", ""),
            account=request.query.get("account", ""),
            user=request.query.get("user", ""),
            limit=_number(request, "limit", 0) or None,
        )
        return web.Response(body=lines, content_type="application/json", charset="utf-8")

    async def _counts(self, request: web.Request) -> web.Response:
        told = self.stage.oracle.told(request.query.get("messenger", ""), request.query.get("account", ""))
        return web.json_response(told)

    async def _fates(self, request: web.Request) -> web.Response:
        since, text = _number(request, "since", 0), request.query.get("text", "")
        return web.json_response(self.stage.oracle.fates(since, text))

    async def _forget_log(self, _: web.Request) -> web.Response:
        self.stage.oracle.forget()
        return web.json_response({})

    async def _reset(self, _: web.Request) -> web.Response:
        """As at the first start: nobody but the configured people, an empty log, no faults."""
        self.stage.world.forget()
        self.stage.oracle.forget()
        self.stage.hooks.history.clear()
        for fake in self.fakes.values():
            fake.reset()
        self.settle()
        return web.json_response({})


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keeps foreign web pages out: only this machine's own addresses, only this page's own scripts."""
    host = request.url.host or ""
    if host != "localhost" and not _loopback(host):
        return _problem(403, "foreign_host", "open the sandbox by its loopback address")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return _problem(403, "foreign_origin", "only the sandbox's own page may do this")
    return await handler(request)


@web.middleware
async def _told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Says in JSON what went wrong."""
    try:
        return await handler(request)
    except Impossible as impossible:
        return _problem(STATUS.get(impossible.code, 409), impossible.code, str(impossible))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        return _problem(400, "bad_body", f"{where}: {first['msg']}")
    except ValueError:
        return _problem(400, "bad_body", "this is not valid JSON, or not a number where one is needed")
    except web.HTTPException as problem:
        return _problem(problem.status, problem.reason.lower().replace(" ", "_"), problem.reason)


def _problem(status: int, code: str, detail: str) -> web.Response:
    return web.json_response({"error": code, "detail": detail}, status=status)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _language(request: web.Request) -> str:
    """The first of German and English in ``?lang=`` or in what the browser prefers."""
    asked = request.query.get("lang", "")
    if asked in ("de", "en"):
        return asked
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(request.headers.get("Accept-Language", "").split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), place, tag[:2].lower()))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(weighted) if tag in ("de", "en")), "en")


def _named(fake: Fake, account: str) -> str:
    """The account of that name, or the first; raises Impossible."""
    if not account and fake.behaviours:
        return next(iter(fake.behaviours))
    if account not in fake.behaviours:
        raise Impossible("unknown_account", f"there is no such account on {fake.name}")
    return account


def _number(request: web.Request, name: str, default: int) -> int:
    return max(0, int(request.query.get(name, default)))


async def _body(request: web.Request, model: type[T]) -> T:
    """The request's JSON; a body is needed to be JSON by type too, so that no foreign form can post it."""
    if request.content_type != "application/json" and request.can_read_body:
        raise Impossible("bad_body", "send application/json")
    return model.model_validate_json(await request.read() or b"{}")


async def _answered(act: Act, said: Said, **more: Any) -> web.Response:
    """What happened; with ``wait`` only after the webhook was acknowledged or given up."""
    acknowledged = await said.acknowledged if act.wait and said.acknowledged is not None else None
    message = asdict(said.bubble) if isinstance(said.bubble, Bubble) else None
    return web.json_response({"message": message, "acknowledged": acknowledged, **more})
