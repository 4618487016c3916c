"""Message -> as people will see it on each messenger, in each language, from the very calls that carry it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rundruf.core import clicks, placeholders, policy
from rundruf.core.account import Account
from rundruf.core.broadcast import Broadcast
from rundruf.core.clicks import Clicked, Track, link_id
from rundruf.core.consent import Consent
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message
from rundruf.core.placeholders import names
from rundruf.core.split import messages
from rundruf.flows.clicking import address
from rundruf.flows.leaving import leave_url
from rundruf.flows.personalise import MissingValue, Personaliser
from rundruf.flows.planning import carries
from rundruf.flows.services import Services
from rundruf.flows.writing import outgoing
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery, Messenger, Request
from rundruf.messengers.shown import Part, parts

SAMPLE_USER, SAMPLE_NAME = "491510000000", "Alexandra"
ANY, OPEN, SHUT = "any", "open", "shut"
LEAVE_TAIL = "x" * 61


@dataclass(frozen=True, slots=True)
class Preview:
    """What people get on an account in a language while their reply window is ``open``, ``shut`` or "any".

    ``variant`` is that of a split audience ("": all get the same).
    ``shared``: many people share a call, so it holds no link of their own. ``refusal`` is why they get
    nothing ("": they do). ``calls`` are those that the messenger wants for one person. ``as_text``,
    ``as_link`` and ``left_out`` name what of the message is not what it was meant as: labels of buttons that
    became words, addresses of files that became links, and what does not leave at all.
    """

    account: str
    language: str
    window: str
    shared: bool
    variant: str = ""
    refusal: str = ""
    calls: int = 0
    parts: tuple[Part, ...] = ()
    footer: str = ""
    leave: str = ""
    as_text: tuple[str, ...] = ()
    as_link: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def previews(
    found: Broadcast, accounts: Iterable[Account], services: Services, person: Contact | None = None
) -> list[Preview]:
    """One messenger after the other; with a ``person``, as they would get it now."""
    told: list[Preview] = []
    seen: set[str] = set()
    for account in accounts:
        if account.messenger in seen or (person and person.identity.account_id != account.id):
            continue
        seen.add(account.messenger)
        if not carries(found, account.id):
            continue
        for variant, message in _variants(found, person):
            for version in _versions(message, account, person):
                each = _windows(found, variant, version, account, services, person)
                told += [replace(one, variant=variant) for one in each]
    return told


def _variants(found: Broadcast, person: Contact | None) -> list[tuple[str, Message]]:
    """The messages that are compared, or the one that this person's lot gives them."""
    every = list(messages(found.message, found.split))
    mine = found.variant_of(person.id) if person else ""
    return [one for one in every if one[0] == mine] or every


def _versions(message: Message, account: Account, person: Contact | None) -> Sequence[Message]:
    """The languages in which it leaves: one where a whole audience shares a call."""
    if messenger(account.messenger).rules.gather > 1:
        return message.versions()[:1]
    return [message.spoken(person.language)] if person else message.versions()


def _windows(
    found: Broadcast,
    variant: str,
    version: Message,
    account: Account,
    services: Services,
    person: Contact | None,
) -> Iterator[Preview]:
    """As it is with a reply window and without, or once where that makes no difference."""
    now, rules = services.now(), messenger(account.messenger).rules
    reader = person or _sample(version, account, found.topic, services)
    if rules.gather > 1:  # one text for a whole audience is written to nobody in particular
        reader = replace(reader, name="", attributes={})
    if person or rules.window_hours is None:
        yield _seen(found, variant, version, account, services, reader, ANY)
        return
    wrote = replace(reader, seen=now, window_until=now + 1)
    opened = _seen(found, variant, version, account, services, wrote, OPEN)
    shut = _seen(found, variant, version, account, services, reader, SHUT)
    if replace(shut, window=OPEN) == opened:
        yield replace(shut, window=ANY)
    else:
        yield from (opened, shut)


def _sample(version: Message, account: Account, topic: str, services: Services) -> Contact:
    """Somebody who joined; what else must be known of them is shown by its name."""
    wanted = {one.name for _, text in version.texts() for one in names(text) if not one.has_default}
    return Contact(
        "0" * 26,
        Identity(account.messenger, account.name, SAMPLE_USER),
        replace(Consent(), topics=frozenset({topic})),
        name=SAMPLE_NAME,
        language=version.language or services.settings.language,
        attributes={name: f"‹{name}›" for name in wanted},
    )


def _seen(
    found: Broadcast,
    variant: str,
    version: Message,
    account: Account,
    services: Services,
    reader: Contact,
    window: str,
) -> Preview:
    speaks, now = messenger(account.messenger), services.now()
    shared = _is_shared(found, speaks, account)
    bare = Preview(account.id, version.language, window, shared)
    live, user = not account.base_url, reader.identity.user_id
    refused = policy.refusal(
        reader, found.kind, found.topic, version, speaks.rules, now, live, speaks.barred(user, True)
    )
    if refused:
        return replace(bare, refusal=refused.value)
    counted = _with_links(found, variant, policy.advertised(version, speaks.rules), services)
    leave = "" if shared else _leave(reader, services)
    try:
        made = outgoing(counted, reader, services.settings, leave, Personaliser())
        opened = policy.window_open(reader, speaks.rules, now)
        requests = _built(made, reader, opened, speaks, account, shared)
    except MissingValue:
        return replace(bare, refusal=policy.Refusal.MISSING_VALUE.value)
    except (ValueError, LookupError):
        return replace(bare, refusal=policy.Refusal.CONTENT.value)
    shown = tuple(part for request in requests for part in parts(request, made))
    told = replace(bare, calls=len(requests), parts=shown)
    return _compared(told, made, leave)


def _is_shared(found: Broadcast, speaks: Messenger, account: Account) -> bool:
    """Whether many people get it in one call, as the sender decides it."""
    if speaks.batch is None or not speaks.batch.allowed(account):
        return False
    written = (policy.advertised(one, speaks.rules) for _, one in messages(found.message, found.split))
    return speaks.rules.gather > 1 or not any(map(placeholders.used, written))


def _with_links(found: Broadcast, variant: str, message: Message, services: Services) -> Message:
    """The message with the addresses that count clicks, which lead nowhere before it starts."""
    if found.track is Track.NONE or not clicks.countable(found.id):
        return message
    own = f"{services.public_url()}/"
    return clicks.replaced(
        message,
        lambda url: (
            url if url.startswith(own) else address(Clicked(found.id, link_id(url, variant)), services)
        ),
    )


def _leave(reader: Contact, services: Services) -> str:
    if reader.id.strip("0"):
        return leave_url(reader.id, services)
    return f"{services.public_url()}/u/{LEAVE_TAIL}"


def _built(
    made: Message, reader: Contact, opened: bool, speaks: Messenger, account: Account, shared: bool
) -> tuple[Request, ...]:
    """The calls of the messenger's own builder; the credentials in them are made up."""
    needed = dict.fromkeys((one.name for one in speaks.credentials), (SAMPLE_USER,))
    secret = dict.fromkeys(
        ("access_token", *(one.name for one in speaks.credentials if one.secret)), (SAMPLE_USER,)
    )
    given = replace(account, credentials={**needed, **account.credentials, **secret})
    one = Delivery("preview:0-0:0", reader.identity.user_id, made, opened, True, reader.conversation)
    if shared and speaks.batch:
        return speaks.batch.build([one, replace(one, id="preview:0-0:1")], given)
    return speaks.build(one, given)


def _compared(told: Preview, made: Message, leave: str) -> Preview:
    """What became of everything in the message."""
    texts = "\n".join(part.text for part in told.parts)
    template = any(part.template for part in told.parts)
    taps = [one for part in told.parts for one in part.buttons]
    opened = {one.url for part in told.parts for one in part.links}
    shown = {one.url for part in told.parts for one in part.media}
    loose = [one for one in made.buttons if one not in taps and not (template and one.reply)]
    files = [one for one in made.media if one.url not in shown]
    footer = made.text.rpartition("\n\n")[2] if made.text else ""
    there = bool(footer) and footer in texts
    return replace(
        told,
        footer=footer if there else "",
        leave=leave if there else "",
        as_text=tuple(one.label for one in loose if one.label in texts),
        as_link=tuple(one.url for one in files if one.url in opened or one.url in texts),
        left_out=(
            *(one.label for one in loose if one.label not in texts),
            *(one.url for one in files if one.url not in opened and one.url not in texts),
        ),
    )
