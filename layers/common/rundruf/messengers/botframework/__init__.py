"""Bot Framework: Microsoft Teams, and Skype as long as it lasted; one protocol, two data sheets."""

from functools import partial

from rundruf.messengers.botframework import access, inbound, outbound, rules, trust
from rundruf.messengers.botframework.rules import Sheet
from rundruf.messengers.contract import Credential, Download, Messenger

_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _speaking(name: str, sheet: Sheet) -> Messenger:
    return Messenger(
        name=name,
        title=sheet.title,
        rules=sheet.rules,
        credentials=(
            Credential("app_id", _GUID, secret=False),
            Credential("app_password", r"[!-~]{1,512}"),
            Credential("tenant_id", rf"{_GUID}|[A-Za-z0-9.-]{{1,253}}", secret=False, required=False),
        ),
        host=outbound.HOST,
        handshake=inbound.handshake,
        verify=trust.verify,
        read=partial(inbound.read, sheet),
        canonical=inbound.canonical,
        problems=partial(outbound.problems, sheet),
        build=partial(outbound.build, sheet),
        interpret=outbound.interpret,
        entry_link=partial(outbound.entry_link, sheet),
        acknowledge=outbound.acknowledge,
        reply=inbound.reply,
        steps=partial(access.steps, sheet),
        token=access.TOKEN,
        keys=access.JWKS,
        download=Download(inbound.download, inbound.located),
    )


TEAMS = _speaking("teams", rules.TEAMS)
SKYPE = _speaking("skype", rules.SKYPE)
