"""Messenger of Facebook. The folder is not called messenger: that name is a function of the package above."""

from rundruf.messengers import meta, meta_inbound, meta_outbound
from rundruf.messengers.contract import Credential, Download, Messenger
from rundruf.messengers.facebook import inbound, outbound, setup
from rundruf.messengers.facebook.rules import RULES, TITLE

MESSENGER = Messenger(
    name="messenger",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("app_secret", r"[!-~]{1,128}"),
        Credential("access_token", r"[!-~]{1,2048}"),
        Credential("verify_token", r"[!-~]{1,256}"),
        Credential("page_id", r"[0-9]{1,32}", secret=False),
    ),
    host=meta.HOST,
    handshake=meta.handshake,
    verify=meta.verify,
    read=inbound.read,
    canonical=meta_inbound.canonical,
    problems=outbound.problems,
    build=outbound.build,
    interpret=meta_outbound.interpret,
    entry_link=outbound.entry_link,
    acknowledge=meta_outbound.acknowledge,
    steps=setup.steps,
    download=Download(meta.file),
)
