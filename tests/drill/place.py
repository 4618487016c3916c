"""Where one case happens: an AWS account of its own, people, a fake messenger, workers, a clock.

``proxy`` stands between the senders' side and AWS, ``hooks`` between the doors that listen and AWS.
``verdict`` is what every case ends with: figures that balance, nobody sent to twice by the messenger's own
log, nobody lost, and nothing left for a person to repair.
"""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from rundruf.aws.accounts import StoredAccounts
from rundruf.aws.boto import Boto
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.guard import TableGuard
from rundruf.aws.pacer import TablePacer
from rundruf.aws.persons import TablePersons
from rundruf.aws.polls import TablePolls
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.table import Table
from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.chunk import WINDOW
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message, MessageKind
from rundruf.core.report import Figures, total
from rundruf.core.tokens import Keys
from rundruf.core.topic import Topic
from rundruf.flows import reporting
from rundruf.flows.leaving import leave_url
from rundruf.flows.services import Services, Settings
from tests.drill.clock import Clock
from tests.drill.counts import COUNTS
from tests.drill.engine import Engine, client
from tests.drill.messenger import FakeMessenger, body_of
from tests.drill.proxy import Proxy
from tests.drill.source import Source
from tests.drill.workers import Job, Workers
from tests.support.template import REGION, Template
from tests.support.world import BUSINESS, KEYS, HandQueues, Messengers, QuickTable

_NUMBERS = count(1)
NEWS = "news"
FIRST_CHAT = 7_770_000_000
SENDERS = ("send", "broadcast", "newsletter")
DAY = 24 * 3_600_000
TOKENS = {
    "telegram": {"bot_token": ("123456789:" + "A" * 35,), "secret_token": ("s" * 32,)},
    "whatsapp": {
        "app_secret": ("a" * 32,),
        "access_token": ("EAAtoken" + "x" * 40,),
        "verify_token": ("verify-me-please",),
        "phone_number_id": ("106540352242922",),
    },
    "line": {"channel_secret": ("c" * 32,), "access_token": ("L" * 60,)},
}


class Violation(AssertionError):
    """A promise that was not kept."""


def promise(kept: object, what: str, **facts: object) -> None:
    """Raises Violation where a promise is not kept."""
    if not kept:
        raise Violation(f"{what}: {facts}")


@cache
def template() -> Template:
    return Template.load()


@dataclass
class Verdict:
    """A broadcast at its end, by the tables and by the messenger's log."""

    figures: Figures
    accepted: Counter[str]
    state: State


class Place:
    """One case's world; ``plants`` are put into every worker of it."""

    def __init__(
        self, engine: Engine, workers: Workers, seed: int, plants: Iterable[str] = (), cap: int = 0
    ) -> None:
        self.account = f"{next(_NUMBERS):012}"
        self.engine, self.workers, self.seed, self.plants, self.cap = (
            engine,
            workers,
            seed,
            tuple(plants),
            cap,
        )
        self.given: dict[str, Any] = {}
        self.texts: set[str] = set()
        self.identities: list[Identity] = []
        self._clients: dict[str, Any] = {}
        self.clock = Clock()
        self.messenger = FakeMessenger()
        self.proxy = Proxy(engine.port, self.clock, seed)
        self.hooks = Proxy(engine.port, self.clock, seed + 1)
        self.made = self._resources()
        self.environments = {
            door: self._environment(door)
            for door in ("send", "broadcast", "webhook", "inbox", "receipts", "newsletter", "unsubscribe")
        }
        self.table = Table(Boto(self.client), self.made["Table"])
        self.services = self._services()
        self.contacts = self.services.contacts
        self.broadcasts = TableBroadcasts(self.table, self.clock.now)
        self.source = Source(self)
        self.catalogue = TableCatalogue(self.table, self.clock.now)
        self.catalogue.put_topic(Topic(NEWS, {"de": "Neues", "en": "News"}))

    def close(self) -> None:
        self.messenger.stop()
        self.proxy.stop()
        self.hooks.stop()
        self.client("dynamodb").delete_table(TableName=self.made["Table"])
        for one in self._clients.values():
            one.close()

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = client(service, self.engine.url, self.account)
        return self._clients[service]

    # what stands in the account

    def _resources(self) -> dict[str, str]:
        source, made = template(), {}
        for name, each in source.of_type("AWS::DynamoDB::Table").items():
            properties = source.resolve(each["Properties"])
            wanted = (
                "BillingMode",
                "AttributeDefinitions",
                "KeySchema",
                "GlobalSecondaryIndexes",
            )
            self.client("dynamodb").create_table(
                TableName=source.name(name), **{one: properties[one] for one in wanted}
            )
            made[name] = source.name(name)
        for name in source.of_type("AWS::SQS::Queue"):
            properties = source.resolve(source.properties(name))
            attributes = {"FifoQueue": "true"} if properties.get("FifoQueue") else {}
            told = self.client("sqs").create_queue(QueueName=source.name(name), Attributes=attributes)
            made[name] = told["QueueUrl"]
        secret = json.dumps({"current": "1", "1": "k" * 64})
        for name in source.of_type("AWS::SecretsManager::Secret"):
            told = self.client("secretsmanager").create_secret(Name=source.name(name), SecretString=secret)
            made[name] = told["ARN"]
        for name in source.of_type("AWS::SSM::Parameter"):
            value = source.resolve(source.properties(name)["Value"])
            self.client("ssm").put_parameter(Name=source.name(name), Value=value, Type="String")
            made[name] = source.name(name)
        return made

    def _environment(self, door: str) -> dict[str, str]:
        """The door's own from the template, with the names that things have here."""
        proxy = self.proxy if door in SENDERS else self.hooks
        standing = {str(template().resolve({"Ref": name})): value for name, value in self.made.items()}
        wanted = {name: standing.get(value, value) for name, value in template().environment(door).items()}
        return wanted | {
            "AWS_LAMBDA_FUNCTION_NAME": f"drill-{door}",
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "drill",
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.engine.url,
            "AWS_ENDPOINT_URL_DYNAMODB": proxy.url,
            "AWS_ENDPOINT_URL_SQS": proxy.url,
            "MARKETING_GAP_HOURS": str(self.cap),
            "PATH": "/usr/bin:/bin",
            "TZ": "UTC",
        }

    def _services(self) -> Services:
        def keys() -> Keys:
            return KEYS

        unused = Messengers()
        now = self.clock.now
        accounts = StoredAccounts(self.table, self.environments["send"]["ACCOUNTS_PATH"], now)
        return Services(
            settings=Settings(BUSINESS, "en", "Europe/Berlin"),
            keys=keys,
            contacts=TableContacts(self.table, keys, now),
            broadcasts=TableBroadcasts(self.table, now),
            catalogue=TableCatalogue(self.table, now),
            accounts=accounts,
            pacer=TablePacer(self.table),
            queues=HandQueues(),
            http=unused,
            downloads=unused,
            gate=TableGate(self.table, keys, "drill"),
            guard=TableGuard(self.table),
            renewables=TableRenewables(self.table),
            polls=TablePolls(self.table),
            persons=TablePersons(self.table, keys, now),
            public_url=lambda: "https://r.example",
            now=now,
            ticks=lambda: float(now()),
            sleep=lambda _: None,
            random=bytes,
        )

    # people and broadcasts

    def sender(self, messenger: str = "telegram", name: str = "main", rate: float = 2000) -> Account:
        """An account on the fake messenger; its token ends with its name."""
        credentials = dict(TOKENS[messenger])
        token = "bot_token" if messenger == "telegram" else "access_token"
        credentials[token] = (credentials[token][0][:-8] + f"{name:x>8.8}",)
        made = Account(messenger, name, "drill", self.messenger.url, rate, credentials)
        accounts = self.services.accounts
        if not isinstance(accounts, StoredAccounts):
            raise TypeError(type(accounts).__name__)
        accounts.put(made)
        return made

    def people(
        self, number: int, messenger: str = "telegram", account: str = "main", first: int = 0
    ) -> list[str]:
        """User ids of so many who joined a day ago."""
        users = [user_of(messenger, first + at) for at in range(number)]
        self.identities += [Identity(messenger, account, user) for user in users]
        items = [_item(messenger, account, user, self.clock.now() // DAY) for user in users]
        for start in range(0, len(items), 25):
            self.client("dynamodb").batch_write_item(
                RequestItems={
                    self.table.name: [{"PutRequest": {"Item": one}} for one in items[start : start + 25]]
                }
            )
        return users

    def contact(self, user: str, messenger: str = "telegram", account: str = "main") -> Contact:
        found = self.contacts.get(self.contacts.id_of(Identity(messenger, account, user)))
        promise(found, "a contact is there", user=user)
        assert found is not None
        return found

    def broadcast(self, name: str = "b1", text: str = "", **more: Any) -> str:
        """Stored and started: the planner's message is in its queue."""
        message = more.pop("message", Message(text or f"Hello from {name}"))
        self.texts.add(body_of(message.text))
        made = Broadcast(
            id=name,
            name=name,
            kind=MessageKind.MARKETING,
            topic=NEWS,
            audience=more.pop("audience", Audience()),
            message=message,
            state=State.SCHEDULED,
            created=self.clock.now(),
            **more,
        )
        self.broadcasts.create(made)
        self.clock.passes(0.01)
        self.flow("start", name).wait()
        return name

    # invocations

    def begin(self, door: str, event: dict[str, Any], left: float = 120_000, ahead: int = 0) -> Job:
        return self._begun(door, {"door": door, "event": event, "left": left}, ahead)

    def flow(self, name: str, *given: str) -> Job:
        return self._begun("broadcast", {"flow": name, "given": given}, 0)

    def _begun(self, door: str, command: dict[str, Any], ahead: int) -> Job:
        return self.workers.begin(
            command
            | {
                "env": self.environments[door],
                "ahead": self.clock.offset + ahead,
                "plants": self.plants,
                "with": self.given,
            }
        )

    def records(self, *bodies: str, group: str = "") -> dict[str, Any]:
        return {
            "Records": [
                {
                    "messageId": f"m{number}",
                    "body": body,
                    "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": group},
                }
                for number, body in enumerate(bodies)
            ]
        }

    def says(self, user: str, text: str, number: int, account: str = "main", at: int = 0) -> Job:
        """Somebody writes to the bot; the webhook's own answer is the job's."""
        seconds = (at or self.clock.now()) // 1000
        update = {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": seconds,
                "text": text,
                "from": {"id": int(user), "is_bot": False, "first_name": "Somebody"},
                "chat": {"id": int(user), "type": "private"},
            },
        }
        headers = {"X-Telegram-Bot-Api-Secret-Token": "s" * 32}
        return self.begin("webhook", http_event(f"telegram/{account}", json.dumps(update), headers))

    def blocks(self, user: str, number: int, account: str = "main") -> Job:
        """Somebody blocks the bot."""
        person = {"id": int(user), "is_bot": False, "first_name": "Somebody"}
        change = {
            "date": self.clock.now() // 1000,
            "chat": {"id": int(user), "type": "private"},
            "from": person,
            "old_chat_member": {"status": "member", "user": person},
            "new_chat_member": {"status": "kicked", "user": person},
        }
        body = json.dumps({"update_id": number, "my_chat_member": change})
        headers = {"X-Telegram-Bot-Api-Secret-Token": "s" * 32}
        return self.begin("webhook", http_event(f"telegram/{account}", body, headers))

    def clicks(self, user: str) -> Job:
        """Somebody presses the button behind the link in a message."""
        contact = self.contacts.id_of(Identity("telegram", "main", user))
        token = leave_url(contact, self.services).rpartition("/")[2]
        event = http_event("", "List-Unsubscribe=One-Click", {}) | {"pathParameters": {"token": token}}
        return self.begin("unsubscribe", event)

    def tick(self) -> Job:
        """The minute's tick."""
        return self.begin("newsletter", {})

    def whatsapp_says(self, value: dict[str, Any]) -> Job:
        body = json.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [{"id": "1", "changes": [{"field": "messages", "value": _value(value)}]}],
            }
        )
        proof = hmac.new(b"a" * 32, body.encode(), hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={proof}"}
        return self.begin("webhook", http_event("whatsapp/main", body, headers))

    # the end

    def unsettled(self) -> bool:
        """Whether a broadcast is neither at its end nor standing still because somebody wanted it to."""
        return any(
            not one.state.ended and one.state is not State.PAUSED for one in self.broadcasts.page("", 50)[0]
        )

    def figures(self, broadcast: str = "b1") -> Figures:
        found = self.broadcasts.get(broadcast)
        assert found is not None
        counted = total(reporting.figures(found, self.services).values())
        promise(counted.balanced, "figures balance", figures=counted)
        return counted

    def state(self, broadcast: str = "b1") -> State:
        found = self.broadcasts.get(broadcast)
        assert found is not None
        return found.state

    def verdict(
        self, broadcast: str = "b1", audience: int | None = None, kills: int = 0, width: int = WINDOW
    ) -> Verdict:
        """What became of a broadcast whose queues are empty; raises Violation where a promise is broken.

        ``width`` is how many people one worker has under way at most.
        """
        figures, state = self.figures(broadcast), self.state(broadcast)
        said = body_of(f"Hello from {broadcast}")
        accepted = Counter(
            {person: times for (person, body), times in self.messenger.by_body().items() if body == said}
        )
        twice = {person: times for person, times in accepted.items() if times > 1}
        COUNTS.add("duplicates", len(twice))
        promise(not twice, "nobody twice", twice=len(twice))
        if audience is not None:
            promise(figures.audience == audience, "everybody is counted", figures=figures)
        lost = max(0, figures.sent - len(accepted))
        COUNTS.add("lost", lost + figures.pending)
        promise(not lost, "sent means accepted", figures=figures, accepted=len(accepted))
        promise(len(accepted) <= figures.sent + figures.unknown, "accepted is told", figures=figures)
        promise(figures.pending == 0, "nobody is left pending", figures=figures)
        promise(state.ended, "the broadcast ends by itself", state=state, figures=figures)
        promise(not self.source.dead, "no dead letters", dead=len(self.source.dead))
        COUNTS.add("unknown", figures.unknown)
        COUNTS.most(f"unknown per kill, W={width}", figures.unknown / max(1, kills))
        promise(
            figures.unknown <= width * kills, "unknown at most W for each kill", figures=figures, kills=kills
        )
        COUNTS.add("broadcasts judged")
        COUNTS.add("messages judged", sum(accepted.values()))
        return Verdict(figures, accepted, state)


def told_too_much(log: str) -> list[str]:
    """What a log says of people, texts or secrets, by kind."""
    secrets = [value[0] for each in TOKENS.values() for value in each.values() if len(value[0]) > 16]
    found = {
        "people": bool(re.search(rf"{FIRST_CHAT // 10_000}\d{{4}}|4917\d{{8}}|U[0-9a-f]{{32}}", log)),
        "texts": "Hello from" in log,
        "secrets": any(one[:-8] in log for one in secrets) or "k" * 64 in log,
    }
    return [kind for kind, there in found.items() if there]


def user_of(messenger: str, number: int) -> str:
    if messenger == "whatsapp":
        return f"4917{number:08}"
    if messenger == "line":
        return f"U{number:032x}"
    return str(FIRST_CHAT + number)


@cache
def _item(messenger: str, account: str, user: str, day: int) -> dict[str, Any]:
    """A consenting contact as the store itself would write it."""
    then = (day - 1) * DAY
    caught = _Caught()
    store = TableContacts(QuickTable(caught, "any"), lambda: KEYS, lambda: then)  # type: ignore[arg-type]
    identity = Identity(messenger, account, user)
    contact = Contact(store.id_of(identity), identity, Consent())
    store.enter(contact, [Fact(Action.IMPORTED, then, (NEWS,), source="desk")])
    return caught.items[0]


class _Caught:
    """Keeps what would be put."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def call(self, _service: str, _operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.items.append(body["Item"])
        return {}


def http_event(path: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
    """An HTTP API event, payload 2.0, for the webhook door."""
    messenger, _, account = path.partition("/")
    return {
        "version": "2.0",
        "headers": headers,
        "pathParameters": {"messenger": messenger, "account": account},
        "requestContext": {"http": {"method": "POST", "path": f"/webhooks/{path}"}},
        "body": body,
        "isBase64Encoded": False,
    }


def _value(value: dict[str, Any]) -> dict[str, Any]:
    known = {"display_phone_number": "4930123456", "phone_number_id": "106540352242922"}
    return {"messaging_product": "whatsapp", "metadata": known} | value


def until(fact: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether the fact comes true in time."""
    import time

    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True
