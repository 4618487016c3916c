"""The Graph API's side of WhatsApp: takes sends, judges them, and lets people's phones live."""

import asyncio
import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from sandbox.behaviour import Behaviour
from sandbox.fake import Fake, Impossible, Link, Said, Stage, Values, give
from sandbox.graph import PREFIX, bearer, handshake, no_such_object, same, signed
from sandbox.hooks import Hook
from sandbox.receipts import Receipts, Told
from sandbox.throttle import Throttle
from sandbox.times import now_ms
from sandbox.whatsapp import orders, webhooks
from sandbox.whatsapp import requests as wire
from sandbox.whatsapp.config import Template, WhatsAppAccount
from sandbox.whatsapp.errors import LATE, Refused
from sandbox.whatsapp.numbers import american
from sandbox.world import Bubble, Key, Person, arrived

NAME = "whatsapp"
GERMAN = 4_917_139_200_000
PAIR_RATE = 1 / 6
PAIR_BURST = 45
PAIRS_KEPT = 20_000
BODY_LIMIT = 2**20


@dataclass(slots=True)
class Number:
    """A business number at work."""

    config: WhatsAppAccount
    behaviour: Behaviour
    receipts: Receipts
    templates: dict[tuple[str, str], Template]
    pairs: dict[str, Throttle] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """A request as far as it was understood, for the oracle and the chat."""

    user: str = ""
    kind: str = ""
    text: str = ""
    delivery: str = ""
    template: str = ""
    category: str = ""
    picture: str = ""
    footer: str = ""
    keys: list[Key] = field(default_factory=list)

    def facts(self) -> dict[str, str]:
        return {
            name: getattr(self, name) for name in ("user", "kind", "text", "delivery", "template", "category")
        }


class WhatsApp(Fake):
    """The fake Cloud API for all configured numbers."""

    ORDERS = ("verify", "template_category", "template_status", "account_update")

    def __init__(self, accounts: tuple[WhatsAppAccount, ...], stage: Stage) -> None:
        super().__init__(NAME, accounts, stage)
        self.numbers: dict[str, Number] = {}
        for config in accounts:
            behaviour = self.behaviours[config.account]
            receipts = Receipts(
                behaviour, partial(self._post_receipts, config), ripe=_ripe, done=self._acknowledged
            )
            self.numbers[config.account] = Number(config, behaviour, receipts, _by_name(config))
        self._by_id = {number.config.phone_number_id: number for number in self.numbers.values()}

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post(PREFIX + "/{id}/messages", self._messages)
        app.router.add_post(PREFIX + "/{id}/marketing_messages", self._messages)
        app.router.add_get(PREFIX + "/{id}/message_templates", self._templates)
        app.router.add_post(PREFIX + "/{id}/subscribed_apps", self._subscribe)
        app.router.add_get(PREFIX + "/{id}", self._object)
        app.router.add_get("/media/{id}", self._media)
        app.router.add_post("/_sandbox/whatsapp/{account}/verify", self._verify)
        return app

    # The API that a business calls.

    async def _messages(self, request: web.Request) -> web.Response:
        at_ms = now_ms()
        body = await request.read()
        number = self._by_id.get(request.match_info["id"])
        if number is None or not self._authorised(request, number):
            return self._stranger(request, number, body, at_ms)
        reading = Reading()
        try:
            send = wire.read(_json(body))
            if isinstance(send, wire.ReadMark):
                return web.json_response({"success": True})
            marketing = request.path.endswith("/marketing_messages")
            answer, facts = self._accept(number, send, reading, marketing=marketing)
        except Refused as refused:
            answer, facts = refused.answer(), {"accepted": False, "code": refused.code}
        entry = self.stage.oracle.decided(
            body, messenger=NAME, account=number.config.account, at_ms=at_ms, **reading.facts(), **facts
        )
        return await give(request, answer, number.behaviour, self.stage.oracle, entry)

    def _accept(
        self, number: Number, send: Any, reading: Reading, *, marketing: bool
    ) -> tuple[web.Response, dict[str, Any]]:
        """Takes a valid request or raises Refused; nothing here waits, so the order is the oracle's."""
        reading.kind, reading.delivery = send.type, send.biz_opaque_callback_data
        person, by_alias = self._recipient(number, send)
        reading.user = person.user
        template = self._describe(number, send, reading)
        if by_alias and template is not None and template.category == "AUTHENTICATION":
            raise Refused(131062, "Authentication templates need a phone number.")
        if marketing and (template is None or template.category != "MARKETING"):
            raise Refused(134100, "Only templates of category MARKETING can be sent here.")
        ordered = number.behaviour.refusal()
        if ordered is not None:
            raise Refused(ordered.code, "Ordered by the sandbox's switches.", ordered.status)
        open_window = self._window_open(number, person)
        problem = self._problem(number, person, template, open_window=open_window)
        if problem is not None and not (number.behaviour.late_refusals and problem.code in LATE):
            raise problem
        self._pace(number, person)
        problem = problem or _found_out_later(person, number.config.account, template)
        sent = self._sent(number, person, reading, by_alias=by_alias, free=open_window, problem=problem)
        answer = _accepted(send, person, sent, by_alias=by_alias, template=template is not None)
        lost = number.behaviour.loses_answer()
        return answer, {"accepted": True, "message_id": sent.message_id, "lost": lost}

    def _recipient(self, number: Number, send: Any) -> tuple[Person, bool]:
        if send.to:
            digits = re.sub(r"[+\s()-]", "", send.to)
            if not re.fullmatch(r"[1-9]\d{6,14}", digits):
                raise Refused(100, "Param to must be a valid WhatsApp number.")
            if digits == number.config.number.removeprefix("+"):
                raise Refused(131021, "Recipient phone number is the sender's.")
            known = self.stage.world.person(NAME, digits)
            return known or self.newcomer(digits, "", "de", hidden=False, silent=True), False
        if send.recipient:
            alias = self.stage.world.aliases.get((NAME, send.recipient))
            if alias is None:
                raise Refused(131026, "Message Undeliverable.")
            return alias, True
        raise Refused(100, "The parameter to is required.")

    def _describe(self, number: Number, send: Any, reading: Reading) -> Template | None:
        """Fills in what the phone will show; the template if it is one."""
        match send:
            case wire.TextMessage():
                reading.text = send.text.body
            case wire.InteractiveMessage():
                _describe_interactive(send.interactive, reading)
            case wire.TemplateMessage():
                template = _template(number, send.template)
                _describe_template(template, send.template, reading)
                return template
            case wire.LocationMessage():
                reading.text = send.location.name or f"{send.location.latitude}, {send.location.longitude}"
            case wire.ReactionMessage():
                reading.text = send.reaction.emoji
            case _:
                media = getattr(send, send.type)
                reading.text = media.caption
                reading.picture = media.link or media.id or ""
        return None

    def _window_open(self, number: Number, person: Person) -> bool:
        wrote = person.chat(number.config.account).wrote_ms
        return bool(wrote) and now_ms() - wrote <= number.behaviour.window_seconds * 1000

    def _problem(
        self, number: Number, person: Person, template: Template | None, *, open_window: bool
    ) -> Refused | None:
        if f"+{person.user}".startswith(number.config.unreachable_prefixes or ("?",)):
            return Refused(131026, "Message Undeliverable.")
        if template is None and not open_window:
            return Refused(
                131047,
                "Message failed to send because more than 24 hours have passed since the customer last "
                "replied.",
            )
        stopped = person.chat(number.config.account).marketing_stopped
        if stopped and template is not None and template.category == "MARKETING":
            return Refused(131050, "User has stopped marketing messages from this business.")
        return None

    def _pace(self, number: Number, person: Person) -> None:
        if not self.throttles[number.config.account].take():
            raise Refused(130429, "Rate limit hit: too many messages from this phone number.")
        pair = number.pairs.setdefault(person.user, Throttle(PAIR_RATE, PAIR_BURST))
        if len(number.pairs) > PAIRS_KEPT:
            number.pairs = {user: one for user, one in number.pairs.items() if not one.full}
        if not pair.take():
            raise Refused(131056, "Too many messages from this phone number to the same one.")

    def _sent(
        self,
        number: Number,
        person: Person,
        reading: Reading,
        *,
        by_alias: bool,
        free: bool,
        problem: Refused | None,
    ) -> webhooks.Sent:
        sent = webhooks.Sent(
            message_id=_wamid(),
            person=person,
            by_alias=by_alias,
            delivery=reading.delivery,
            category=reading.category.lower() or "service",
            free=free,
        )
        number.receipts.plan(webhooks.course(sent, number.behaviour, problem))
        if problem is None:
            bubble = arrived(
                "business",
                sent.message_id,
                kind=reading.kind,
                text=reading.text,
                picture=reading.picture,
                footer=reading.footer,
                keys=reading.keys,
            )
            self.stage.world.put(person, number.config.account, bubble)
        return sent

    def _authorised(self, request: web.Request, number: Number) -> bool:
        return same(bearer(request), number.config.access_token)

    def _stranger(self, request: web.Request, number: Number | None, body: bytes, at_ms: int) -> web.Response:
        """A wrong token, or a right one for a number that is not its own."""
        known = any(bearer(request) == one.config.access_token for one in self.numbers.values())
        code = 100 if known else 190
        account = number.config.account if number else ""
        oracle = self.stage.oracle
        entry = oracle.decided(body, messenger=NAME, account=account, at_ms=at_ms, accepted=False, code=code)
        oracle.replied(entry, now_ms())
        if known:
            return no_such_object(request.match_info["id"], request.method)
        return Refused(190, "").answer()

    def _known(self, request: web.Request) -> WhatsAppAccount | None:
        """The account that the token belongs to."""
        token = bearer(request)
        return next((one.config for one in self.numbers.values() if one.config.access_token == token), None)

    async def _templates(self, request: web.Request) -> web.Response:
        account = self._known(request)
        if account is None:
            return Refused(190, "").answer()
        if account.waba_id != request.match_info["id"]:
            return no_such_object(request.match_info["id"], request.method)
        templates = self.numbers[account.account].templates.values()
        data = [_template_told(template) for template in templates]
        return web.json_response({"data": data, "paging": {}})

    async def _subscribe(self, request: web.Request) -> web.Response:
        account = self._known(request)
        if account is None:
            return Refused(190, "").answer()
        if account.waba_id != request.match_info["id"]:
            return no_such_object(request.match_info["id"], request.method)
        return web.json_response({"success": True})

    async def _object(self, request: web.Request) -> web.Response:
        """A phone number, or a file that a person sent."""
        account, wanted = self._known(request), request.match_info["id"]
        if account is None:
            return Refused(190, "").answer()
        if wanted == account.phone_number_id:
            return web.json_response(
                {
                    "id": wanted,
                    "verified_name": account.title,
                    "display_phone_number": account.number,
                    "quality_rating": "GREEN",
                    "throughput": {"level": "STANDARD"},
                }
            )
        if wanted not in self.stage.pictures:
            return no_such_object(wanted, request.method)
        media_type, data = self.stage.pictures[wanted]
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "url": f"{request.scheme}://{request.host}/media/{wanted}",
                "mime_type": media_type,
                "sha256": hashlib.sha256(data).hexdigest(),
                "file_size": len(data),
                "id": wanted,
            }
        )

    async def _media(self, request: web.Request) -> web.Response:
        if self._known(request) is None:
            return Refused(190, "").answer()
        if request.match_info["id"] not in self.stage.pictures:
            raise web.HTTPNotFound
        media_type, data = self.stage.pictures[request.match_info["id"]]
        return web.Response(body=data, content_type=media_type)

    async def _verify(self, request: web.Request) -> web.Response:
        number = self.numbers.get(request.match_info["account"])
        if number is None:
            raise web.HTTPNotFound
        account = number.config.account
        return web.json_response(await handshake(self.stage, NAME, account, number.config.verify_token))

    # What Meta does by itself, on demand.

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        number = self.numbers[account]
        match what:
            case "template_category":
                return await self._template_category(number, orders.Category.model_validate(values))
            case "template_status":
                return await self._template_status(number, orders.Status.model_validate(values))
            case "account_update":
                told = orders.AccountUpdate.model_validate(values)
                return await self._notice(number, "account_update", told.model_dump(exclude_none=True))
            case _:
                return await handshake(self.stage, NAME, account, number.config.verify_token)

    async def _template_category(self, number: Number, wanted: orders.Category) -> dict[str, Any]:
        """Meta finds that a template is of another category; ``notice`` only announces it."""
        template = _found(number, wanted)
        named = _identified(template)
        if wanted.notice:
            due = now_ms() // 1000 + 86_400
            more = {"correct_category": wanted.category, "new_category": template.category}
            return await self._notice(
                number, "template_category_update", {**named, **more, "category_update_timestamp": due}
            )
        number.templates[wanted.key] = template.model_copy(update={"category": wanted.category})
        more = {"previous_category": template.category, "new_category": wanted.category}
        return await self._notice(number, "template_category_update", {**named, **more})

    async def _template_status(self, number: Number, wanted: orders.Status) -> dict[str, Any]:
        """A template is paused, disabled or approved again; sends of it follow at once."""
        template = _found(number, wanted)
        number.templates[wanted.key] = template.model_copy(update={"status": wanted.status})
        told: dict[str, Any] = {"event": wanted.status, **_identified(template), "reason": "NONE"}
        if wanted.status == "PAUSED":
            told["other_info"] = {
                "title": "FIRST_PAUSE",
                "description": "The template was paused because people gave negative feedback.",
            }
        return await self._notice(number, "message_template_status_update", told)

    async def _notice(self, number: Number, field: str, value: dict[str, Any]) -> dict[str, Any]:
        body, headers = signed(number.config.app_secret, webhooks.notice(number.config, field, value))
        account = number.config.account
        hook = Hook(messenger=NAME, account=account, body=body, headers=headers, kinds=(field,))
        return {"acknowledged": await self.post(hook)}

    # What people do with their phones.

    def canonical(self, user: str) -> str:
        digits = re.sub(r"[+\s()/-]", "", user)
        if not re.fullmatch(r"[1-9]\d{6,14}", digits):
            raise Impossible("bad_user", "a WhatsApp user is a phone number with country code")
        return digits

    def newcomer(self, user: str, name: str, language: str, *, hidden: bool, silent: bool) -> Person:
        person = Person(NAME, user, name, language, silent=silent, alias=_bsuid(user), hidden=hidden)
        return self.stage.world.add(person)

    def new_user(self) -> str:
        """A number that nobody has in the real world, while there are any."""
        numbers = (f"4917139200{last:02d}" for last in range(100))
        free = next((one for one in numbers if not self.taken(one)), None)
        return free or str(self.stage.world.unused(lambda n: self.taken(str(n + GERMAN))) + GERMAN)

    def crowd_user(self, number: int) -> str:
        return self.canonical(str(number) if number >= 10**9 else f"4917{number:09d}")

    def crowd(self, account: str, person: Person) -> None:
        """This person has just written to the business, without anybody being told."""
        person.chat(account).wrote_ms = now_ms()

    def link(self, link: str) -> Link | None:
        parts = urlsplit(link.strip())
        query = parse_qs(parts.query)
        if parts.scheme in ("http", "https") and parts.netloc.lower() == "wa.me":
            phone = parts.path.strip("/")
        elif parts.netloc.lower() == "api.whatsapp.com" or parts.scheme == "whatsapp":
            phone = query.get("phone", [""])[0]
        else:
            return None
        digits = re.sub(r"\D", "", phone)
        for name, number in self.numbers.items():
            if number.config.number.removeprefix("+") == digits:
                return Link(name, query.get("text", [""])[0])
        raise Impossible("unknown_account", "no WhatsApp number of the sandbox belongs to this link")

    def say(self, person: Person, account: str, text: str) -> Said:
        return self._inbound(person, account, arrived("person", _wamid(), text=text), "text", {"body": text})

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        media_type, data = self.stage.pictures[picture]
        sha256 = base64.b64encode(hashlib.sha256(data).digest()).decode()
        content = {"id": picture, "mime_type": media_type, "sha256": sha256}
        if caption:
            content["caption"] = caption
        bubble = arrived("person", _wamid(), kind="image", text=caption, picture=picture)
        return self._inbound(person, account, bubble, "image", content)

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        number = self.numbers[account]
        own = arrived("person", _wamid(), text=key.label)
        context = {"from": number.config.number.removeprefix("+"), "id": bubble.id}
        if key.kind == "template":
            return self._inbound(
                person, account, own, "button", {"payload": key.payload, "text": key.label}, context=context
            )
        reply = {"type": key.kind, key.kind: {"id": key.payload, "title": key.label}}
        return self._inbound(person, account, own, "interactive", reply, context=context)

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """WhatsApp tells a business nothing about a block."""
        person.chat(account).blocked = blocked
        self.stage.world.changed(person, account)
        return Said(None, None)

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        """A new number, which brings a new BSUID."""
        number, old = self.numbers[account], person.user
        sender = webhooks.sender(person)
        fresh = self.canonical(str(values.get("number") or self.new_user()))
        if self.taken(fresh):
            raise Impossible("bad_user", "somebody has this number already")
        self.stage.world.renumber(person, fresh, _bsuid(fresh))
        told = {"body": f"User {person.name} changed from {old} to {fresh}", "wa_id": fresh}
        if person.hidden:
            told = {"body": f"User {person.name} changed their user id", "user_id": person.alias}
        told["type"] = "user_changed_user_id" if person.hidden else "user_changed_number"
        payload = webhooks.system(number.config, sender, _wamid(), told)
        return Said(None, self._post(number, person, payload, "system", ""))

    def marketing(self, person: Person, account: str, *, stopped: bool) -> Said:
        person.chat(account).marketing_stopped = stopped
        self.stage.world.changed(person, account)
        number = self.numbers[account]
        payload = webhooks.preference(number.config, person, "stop" if stopped else "resume")
        return Said(None, self._post(number, person, payload, "user_preferences", ""))

    def _inbound(
        self,
        person: Person,
        account: str,
        bubble: Bubble,
        kind: str,
        content: dict[str, Any],
        context: dict[str, str] | None = None,
    ) -> Said:
        number = self.numbers[account]
        message: dict[str, Any] = {"id": bubble.id, "type": kind, kind: content}
        if context is not None:
            message = {"context": context, **message}
        payload = webhooks.inbound(number.config, person, message)
        post = partial(self._post, number, person, payload, kind, bubble.id)
        return self.wrote(person, account, bubble, post)

    def _post(
        self, number: Number, person: Person, payload: dict[str, Any], kind: str, message_id: str
    ) -> Any:
        body, headers = signed(number.config.app_secret, payload)
        account = number.config.account
        return self.post(
            Hook(
                messenger=NAME,
                account=account,
                body=body,
                headers=headers,
                kinds=(kind,),
                ids=(message_id,) if message_id else (),
                user=person.user,
                lane=self.lane(account, person),
            )
        )

    def _post_receipts(self, config: WhatsAppAccount, statuses: list[Told]) -> "asyncio.Future[bool]":
        body, headers = signed(config.app_secret, webhooks.bodies(config, statuses))
        return self.stage.hooks.post(
            Hook(
                messenger=NAME,
                account=config.account,
                body=body,
                headers=headers,
                kinds=tuple(sorted({f"status.{told['status']}" for told in statuses})),
                ids=tuple(told["id"] for told in statuses),
            )
        )

    def reset(self) -> None:
        super().reset()
        for number in self.numbers.values():
            number.receipts.forget()
            number.pairs.clear()
            number.templates = _by_name(number.config)

    def saved(self) -> list[dict[str, Any]]:
        """The receipts that the business has not acknowledged yet."""
        return [
            {"account": name, "status": told}
            for name, number in self.numbers.items()
            for told in number.receipts.pending.values()
        ]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        for one in saved:
            if one["account"] in self.numbers:
                self.numbers[one["account"]].receipts.plan([(1.0, one["status"])])

    def _acknowledged(self, told: Told) -> None:
        """Notes on the phone that the business knows of this receipt."""
        world = self.stage.world
        alias = world.aliases.get((NAME, told.get("recipient_user_id", "")))
        person = world.person(NAME, told.get("recipient_id", "")) or alias
        if person is not None:
            self.stage.oracle.heard(NAME, person.user, told["id"], told["status"])
        if person is None or person.silent:
            return
        for account, chat in person.chats.items():
            bubble = chat.find(told["id"])
            if bubble is not None:
                bubble.receipts[told["status"]] = now_ms()
                world.changed(person, account, bubble)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(100, "The request body is not valid JSON.") from None


def _bsuid(user: str) -> str:
    country = {"49": "DE", "43": "AT", "41": "CH", "44": "GB"}.get(user[:2], "US")
    return f"{country}.{int(hashlib.sha256(user.encode()).hexdigest()[:15], 16)}"


def _wamid() -> str:
    return "wamid." + base64.b64encode(b"\x1d\x05\x0c" + secrets.token_bytes(24)).decode()


def _accepted(
    send: Any, person: Person, sent: webhooks.Sent, *, by_alias: bool, template: bool
) -> web.Response:
    known = {"user_id": person.alias} if by_alias else {"wa_id": person.user}
    message = {"id": sent.message_id}
    if template:
        message["message_status"] = "accepted"
    contact = {"input": send.recipient if by_alias else send.to, **known}
    return web.json_response({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})


def _describe_interactive(part: Any, reading: Reading) -> None:
    reading.text = part.body.text
    reading.footer = part.footer.text if part.footer else ""
    if part.header is not None:
        reading.picture = part.header.picture
        if part.header.text:
            reading.text = f"{part.header.text}\n{reading.text}"
    match part:
        case wire.Buttons():
            reading.kind = "buttons"
            replies = (button.reply for button in part.action.buttons)
            reading.keys = [Key(reply.title, reply.id, kind="button_reply") for reply in replies]
        case wire.Choices():
            reading.kind = "list"
            rows = (row for section in part.action.sections for row in section.rows)
            reading.keys = [Key(row.title, row.id, kind="list_reply") for row in rows]
        case wire.UrlButton():
            reading.kind = "link"
            reading.keys = [
                Key(part.action.parameters.display_text, url=part.action.parameters.url, kind="url")
            ]


def _template(number: Number, part: wire.TemplatePart) -> Template:
    """The approved template that a send names, its parameters checked; raises Refused."""
    template = number.templates.get((part.name, part.language.code))
    if template is None:
        raise Refused(132001, f"template name ({part.name}) does not exist in {part.language.code}")
    if template.status != "APPROVED":
        raise Refused(
            {"PAUSED": 132015, "DISABLED": 132016}.get(template.status, 132001), "Not approved now."
        )
    given = [one for component in part.components if component.type == "body" for one in component.parameters]
    if len(given) != template.parameters:
        raise Refused(
            132000,
            f"body: number of localizable_params ({len(given)}) does not match the expected number of params "
            f"({template.parameters})",
        )
    for one in given:
        if one.type == "text" and not one.text:
            raise Refused(131008, "Parameter of type text is missing text value")
        if re.search(r"[\n\t]| {5}", one.text or ""):
            raise Refused(
                132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
            )
    headers = [component for component in part.components if component.type == "header"]
    if bool(headers) != bool(template.header) or any(
        one.type != template.header for header in headers for one in header.parameters
    ):
        raise Refused(132012, f"header: Format mismatch, expected {template.header.upper() or 'none'}")
    return template


def _describe_template(template: Template, part: wire.TemplatePart, reading: Reading) -> None:
    given = [one for component in part.components if component.type == "body" for one in component.parameters]
    reading.text = re.sub(r"\{\{(\d+)\}\}", lambda found: given[int(found[1]) - 1].text or "", template.body)
    reading.template, reading.category = f"{template.name}/{template.language}", template.category
    reading.footer = template.footer
    for component in part.components:
        for one in component.parameters:
            if component.type == "header" and one.image is not None:
                reading.picture = one.image.link or one.image.id or ""
    given_buttons = {
        component.index: component.parameters[0]
        for component in part.components
        if component.type == "button" and component.index is not None and component.parameters
    }
    if any(index >= len(template.buttons) for index in given_buttons):
        raise Refused(132018, "button: index does not exist in the template")
    for index, button in enumerate(template.buttons):
        more = given_buttons.get(index)
        if button.url:
            url = button.url.replace("{{1}}", (more.text or "") if more else "")
            reading.keys.append(Key(button.text, url=url, kind="url"))
        else:
            payload = (more.payload if more else None) or button.text
            reading.keys.append(Key(button.text, payload, kind="template"))


def _by_name(account: WhatsAppAccount) -> dict[tuple[str, str], Template]:
    return {(one.name, one.language): one for one in account.templates}


def _found(number: Number, wanted: orders.TemplateOrder) -> Template:
    template = number.templates.get(wanted.key)
    if template is None:
        raise Impossible("unknown", "this number has no such template")
    return template


def _template_id(template: Template) -> int:
    return int(hashlib.sha256(f"{template.name}/{template.language}".encode()).hexdigest()[:13], 16)


def _identified(template: Template) -> dict[str, Any]:
    return {
        "message_template_id": _template_id(template),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def _found_out_later(person: Person, account: str, template: Template | None) -> Refused | None:
    """What is always told in a ``failed`` status only."""
    if person.chat(account).blocked:
        return Refused(131026, "Message Undeliverable.")
    if template is not None and template.category == "MARKETING" and american(person.user):
        return Refused(131049, "Marketing messages are not delivered to numbers of the United States.")
    return None


def _ripe(told: Told) -> None:
    told.setdefault("timestamp", str(now_ms() // 1000))


def _template_told(template: Template) -> dict[str, Any]:
    components: list[dict[str, Any]] = [{"type": "BODY", "text": template.body}]
    if template.header:
        components.insert(0, {"type": "HEADER", "format": template.header.upper()})
    if template.footer:
        components.append({"type": "FOOTER", "text": template.footer})
    if template.buttons:
        buttons = [
            {"type": "URL", "text": button.text, "url": button.url}
            if button.url
            else {"type": "QUICK_REPLY", "text": button.text}
            for button in template.buttons
        ]
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "id": str(_template_id(template)),
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "parameter_format": "POSITIONAL",
        "components": components,
    }
