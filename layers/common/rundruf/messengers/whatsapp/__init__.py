"""WhatsApp Cloud API of Meta."""

from rundruf.messengers import meta
from rundruf.messengers.contract import Credential, Messenger
from rundruf.messengers.whatsapp import countries, identity, inbound, outbound, setup
from rundruf.messengers.whatsapp.rules import RULES, TITLE

WHATSAPP = Messenger(
    name="whatsapp",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("app_secret", r"[!-~]{1,128}"),
        Credential("access_token", r"[!-~]{1,2048}"),
        Credential("verify_token", r"[!-~]{1,256}"),
        Credential("phone_number_id", r"[0-9]{1,32}", secret=False),
        Credential("waba_id", r"[0-9]{1,32}", secret=False, required=False),
        # The messaging limit of the business portfolio: so many people in 24 hours.
        Credential("daily_limit", r"[1-9][0-9]{0,8}", secret=False, required=False),
    ),
    host=meta.HOST,
    handshake=meta.handshake,
    verify=meta.verify,
    read=inbound.read,
    canonical=identity.canonical,
    problems=outbound.problems,
    build=outbound.build,
    interpret=outbound.interpret,
    entry_link=outbound.entry_link,
    acknowledge=outbound.acknowledge,
    spellings=identity.spellings,
    barred=countries.barred,
    steps=setup.steps,
    download=setup.DOWNLOAD,
)
