"""Between bodies and the words of the core."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rundruf.api.context import Context
from rundruf.api.models import (
    NOT_REPORTED,
    AudienceModel,
    BroadcastLine,
    BudgetIn,
    CanaryIn,
    CanaryOut,
    ConsentOut,
    ContactOut,
    EntryOut,
    FiguresOut,
    MessageModel,
    Reported,
    StoppedOut,
    moment,
)
from rundruf.api.problems import Problem, not_found
from rundruf.api.translations import by_field, translation_problems, untemplated
from rundruf.aws import codec
from rundruf.core import clicks, policy, wording
from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.budget import Budget
from rundruf.core.canary import USUAL, Canary, Trial
from rundruf.core.canary import sentence as canary_sentence
from rundruf.core.clicks import TOKEN_LENGTH, Track
from rundruf.core.consent import Consent
from rundruf.core.contact import Contact, contact_bytes
from rundruf.core.contest import waiting
from rundruf.core.ledger import Entry, content
from rundruf.core.message import Message, MessageKind
from rundruf.core.placeholders import problems as placeholder_problems
from rundruf.core.report import Figures
from rundruf.core.rules import Advertising
from rundruf.core.segment import BadSegment
from rundruf.core.stopping import STALLED
from rundruf.core.stopping import sentence as stop_sentence
from rundruf.flows.segmenting import frozen, problems
from rundruf.messengers import UnknownMessenger, messenger

LEAVE_URL_TAIL = 61  # characters of the token in the address on which people leave
BLOCKS_ADVERTISE = (
    "a {block} block makes this advertising, even attached to an invoice (BGH VI ZR 225/17; UWG 7(2)), and a "
    "{kind} message cannot carry it; leave it out, or send a broadcast to a topic"
)
BUILT_IN = ("name", "language", "business", "leave_url")


def message_of(model: MessageModel, context: Context) -> Message:
    """The message; what has translations is in the business's language where it names none itself."""
    message = codec.message_in(model.model_dump())
    if message.translations and not message.language:
        return replace(message, language=context.services.settings.language)
    return message


def message_model(message: Message) -> MessageModel:
    return MessageModel.model_validate(codec.message_out(message))


def audience_of(model: AudienceModel) -> Audience:
    return codec.audience_in(model.model_dump())


def checked_where(context: Context, where: Mapping[str, Any], field: str) -> None:
    """Raises Problem naming every condition that cannot be used."""
    known = frozenset(context.wiring.catalogue.attributes())
    try:
        problems(where, context.now(), known, lambda one: context.wiring.broadcasts.get(one[:40]) is not None)
    except BadSegment as bad:
        wrong = [(f"{field}{path.removeprefix('where')}", said) for path, said in bad.problems]
        raise Problem("invalid", f"{wrong[0][0]}: {wrong[0][1]}", wrong) from None


def frozen_audience(context: Context, audience: Audience) -> Audience:
    """The audience as a broadcast keeps it; raises Problem for a segment that cannot be used."""
    if audience.where is not None:
        checked_where(context, audience.where, "audience.where")
    try:
        return frozen(audience, context.services)
    except LookupError:
        said = f"there is no segment {audience.segment!r}; see GET /v1/segments"
        raise Problem("invalid", f"audience.segment: {said}", [("audience.segment", said)]) from None
    except BadSegment as bad:
        path, said = bad.problems[0]
        raise Problem("invalid", f"audience.{path}: {said}", [(f"audience.{path}", said)]) from None


def audience_model(audience: Audience) -> AudienceModel:
    """The conditions; whom a late issue leaves out is told by what it is a late issue of."""
    return AudienceModel.model_validate(codec.audience_out(replace(audience, without=())))


def checked_topic(context: Context, topic: str, field: str = "topic") -> None:
    """Raises Problem for a topic that does not exist."""
    if topic not in context.services.catalogue.topics():
        known = ", ".join(sorted(context.services.catalogue.topics())) or "none yet"
        raise Problem(
            "invalid",
            f"There is no topic {topic!r} (known: {known}).",
            [(field, f"unknown topic {topic!r}; make it with POST /v1/topics or use one of: {known}")],
        )


def checked_audience(context: Context, audience: Audience) -> list[Account]:
    """The accounts an audience may be on, without those on which advertising is forbidden.

    Raises Problem for unknown messengers and accounts, and for those of the latter that the audience names;
    where it names none, their people are skipped with that reason.
    """
    accounts = context.wiring.accounts.all()
    known = {account.id for account in accounts}
    wrong = []
    for name in audience.messengers:
        try:
            messenger(name)
        except UnknownMessenger:
            wrong.append(("audience.messengers", f"there is no messenger {name!r}"))
    wrong += [
        ("audience.accounts", f"there is no account {one!r}; see GET /v1/accounts")
        for one in audience.accounts
        if one not in known
    ]
    if wrong:
        raise Problem("invalid", "The audience names what does not exist.", wrong)
    wrong = [
        (field, f"{messenger(name).title} forbids advertising; leave it out of the audience")
        for field, names in (
            ("audience.messengers", audience.messengers),
            ("audience.accounts", {one.partition("/")[0] for one in audience.accounts}),
        )
        for name in sorted(names)
        if not advertises(name)
    ]
    if wrong:
        raise Problem("invalid", f"{wrong[0][0]}: {wrong[0][1]}", wrong)
    taken = [account for account in accounts if audience.takes_account(account.id)]
    return [account for account in taken if advertises(account.messenger)]


def advertises(name: str) -> bool:
    return messenger(name).rules.advertising is not Advertising.NEVER


def checked_message(
    context: Context,
    message: Message,
    accounts: Iterable[Account],
    track: Track = Track.ANONYMOUS,
    kind: MessageKind = MessageKind.MARKETING,
) -> None:
    """Raises Problem with every reason why some of these accounts could not carry the message in one of its
    languages."""
    wrong = translation_problems(message)
    known = {*BUILT_IN, *context.wiring.catalogue.attributes()}
    for where, one in by_field(message):
        wrong += [(f"{where}.{field}", said) for field, said in placeholder_problems(one, known)]
        if not one.text and not one.media and one.template is None:
            wrong.append((f"{where}.text", "the message is empty; give it a text, a medium or a template"))
    if policy.purpose(kind, message) is not kind:
        wrong.append(("message.blocks", BLOCKS_ADVERTISE.format(block=message.blocks[0], kind=kind)))
    names = sorted({account.messenger for account in accounts})
    if track is not Track.NONE:
        message = _with_longest_links(context, message)
    if not wrong:
        for where, one in by_field(message):
            for name in names:
                wrong += _carried(context, one, name, where)
        wrong += untemplated(message, names)
    if wrong:
        raise Problem("invalid", f"{wrong[0][0]}: {wrong[0][1]}", wrong)


def _with_longest_links(context: Context, message: Message) -> Message:
    """The message as long as counted links make it."""
    ours = f"{context.services.public_url()}/r/{'x' * TOKEN_LENGTH}"
    return clicks.replaced(message, lambda url: max(url, ours, key=len))


def _carried(context: Context, message: Message, name: str, where: str) -> list[tuple[str, str]]:
    """What one messenger cannot carry of the message as people will get it, footer and all."""
    speaks, settings = messenger(name), context.services.settings
    message = policy.advertised(message, speaks.rules)
    said = list(speaks.problems(message))
    if not said and message.text:
        url = f"{context.services.public_url()}/u/{'x' * LEAVE_URL_TAIL}"
        language = wording.language_of(message.language, settings.language)
        footer = f"\n\n{wording.footer(settings.business, url, language)}"
        counted = speaks.rules.counted.length(footer)
        said = [
            (field, f"{detail} The footer takes {counted} of it." if field == "text" else detail)
            for field, detail in speaks.problems(replace(message, text=message.text + footer))
        ]
    return [(f"{where}.{field}", f"{speaks.title}: {detail}") for field, detail in said]


def checked_contact(context: Context, contact: str) -> Contact:
    """The contact; raises Problem."""
    try:
        contact_bytes(contact)
    except ValueError:
        raise not_found("contact", contact[:40]) from None
    found = context.wiring.contacts.get(contact)
    if found is None:
        raise not_found("contact", contact)
    return found


def consent_out(consent: Consent) -> ConsentOut:
    return ConsentOut(
        topics=sorted(consent.topics),
        asked=list(consent.asked),
        service=consent.service,
        platform_stop=consent.platform_stop,
        granted_at=moment(consent.granted_at),
        stopped_at=moment(consent.stopped_at),
        paused_until=moment(consent.paused_until),
        objected=consent.objected,
        last_used_at=moment(consent.last_used_at),
    )


def entries_out(entries: Sequence[Entry]) -> list[EntryOut]:
    return [EntryOut(entry=content(entry), hash=entry.hash) for entry in entries]


def contact_out(contact: Contact, entries: Sequence[Entry] | None = None) -> ContactOut:
    return ContactOut(
        id=contact.id,
        messenger=contact.identity.messenger,
        account=contact.identity.account,
        user_id=contact.identity.user_id,
        name=contact.name,
        language=contact.language,
        zone=contact.zone,
        tags=sorted(contact.tags),
        attributes=dict(contact.attributes),
        consent=consent_out(contact.consent),
        joined=moment(contact.joined),
        seen=moment(contact.seen),
        unreachable=contact.unreachable,
        person=contact.person,
        ledger=None if entries is None else entries_out(entries),
    )


def figures_out(figures: Figures, accounts: Iterable[str], clicked: int | None = None) -> FiguresOut:
    """Figures as shown; what none of the messengers reports is "not reported", never 0.

    ``clicked`` is how often links were clicked, None where that is not counted.
    """
    told = [messenger(account.partition("/")[0]).rules.receipts for account in accounts]

    def reported(status: str, count: int) -> Reported:
        if count or not told or any(status in each for each in told):
            return count
        return NOT_REPORTED

    return FiguresOut(
        audience=figures.audience,
        sent=figures.sent,
        delivered=reported("delivered", figures.delivered),
        read=reported("read", figures.read),
        failed=dict(figures.failed),
        skipped=dict(figures.skipped),
        unknown=figures.unknown,
        expired=figures.expired,
        pending=figures.pending,
        clicked=NOT_REPORTED if clicked is None else clicked,
        replied=figures.replied,
        left=figures.left,
        quiet=figures.quiet,
        quiet_until=moment(figures.quiet_until),
        blocked=figures.blocked,
    )


def budget_of(model: BudgetIn | None) -> Budget | None:
    return Budget(model.amount, model.currency, model.allow_unpriced) if model else None


def budget_model(budget: Budget | None) -> BudgetIn | None:
    if budget is None:
        return None
    return BudgetIn(amount=budget.amount, currency=budget.currency, allow_unpriced=budget.unpriced)


def canary_of(model: CanaryIn | bool | None, usual_wait: int) -> Canary | None:
    """What was asked for: as it says, none (False), or the usual one (left out); ``usual_wait`` in ms."""
    if isinstance(model, CanaryIn):
        wait = usual_wait if model.wait_seconds is None else model.wait_seconds * 1000
        return Canary(model.size, model.failed, model.blocked, model.left, wait)
    return None if model is False else replace(USUAL, wait=usual_wait)


def canary_out(found: Broadcast) -> CanaryOut | None:
    canary, tried = found.canary, found.tried
    if canary is None:
        return None
    return CanaryOut(
        size=canary.size,
        failed=canary.failed,
        blocked=canary.blocked,
        left=canary.left,
        wait_seconds=canary.wait // 1000,
        above=canary.above,
        state=found.trial.value,
        decides=moment(found.settles) if found.trial is Trial.RUNNING else None,
        asked=tried.asked if tried else None,
        people_failed=tried.failed if tried else None,
        people_blocked=tried.blocked if tried else None,
        people_left=tried.left if tried else None,
    )


def stopped_out(found: Broadcast) -> list[StoppedOut]:
    return [
        StoppedOut(
            account=account,
            why=stop.why.value,
            code=stop.code,
            at=moment(stop.at),
            sentence=stop_sentence(stop, messenger(account.partition("/")[0]).title),
        )
        for account, stop in sorted(found.stopped.items())
    ]


def sentence_of(found: Broadcast) -> dict[str, str]:
    """Why it waits, by language; empty where it does not, or where somebody paused it."""
    if found.trial is Trial.FAILED and found.canary and found.tried:
        return canary_sentence(found.canary, found.tried)
    if found.state is State.COMPARING and found.split:
        return waiting(found.split.rule, found.undecided)
    if found.reason and found.stopped:
        first = stopped_out(found)[0]
        return {language: f"{first.account}: {said}" for language, said in first.sentence.items()}
    return STALLED if found.stalled else {}


def line_of(found: Broadcast) -> BroadcastLine:
    return BroadcastLine(
        id=found.id,
        name=found.name,
        topic=found.topic,
        state=found.state.value,
        created=moment(found.created),
        newsletter=found.newsletter,
        late_of=found.late_of,
    )
