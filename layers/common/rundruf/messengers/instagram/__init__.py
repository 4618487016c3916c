"""Instagram messaging of Meta."""

from rundruf.messengers import meta, meta_inbound, meta_outbound
from rundruf.messengers.contract import Credential, Download, Messenger
from rundruf.messengers.instagram import inbound, outbound, setup
from rundruf.messengers.instagram.rules import RULES, TITLE

INSTAGRAM = Messenger(
    name="instagram",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("app_secret", r"[!-~]{1,128}"),
        Credential("access_token", r"[!-~]{1,2048}"),
        Credential("verify_token", r"[!-~]{1,256}"),
        Credential("ig_id", r"[0-9]{1,32}", secret=False),
        # Given for an account that is linked to a page and uses the page's token.
        Credential("page_id", r"[0-9]{1,32}", secret=False, required=False),
    ),
    host=outbound.HOST,
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
