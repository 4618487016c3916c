"""The identities of one human, as far as the business said which they are, and which can be written to."""

from collections.abc import Mapping, Sequence

from rundruf.core import policy
from rundruf.core.broadcast import Broadcast
from rundruf.core.contact import Contact
from rundruf.flows.services import Services
from rundruf.messengers import messenger


def siblings(people: Sequence[Contact], services: Services) -> Mapping[str, Sequence[Contact]]:
    """The other identities of each of these, by contact id; each of them says so itself, too."""
    together = services.persons.contacts(one.tie for one in people)
    ids = {one.id: sorted(together.get(one.tie, frozenset()) - {one.id}) for one in people}
    known = services.contacts.known([each for several in ids.values() for each in several])
    ties = {one.id: one.tie for one in people}
    return {
        one: [known[each] for each in several if each in known and known[each].tie == ties[one]]
        for one, several in ids.items()
    }


def sendable(contact: Contact, found: Broadcast, services: Services) -> bool:
    """Whether nothing that is known now speaks against writing to this identity."""
    try:
        account = services.accounts.get(contact.identity.account_id)
    except LookupError:
        return False
    speaks = messenger(contact.identity.messenger)
    refused = policy.refusal(
        contact,
        found.kind,
        found.topic,
        policy.advertised(found.message, speaks.rules),
        speaks.rules,
        services.now(),
        not account.base_url,
        speaks.barred(contact.identity.user_id, True),
        lapse=services.settings.lapse,
    )
    return refused is None
