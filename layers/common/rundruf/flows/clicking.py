"""Message -> its links lead over us -> somebody follows one -> counted, and on to where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass

from rundruf.core import clicks, lookers
from rundruf.core.broadcast import Broadcast
from rundruf.core.clicks import TRACKING, Clicked, Track
from rundruf.core.contact import Contact
from rundruf.core.message import Message
from rundruf.core.report import Receipts, hour_of
from rundruf.core.summing import group_of
from rundruf.flows.services import Services


@dataclass(frozen=True, slots=True)
class Links:
    """The counted links of one message: our address for each, by link id."""

    broadcast: str
    ours: Mapping[str, str]

    def for_person(
        self, message: Message, contact: Contact, place: tuple[str, int], services: Services
    ) -> Message:
        """The message with links that say at which place (chunk, index) their recipient stands.

        Only for a person who agreed to be counted by name.
        """
        if TRACKING not in contact.consent.topics or not self.ours:
            return message
        chunk, index = place
        mine = {
            ours: address(Clicked(self.broadcast, link, chunk, index), services)
            for link, ours in self.ours.items()
        }
        return clicks.replaced(message, lambda url: mine.get(url, url))


NO_LINKS = Links("", {})


def counted(found: Broadcast, message: Message, services: Services, part: str = "") -> tuple[Message, Links]:
    """The message as it is sent to a part of the audience, with our addresses in place of its links.

    Where they lead is in the table before any of them leaves. Addresses of our own, such as the page to
    leave, stay as they are.
    """
    if found.track is Track.NONE or not clicks.countable(found.id):
        return message, NO_LINKS
    own = f"{services.public_url()}/"
    leads = {link: url for link, url in clicks.links(message, part).items() if not url.startswith(own)}
    if not leads:
        return message, NO_LINKS
    services.broadcasts.link(found.id, leads)
    ours = {url: address(Clicked(found.id, link), services) for link, url in leads.items()}
    changed = clicks.replaced(message, lambda url: ours.get(url, url))
    personal = found.track is Track.PERSONAL
    return changed, Links(found.id, {link: ours[url] for link, url in leads.items()} if personal else {})


def address(clicked: Clicked, services: Services) -> str:
    return f"{services.public_url()}/r/{clicks.token(services.keys(), clicked)}"


def follow(token: str, method: str, headers: Mapping[str, str], services: Services) -> str:
    """Where a token's link leads, counted if a person follows it; "" where it leads nowhere any more.

    Raises BadToken. What cannot be counted is logged, and does not keep anybody from the page.
    """
    clicked = clicks.read(services.keys(), token)
    url = services.broadcasts.leads_to(clicked.broadcast, clicked.link)
    if url and not lookers.is_looker(method, headers):
        try:
            _count(clicked, services)
        except Exception as error:
            services.log("click not counted", error=type(error).__name__)
    return url


def _count(clicked: Clicked, services: Services) -> None:
    now = services.now()
    services.broadcasts.click(clicked.broadcast, clicked.link, now)
    if clicked.chunk:
        told = Receipts.of(hour_of(now), clicked=frozenset({clicked.index}))
        services.broadcasts.report(clicked.broadcast, clicked.chunk, told)
        services.broadcasts.touched(clicked.broadcast, group_of(clicked.chunk))
