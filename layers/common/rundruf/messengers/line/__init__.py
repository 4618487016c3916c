"""LINE Messaging API."""

from rundruf.messengers.contract import Credential, Messenger
from rundruf.messengers.line import inbound, outbound
from rundruf.messengers.line.access import HOST, TOKEN
from rundruf.messengers.line.allowance import ALLOWANCE
from rundruf.messengers.line.files import DOWNLOAD
from rundruf.messengers.line.insight import INSIGHT
from rundruf.messengers.line.rules import RULES, TITLE
from rundruf.messengers.line.setup import steps

LINE = Messenger(
    name="line",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("channel_secret", r"[!-~]{1,128}"),
        # Tokens are fetched with channel id and secret where no long-lived one is given.
        Credential("channel_id", r"[0-9]{1,20}", secret=False, required=False),
        Credential("access_token", r"[!-~]{1,2048}", required=False),
        Credential("aggregation_units", r"on|off", secret=False, required=False),
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
    steps=steps,
    allowance=ALLOWANCE,
    insight=INSIGHT,
    batch=outbound.BATCH,
    token=TOKEN,
    download=DOWNLOAD,
)
