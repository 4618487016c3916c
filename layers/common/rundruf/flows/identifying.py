"""Identity -> contact: one person under whichever of their ids."""

from rundruf.core.contact import Identity
from rundruf.flows.services import Contacts
from rundruf.messengers import messenger


def contact_of(identity: Identity, contacts: Contacts) -> str:
    """The contact known under this id or another spelling of it; asks the store only where there are some."""
    others = messenger(identity.messenger).spellings(identity.user_id)
    return contacts.find(identity, others) if others else contacts.id_of(identity)
