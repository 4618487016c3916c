"""ICQ: the protocol of VK Teams at another address, and an end."""

from tests.messengers.vkteams.cases import Service, case

ICQ = Service("icq", "ICQ", "https://api.icq.net", "https://icq.im/")

CASE = case(ICQ, lambda _account: ())
