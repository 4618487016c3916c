"""A messenger and a DynamoDB that answer at once or after a wait, for measuring the client beside them.

    python bench/mock.py [--tls CERT KEY] [--wait MS]     prints its port

The messengers (Telegram, WhatsApp) say yes to every POST; DynamoDB knows one broadcast whose chunks it makes
up. Runs as a process of its own, so that its CPU is not the client's.
"""

import asyncio
import json
import ssl
import sys
from base64 import b64encode
from collections.abc import Callable
from typing import Any, ClassVar

PEOPLE = 256
CONSENT = {"S": "news"}
CREDENTIALS = {
    "telegram": {"bot_token": ["123456789:" + "A" * 35], "secret_token": ["s"]},
    "whatsapp": {
        "app_secret": ["a" * 32],
        "access_token": ["EAA" + "x" * 60],
        "verify_token": ["v" * 20],
        "phone_number_id": ["106540352242922"],
    },
    "line": {"channel_secret": ["c" * 32], "access_token": ["t" * 60]},
    "viber": {"auth_token": ["b" * 48]},
}


class Mock(asyncio.Protocol):
    """One connection, kept; requests with a Content-Length."""

    wait = 0.0
    calls: ClassVar[dict[str, int]] = {}
    canned: ClassVar[dict[str, bytes]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].decode("latin-1")
            size = next(
                (int(line[15:]) for line in head.split("\r\n") if line[:15].lower() == "content-length:"), 0
            )
            if len(self.buffer) < end + 4 + size:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            self._answer(head, body)

    def _answer(self, head: str, body: bytes) -> None:
        target = next(
            (
                line.partition(".")[2]
                for line in head.split("\r\n")
                if line.lower().startswith("x-amz-target")
            ),
            "",
        )
        name = target or head.split(" ", 2)[1].rpartition("/")[2]
        self.calls[name] = self.calls.get(name, 0) + 1
        content = self.canned.get(target) or self._told(name, body)
        told = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(
            content
        )
        if target or not self.wait:
            self.transport.write(told + content)
        else:
            asyncio.get_running_loop().call_later(self.wait, self.transport.write, told + content)

    def _told(self, name: str, body: bytes) -> bytes:
        """Its answer; peers' scripts also set answers, and ask how often AWS was asked."""
        if name.startswith("_can?op="):
            self.canned[name.removeprefix("_can?op=")] = body
        if name == "_reset":
            self.calls.clear()
        if name == "_stats":
            asked = sum(count for operation, count in self.calls.items() if operation in self.canned)
            return json.dumps({"aws_calls": asked}).encode()
        return json.dumps(answer(name, body, self.calls)).encode()


def answer(name: str, body: bytes, calls: dict[str, int]) -> dict[str, Any]:
    """What the messenger or DynamoDB says."""
    if name == "calls":
        return {"calls": dict(calls)}
    if name == "sendMessage":
        return {"ok": True, "result": {"message_id": 41, "date": 1, "chat": {"id": 1}, "text": "x"}}
    if name == "messages":
        sent = {"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "1"}]}
        return sent | {"messages": [{"id": "wamid.HBgLNDkxNzAwMDAwMDE"}]}
    made: Callable[[dict[str, Any]], dict[str, Any]] | None = _TABLE.get(name)
    return made(json.loads(body)) if made else {}


def _got(asked: dict[str, Any]) -> dict[str, Any]:
    key = asked["Key"]
    if key["sk"]["S"] == "chunk":
        recipients = b"".join(number.to_bytes(16, "big") for number in range(PEOPLE))
        return {
            "Item": key
            | {"account": {"S": "telegram/main"}, "recipients": {"B": b64encode(recipients).decode()}}
        }
    if key["pk"]["S"] == "broadcast":
        return {"Item": key | BROADCAST}
    if key["sk"]["S"] == "contact":
        return {"Item": key | CONTACT | {"gsk": {"S": key["pk"]["S"][2:]}, "claim0": CONTACT["claim1"]}}
    if key["sk"]["S"] == "progress":
        return {"Item": key | PROGRESS}
    if key["pk"]["S"] == "account":
        messenger, _, name = key["sk"]["S"].partition("/")
        return {"Item": key | {"messenger": {"S": messenger}, "name": {"S": name}}}
    return {}


def _updated(asked: dict[str, Any]) -> dict[str, Any]:
    key, values = asked["Key"], asked.get("ExpressionAttributeValues", {})
    if key["sk"]["S"] == "contact":
        claim = next(value for value in values.values() if value.get("S", "").count(":") == 4)
        return {"Attributes": key | CONTACT | {"gsk": {"S": key["pk"]["S"][2:]}, "claim0": claim}}
    if key["sk"]["S"] == "progress":
        return {"Attributes": key | PROGRESS}
    if key["sk"]["S"] == "pace":
        return {"Attributes": {"next": {"N": "0"}}}
    if key["pk"]["S"] == "broadcast":
        return {"Attributes": key | BROADCAST}
    return {"Attributes": key}


def _parameter(asked: dict[str, Any]) -> dict[str, Any]:
    """An account's credentials: the ones that bench/business.py has."""
    messenger = asked["Name"].split("/")[-2]
    return {"Parameter": {"Value": json.dumps(CREDENTIALS.get(messenger, {}))}}


_TABLE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "GetItem": _got,
    "UpdateItem": _updated,
    "Query": lambda _: {"Items": []},
    "PutItem": lambda _: {},
    "TransactWriteItems": lambda _: {},
    "BatchGetItem": lambda asked: {"Responses": {name: [] for name in asked["RequestItems"]}},
    "GetParameter": _parameter,
    "GetSecretValue": lambda _: {"SecretString": json.dumps({"current": "1", "1": "k" * 64})},
    "SendMessageBatch": lambda _: {"Successful": [], "Failed": []},
}
BROADCAST: dict[str, Any] = {
    "name": {"S": "b"},
    "kind": {"S": "marketing"},
    "topic": CONSENT,
    "audience": {"M": {}},
    "message": {"M": {"text": {"S": "Hello {{ name | default('there') }} 🍲 soup today, with bread."}}},
    "state": {"S": "sending"},
    "created": {"N": "1"},
    "started": {"N": "1"},
    "planned": {"BOOL": True},
    "chunks": {"N": "1000000"},
    "people": {"N": "256000000"},
    "done": {"N": "0"},
    "accounts": {"L": [{"S": "telegram/main"}]},
}
CONTACT: dict[str, Any] = {
    "m": {"S": "telegram"},
    "a": {"S": "main"},
    "u": {"S": "4915112345678"},
    "topics": {"SS": ["news", "offers"]},
    "name": {"S": "Erika"},
    "lang": {"S": "de"},
    "attrs": {"M": {"city": {"S": "Köln"}}},
    "joined": {"N": "1700000000000"},
    "seen": {"N": "1700000000000"},
    "granted_at": {"N": "1700000000000"},
    "service": {"BOOL": True},
    "lnum": {"N": "2"},
    "lhash": {"S": "0" * 64},
    "claim1": {"S": "b0:0-1:7:aabbccdd:1700000000000"},
    "claim2": {"S": "-"},
    "claim3": {"S": "-"},
}
PROGRESS: dict[str, Any] = {
    "marks": {"B": b64encode(bytes(PEOPLE)).decode()},
    "window": {"B": ""},
    "opened_at": {"N": "0"},
    "owner": {"S": "o"},
    "lease_until": {"N": "0"},
    "attempts": {"N": "0"},
    "done": {"BOOL": False},
}


async def main(arguments: list[str]) -> None:
    context = None
    if "--tls" in arguments:
        at = arguments.index("--tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments[at + 1], arguments[at + 2])
    if "--wait" in arguments:
        Mock.wait = float(arguments[arguments.index("--wait") + 1]) / 1000
    server = await asyncio.get_running_loop().create_server(Mock, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
