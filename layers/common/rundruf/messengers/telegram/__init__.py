"""Telegram Bot API."""

from rundruf.messengers.contract import Credential, Messenger
from rundruf.messengers.telegram import inbound, outbound
from rundruf.messengers.telegram.files import DOWNLOAD
from rundruf.messengers.telegram.rules import RULES, TITLE
from rundruf.messengers.telegram.setup import steps

TELEGRAM = Messenger(
    name="telegram",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("bot_token", r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}"),
        Credential("secret_token", r"[A-Za-z0-9_-]{1,256}"),
    ),
    host=outbound.HOST,
    handshake=inbound.handshake,
    verify=inbound.verify,
    read=inbound.read,
    canonical=inbound.canonical,
    problems=outbound.problems,
    build=outbound.build,
    interpret=outbound.interpret,
    entry_link=outbound.entry_link,
    acknowledge=outbound.acknowledge,
    steps=steps,
    download=DOWNLOAD,
)
