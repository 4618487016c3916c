"""VK Teams, and ICQ as long as it lasted; one bot API that is polled, two data sheets."""

from functools import partial

from rundruf.messengers.contract import Credential, Download, Messenger, Poll
from rundruf.messengers.vkteams import errors, inbound, outbound, rules
from rundruf.messengers.vkteams.rules import Sheet


def _speaking(name: str, sheet: Sheet) -> Messenger:
    return Messenger(
        name=name,
        title=sheet.title,
        rules=sheet.rules,
        credentials=(Credential("bot_token", r"[A-Za-z0-9._-]{1,200}:[A-Za-z0-9._-]{1,64}"),),
        host=sheet.host,
        handshake=inbound.handshake,
        verify=inbound.verify,
        read=inbound.read,
        canonical=inbound.canonical,
        problems=partial(outbound.problems, sheet),
        build=partial(outbound.build, sheet),
        interpret=errors.interpret,
        entry_link=partial(outbound.entry_link, sheet),
        acknowledge=partial(outbound.acknowledge, sheet),
        steps=partial(outbound.steps, sheet),
        download=Download(partial(inbound.download, sheet), inbound.located),
        poll=Poll(partial(inbound.request, sheet), inbound.polled),
    )


VKTEAMS = _speaking("vkteams", rules.VKTEAMS)
ICQ = _speaking("icq", rules.ICQ)
