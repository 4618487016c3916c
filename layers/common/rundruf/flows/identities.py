"""The identities of one human, as far as the business said which they are, and which can be written to."""

from collections.abc import Mapping, Sequence

from rundruf.core import policy
from rundruf.core.account import Account
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


class Sendable:
    """Whether nothing that is known now speaks against writing to an identity; for some people at a time.

    It asks for accounts' settings only: the planner is not given their credentials.
    """

    def __init__(self, found: Broadcast, services: Services) -> None:
        self._found, self._services = found, services
        self._accounts: dict[str, Account | None] = {}

    def __call__(self, contact: Contact) -> bool:
        account, found, services = self._account(contact.identity.account_id), self._found, self._services
        if account is None:
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

    def _account(self, account_id: str) -> Account | None:
        if account_id not in self._accounts:
            try:
                self._accounts[account_id] = self._services.accounts.settings(account_id)
            except LookupError:
                self._accounts[account_id] = None
        return self._accounts[account_id]
