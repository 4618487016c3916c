"""Viber REST bot API."""

from rundruf.messengers.contract import Credential, Messenger
from rundruf.messengers.viber import inbound, outbound
from rundruf.messengers.viber.access import HOST
from rundruf.messengers.viber.files import DOWNLOAD
from rundruf.messengers.viber.rules import RULES, TITLE
from rundruf.messengers.viber.setup import steps

VIBER = Messenger(
    name="viber",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("auth_token", r"[!-~]{1,128}"),
        # Broadcasts need Viber's approval; with "off" everybody gets a call of their own.
        Credential("broadcasts", r"on|off", secret=False, required=False),
        # Shown above every message; without it the account's name is.
        Credential("sender_name", r"\S(?:[^\x00-\x1f\x7f]{0,26}\S)?", secret=False, required=False),
    ),
    host=HOST,
    handshake=inbound.handshake,
    verify=inbound.verify,
    read=inbound.read,
    canonical=inbound.canonical,
    problems=outbound.problems,
    build=outbound.build,
    interpret=outbound.interpret,
    entry_link=outbound.entry_link,
    acknowledge=outbound.acknowledge,
    reply=outbound.reply,
    steps=steps,
    batch=outbound.BATCH,
    download=DOWNLOAD,
)
