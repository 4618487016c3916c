"""WeChat Official Accounts of Tencent."""

from rundruf.messengers.contract import Credential, Messenger
from rundruf.messengers.wechat import access, inbound, outbound
from rundruf.messengers.wechat.rules import RULES, TITLE

WECHAT = Messenger(
    name="wechat",
    title=TITLE,
    rules=RULES,
    credentials=(
        Credential("app_id", r"[A-Za-z0-9_-]{1,64}", secret=False),
        Credential("app_secret", r"[A-Za-z0-9]{1,128}"),
        Credential("token", r"[A-Za-z0-9]{3,32}"),
        Credential("encoding_aes_key", r"[A-Za-z0-9+/]{43}"),
        Credential("account_type", r"service|subscription", secret=False, required=False),
        # As the console calls them; only "plain" lets bodies in that nothing proves.
        Credential("mode", r"safe|compatible|plain", secret=False, required=False),
    ),
    host=access.HOST,
    handshake=inbound.handshake,
    verify=inbound.verify,
    read=inbound.read,
    canonical=inbound.canonical,
    problems=outbound.problems,
    build=outbound.build,
    interpret=outbound.interpret,
    entry_link=access.entry_link,
    acknowledge=outbound.acknowledge,
    reply=inbound.reply,
    steps=access.steps,
    quotas=access.quotas,
    batch=outbound.BATCH,
    token=access.TOKEN,
    doubt=access.DOUBT,
    download=access.DOWNLOAD,
    links=access.LINKS,
)
