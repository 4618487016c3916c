"""Bodies of requests and answers; unknown fields are refused."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from rundruf.core.broadcast import Scope
from rundruf.core.canary import USUAL
from rundruf.core.caps import MOST as MOST_KEPT
from rundruf.core.chunk import SIZE
from rundruf.core.clicks import Track
from rundruf.core.contact import LONGEST_PERSON
from rundruf.core.fallback import LONGEST as LONGEST_FALLBACK
from rundruf.core.fallback import MOST as MOST_FALLBACKS
from rundruf.core.fallback import USUAL as USUALLY
from rundruf.core.fallback import When
from rundruf.core.local_time import local_time_of
from rundruf.core.message import Block
from rundruf.core.newsletter import GRACE, HOUR, Missed, Per
from rundruf.core.split import DECIDED_AFTER, ENOUGH, Measure
from rundruf.core.split import MOST as MOST_VARIANTS

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^;]+$")
]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
AttributeValue = Annotated[str, StringConstraints(max_length=200)]
AccountId = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9][a-z0-9_-]{0,39}$")]


def _in_utc(when: datetime) -> datetime:
    try:
        return when.astimezone(UTC)
    except OverflowError:
        raise ValueError("no moment between the years 1 and 9999 in UTC") from None


Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]
PersonId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_PERSON)]
ContactId = Annotated[str, StringConstraints(pattern=r"^[0-9a-v]{26}$")]
MOST_NAMED = 20
MOST_TRANSLATIONS = 20
MOST_LETTERS = 200
NOT_REPORTED: Literal["not reported"] = "not reported"
Reported = int | Literal["not reported"]


class Model(BaseModel):
    """Strict about names, so that a misspelt field is an error and not silence."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def moment(ms: int) -> datetime | None:
    """RFC 3339 in UTC for a time in ms; None for 0."""
    return datetime.fromtimestamp(ms / 1000, UTC) if ms else None


def milliseconds(when: datetime | None) -> int:
    return int(when.timestamp() * 1000) if when else 0


class MediaModel(Model):
    kind: Literal["image", "audio", "video", "file"]
    url: Url
    alt: Annotated[str, StringConstraints(max_length=500)] = ""


class ButtonModel(Model):
    label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    reply: Annotated[str, StringConstraints(max_length=256)] = ""
    url: Annotated[str, StringConstraints(max_length=2000)] = ""


class TemplateButtonModel(Model):
    """What a button of the template sends back (``reply``) or the end of the address it opens (``url``)."""

    label: Annotated[str, StringConstraints(max_length=100)] = ""
    reply: Annotated[str, StringConstraints(max_length=1000)] = ""
    url: Annotated[str, StringConstraints(max_length=2000)] = ""


class TemplateModel(Model):
    """``names`` (one for each of ``parameters``) is for templates whose placeholders have names."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,512}$")]
    language: Annotated[str, StringConstraints(min_length=2, max_length=15)]
    parameters: list[Annotated[str, StringConstraints(max_length=1024)]] = Field(
        default_factory=list, max_length=30
    )
    names: list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{1,100}$")]] = Field(
        default_factory=list, max_length=30
    )
    header: Annotated[str, StringConstraints(max_length=1024)] = ""
    media: MediaModel | None = None
    buttons: list[TemplateButtonModel] = Field(default_factory=list, max_length=10)


class ContentModel(Model):
    """What a message says, in one language."""

    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    media: list[MediaModel] = Field(default_factory=list, max_length=10)
    buttons: list[ButtonModel] = Field(default_factory=list, max_length=13)
    template: TemplateModel | None = None


class MessageModel(ContentModel):
    """``blocks`` say what is in it that makes it marketing, whatever else it holds: asking for a review or a
    score (nps), a coupon, a hint to order again. No other kind of message may carry them.

    ``translations`` are the same message in other languages by their tags, each complete: nothing is taken
    over from the message itself. Who speaks none of them gets it as it is, in ``language`` (left out, with
    translations: the business's)."""

    blocks: list[Block] = Field(default_factory=list, max_length=4)
    language: Language | None = None
    translations: dict[Language, ContentModel] = Field(default_factory=dict, max_length=MOST_TRANSLATIONS)


class TagsModel(Model):
    any: list[Tag] = Field(default_factory=list, max_length=50)
    all: list[Tag] = Field(default_factory=list, max_length=50)
    none: list[Tag] = Field(default_factory=list, max_length=50)


class AudienceModel(Model):
    messengers: list[Slug] = Field(default_factory=list, max_length=20)
    accounts: list[AccountId] = Field(default_factory=list, max_length=100)
    languages: list[Language] = Field(default_factory=list, max_length=50)
    tags: TagsModel = Field(default_factory=TagsModel)
    attributes: dict[AttributeName, AttributeValue] = Field(default_factory=dict, max_length=20)
    contacts: list[ContactId] = Field(default_factory=list, max_length=MOST_NAMED)
    segment: Slug | None = None
    where: dict[str, Any] | None = None


class SegmentIn(Model):
    """Conditions on people under a name; docs/segments.md says what may be asked."""

    id: Slug
    name: Name
    where: dict[str, Any]


class SegmentOut(SegmentIn):
    changed: datetime | None


class SegmentList(Model):
    segments: list[SegmentOut]


class CountIn(Model):
    """Whom to count: a topic's people in this audience."""

    topic: Slug
    audience: AudienceModel = Field(default_factory=AudienceModel)


class CountOut(Model):
    """``complete`` is false where the time ran out: there are at least so many."""

    count: int
    by_account: dict[str, int]
    complete: bool


Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, lt=100)]
VariantName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$")]
MOST_HOURS = 30 * 24


class CanaryIn(Model):
    """How the first chunk is tried alone: with how many people, and which shares of those who were asked stop
    the rest: ``failed`` (refused or unknown), ``blocked`` (had blocked the business), ``left`` (afterwards).

    ``wait_seconds`` is the time that receipts and people get after the chunk's end (left out: the usual).
    """

    size: Annotated[int, Field(ge=1, le=SIZE)] = USUAL.size
    failed: Share = USUAL.failed
    blocked: Share = USUAL.blocked
    left: Share = USUAL.left
    wait_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None


class BudgetIn(Model):
    """What messengers may charge at most, by your price table. Messages without a price in this ``currency``
    leave only with ``allow_unpriced``, and count nothing.
    """

    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$")]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    allow_unpriced: bool = False


class BudgetOut(BudgetIn):
    """``held``: what messages that were sent, or may have been, cost, and those that may still leave of the
    parts under way."""

    held: str = "0.00"


def _local_time(text: str) -> str:
    return local_time_of(text) if text else ""


LocalTime = Annotated[str, AfterValidator(_local_time)]


class FallbackIn(Model):
    """Who was not reached gets it on another messenger of theirs, with the consent given there: so many hours
    after the broadcast's end, on the first account of ``to`` that fits.

    Two contacts are one human where both have the same ``person``. ``undelivered``: accepted, and no receipt
    says that it arrived (only where the messenger reports that); ``failed``: refused, though not by the
    person; ``unknown``: nobody knows, so some may get it twice. Of several contacts of a human in the
    audience only one gets the broadcast.
    """

    after_hours: Annotated[int, Field(ge=1, le=LONGEST_FALLBACK)]
    to: list[AccountId] = Field(min_length=1, max_length=MOST_FALLBACKS)
    when: list[When] = Field(default_factory=lambda: list(USUALLY), min_length=1, max_length=3)


class FallbackOut(FallbackIn):
    """``state``: planned, waiting, off, expired, or the state of the ``broadcast`` that the fallback is.

    ``begins`` is when it does or did. ``both_arrived`` (in reports) are people whose first message arrived
    although the second had left; at least so many where it is not ``complete``.
    """

    state: str
    begins: datetime | None = None
    broadcast: str | None = None
    both_arrived: int | None = None
    complete: bool = True
    figures: "ReportFigures | None" = None


class FallbackPlanOut(Model):
    """At most so many people may get it by the fallback, if nobody is reached by the first message.

    ``by_account`` and ``cost`` are of those who were looked at; the rest count as ``unpriced`` where it is
    not ``complete``.
    """

    people: int
    by_account: dict[str, int]
    cost: list["CostOut"]
    unpriced: int
    complete: bool
    sentence: dict[str, str]


class VariantModel(Model):
    """One of the messages that are compared. Exactly one of them leaves out ``message``: it is that of the
    broadcast itself. ``weight``: how many get it, beside the others' weights."""

    name: VariantName
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    message: MessageModel | None = None


class WinnerRule(Model):
    """How the winner is found: by what people did (``clicked``: clicks for each person; ``left``: the fewest
    win), ``decide_after`` hours after the variants went, once each has reached ``at_least`` people of whom
    that can be told. With a tie, too few, or where no messenger tells, it waits for POST …/winner, or until
    ``first_after`` hours are over: then the first variant goes."""

    by: Measure
    at_least: Annotated[int, Field(ge=1, le=10_000_000)] = ENOUGH
    decide_after: Annotated[float, Field(ge=0.01, le=MOST_HOURS)] = DECIDED_AFTER / HOUR
    first_after: Annotated[float, Field(ge=0.01, le=MOST_HOURS)] | None = None


class BroadcastIn(Model):
    """``canary``: as it says, whatever the audience; false: none; left out: the usual one above 1,000 people.

    Who was not reached by ``expires_at`` is left out, also while the broadcast or an account waits. ``track``
    says how clicks on links are counted: how often (anonymous), also by recipient for people who agreed to
    that by joining the topic "tracking" (personal), or not at all (none). ``local_time`` (2026-12-24T18:00,
    instead of ``send_at``): everybody gets it when it is that time in their own zone, and whose time is over
    when it starts, at once. With a ``budget`` it starts only if it costs no more, and stops before it does.

    ``variants``: several messages to compare. ``holdout``: per cent of the audience who get nothing, for
    comparison. ``test``: per cent of the audience who get the variants first; everybody else waits for the
    winner, found by the rule ``winner`` or said by POST …/winner. Without it everybody gets one at once. Who
    gets what is drawn by lot.
    """

    name: Name
    kind: Literal["marketing"] = "marketing"
    topic: Slug
    audience: AudienceModel = Field(default_factory=AudienceModel)
    message: MessageModel
    send_at: Time | None = None
    local_time: LocalTime = ""
    budget: BudgetIn | None = None
    expires_at: Time | None = None
    start: bool = True
    canary: CanaryIn | Literal[False] | None = None
    track: Track = Track.ANONYMOUS
    fallback: FallbackIn | None = None
    variants: list[VariantModel] = Field(default_factory=list, max_length=MOST_VARIANTS)
    holdout: Percent = 0
    test: Percent = 0
    winner: WinnerRule | None = None


TWICE = "some may get it twice"


class ResumeIn(Model):
    """``pending``: everybody whose turn has not come. ``failed``: also those who failed for a reason that may
    be gone (retry, pause, window, bad). ``unknown``: also those of whom nobody knows whether the message
    arrived; they may get it twice, so ``confirm`` must say "some may get it twice".
    ``budget`` replaces the one it had.
    """

    scope: Scope = Scope.PENDING
    confirm: str = Field(default="", max_length=100)
    budget: BudgetIn | None = None


class TestIn(Model):
    """Ids of the people who get the test; they must have joined the topic. ``variant``: which of several
    messages; left out: the broadcast's own."""

    contacts: list[ContactId] = Field(min_length=1, max_length=MOST_NAMED)
    variant: VariantName | None = None


class WinnerIn(Model):
    variant: VariantName


class RateOut(Model):
    """``count`` of ``of`` people (clicks: for so many people); the true share lies between ``low`` and
    ``high`` with 95 % certainty (Wilson). Null for clicks, since who clicks twice counts twice."""

    count: int
    of: int
    share: float
    low: float | None
    high: float | None


class WinnerOut(Model):
    """``variant`` is the winner ("": none yet), found ``at`` by the ``rule``, by ``time`` (the first, since
    nothing could be said) or by ``hand`` (of the API key ``key``), on figures (``on``) as they were then.

    ``decides`` is when the rule is asked, ``first_at`` when the first variant goes at the latest;
    ``undecided`` says why there is no winner by then: few, tie, not_reported."""

    rule: WinnerRule | None
    variant: str
    at: datetime | None
    by: str
    key: str
    on: dict[str, RateOut]
    since: datetime | None
    decides: datetime | None
    first_at: datetime | None
    undecided: str


class PreviewIn(Model):
    """``contact``: as this person would get it now; left out: somebody who joined, in every language."""

    contact: ContactId | None = None


class ShownMedia(Model):
    kind: str
    url: str


class PartOut(Model):
    """One message in the chat. ``length`` of its text in the messenger's ``unit``, of at most ``limit``.

    ``media`` are shown, ``links`` open a file with a tap. ``template`` is filled as it leaves; its own words
    stand with the messenger.
    """

    text: str
    length: int
    limit: int
    unit: str
    media: list[ShownMedia]
    links: list[ButtonModel]
    buttons: list[ButtonModel]
    template: TemplateModel | None


class PreviewOut(Model):
    """What people see on an account in a language, read from the calls that would be made.

    ``window``: while the reply window is open, shut, or in any case. ``refusal``: why they get nothing.
    ``variant``: which of several messages ("": there is one).
    ``shared``: many people share a call, so no link is theirs alone. ``calls`` is the number of messages that
    the messenger counts. ``as_text`` are labels of buttons that became words, ``as_link`` files that became
    links, ``left_out`` what does not leave. ``footer`` and ``leave`` (the link in it) stand below the text.
    """

    account: str
    messenger: str
    language: str
    window: Literal["any", "open", "shut"]
    variant: str = ""
    shared: bool
    refusal: str
    calls: int
    parts: list[PartOut]
    footer: str
    leave: str
    as_text: list[str]
    as_link: list[str]
    left_out: list[str]


class PreviewList(Model):
    previews: list[PreviewOut]


class FiguresOut(Model):
    """Counts of people; audience = sent + failed + skipped + unknown + expired + pending, always.

    ``quiet`` of those pending have quiet time or wait for the broadcast's time in their zone; where that is
    all who are left somewhere, ``quiet_until`` is when the first of them is written to.
    ``clicked`` counts clicks on links, of all people together; who they were is not known. ``blocked`` are
    those who blocked you after the message; who had done so before has failed.
    """

    audience: int
    sent: int
    delivered: Reported
    read: Reported
    failed: dict[str, int]
    skipped: dict[str, int]
    unknown: int
    expired: int
    pending: int
    clicked: Reported
    replied: int
    left: int
    quiet: int = 0
    quiet_until: datetime | None = None
    blocked: int = 0


class ReportFigures(Model):
    """Counts of people, ``clicked`` of clicks; null: no messenger reports it, or it is not counted.

    audience = sent + failed + skipped + unknown + expired + pending, always. ``failed`` is by class,
    ``skipped`` by reason; ``clickers`` are people who clicked and agreed to be counted by name.
    """

    audience: int
    sent: int
    delivered: int | None
    read: int | None
    clicked: int | None
    clickers: int
    replied: int
    left: int
    blocked: int | None
    failed: dict[str, int]
    skipped: dict[str, int]
    unknown: int
    expired: int
    pending: int


class LinkOut(Model):
    url: str
    clicks: int


class HourOut(Model):
    """What people did first in the hour that begins then; ``clicked`` counts clicks."""

    hour: datetime
    sent: int
    delivered: int
    read: int
    clicked: int
    replied: int
    left: int
    blocked: int


class IssueOut(Model):
    id: str
    name: str
    started: datetime | None
    figures: ReportFigures


class InsightOut(Model):
    """What a messenger itself counted, in its own way; null: too few people for it to tell."""

    account: str
    source: str
    figures: dict[str, int | None]


class SideOut(Model):
    """One part of a split audience: a variant's name, "rest" (waited for the winner), "holdout" (got nothing)
    or "" (everybody else). ``variant`` is what it got, ``share`` how much of the audience was planned for it,
    0 to 1. ``rates``: clicked, read, replied, left; null for what nobody tells of these people."""

    part: str
    variant: str
    share: float
    figures: ReportFigures
    rates: dict[str, RateOut | None]


class ComparisonOut(Model):
    """In plain words, German and English; ``sure``: more than chance usually makes. ``measure``: read,
    replied, left (the two best variants), or left_since (who got it beside who was kept out)."""

    measure: str
    sentence: dict[str, str]
    sure: bool


class ReportOut(Model):
    """What came of a broadcast, or of the issues of a newsletter, as of ``as_of``.

    ``bases``: of how many people delivered, read and blocked can be told at all. ``best_hours``: what people
    did by hour of the day (0 to 23) in ``zone``. Clicks are not known by messenger, so they are null there.
    ``by_language``: by the language of the message that people got, where it has translations.
    """

    id: str
    name: str
    kind: Literal["broadcast", "newsletter"]
    state: str
    topic: str
    zone: str
    as_of: datetime | None
    started: datetime | None
    finished: datetime | None
    figures: ReportFigures
    bases: dict[str, int]
    by_messenger: dict[str, ReportFigures]
    by_account: dict[str, ReportFigures]
    by_language: dict[str, ReportFigures] = Field(default_factory=dict)
    links: list[LinkOut]
    hours: list[HourOut]
    best_hours: dict[str, list[int]]
    messengers_say: list[InsightOut] = Field(default_factory=list)
    fallback: FallbackOut | None = None
    issues: list[IssueOut] = Field(default_factory=list)
    variants: list[SideOut] = Field(default_factory=list)
    comparisons: list[ComparisonOut] = Field(default_factory=list)
    winner: WinnerOut | None = None


class GrowthDay(Model):
    """What people did on a day of the business's zone."""

    day: date
    asked: int
    joined: int
    left: int
    blocked: int


class GrowthSource(Model):
    """``source``: the code of an entry point, or how it came about (chat, page, import …)."""

    source: str
    asked: int
    joined: int
    left: int
    blocked: int


class CohortOut(Model):
    """Who joined in the week of a Monday, and how many of them were still there; null: too early to say."""

    week: date
    joined: int
    after_4_weeks: int | None
    after_8_weeks: int | None
    after_12_weeks: int | None


class GrowthOut(Model):
    topic: str
    zone: str
    first: date
    last: date
    days: list[GrowthDay]
    sources: list[GrowthSource]
    cohorts: list[CohortOut]


class StoppedOut(Model):
    """An account whose part waits while the others go on, and why, in German and English."""

    account: str
    why: str
    code: str
    at: datetime | None
    sentence: dict[str, str]


class CanaryOut(CanaryIn):
    """``above``: larger audiences only. ``state``: "", running, passed, failed or overruled; ``decides`` is
    when it is decided, ``asked`` and ``people_…`` what it came to."""

    above: int = 0
    state: str = ""
    decides: datetime | None = None
    asked: int | None = None
    people_failed: int | None = None
    people_blocked: int | None = None
    people_left: int | None = None


class CostOut(Model):
    amount: str
    currency: str


class OwnCostOut(CostOut):
    source: str


class PlannedOut(Model):
    """What was said before the start, and the id of the API key that asked; at least so many people where it
    is not ``complete``. ``finishes`` null: nobody knew."""

    people: int
    complete: bool
    cost: list[CostOut]
    unpriced: int
    finishes: datetime | None
    at: datetime | None
    key: str
    fallback: FallbackPlanOut | None = None


class BroadcastOut(Model):
    """``sentence`` explains ``reason`` in German and English; ``stalled_since``: nothing moved since.

    ``planned_for`` is what was said before the start; ``made_by`` and ``approved_by`` are ids of API keys.
    ``late_of`` is the issue that a late issue repeats.
    ``fallback_of`` is the broadcast whose fallback this one is.
    """

    id: str
    name: str
    kind: str
    topic: str
    state: str
    reason: str
    created: datetime | None
    started: datetime | None
    finished: datetime | None
    send_at: datetime | None
    local_time: str = ""
    budget: BudgetOut | None = None
    expires_at: datetime | None
    newsletter: str
    audience: AudienceModel
    message: MessageModel
    chunks: int
    chunks_done: int
    figures: FiguresOut
    by_messenger: dict[str, FiguresOut]
    sentence: dict[str, str] = Field(default_factory=dict)
    stopped: list[StoppedOut] = Field(default_factory=list)
    canary: CanaryOut | None = None
    stalled_since: datetime | None = None
    track: Track = Track.NONE
    planned_for: PlannedOut | None = None
    made_by: str = ""
    approved_by: str = ""
    variants: list[VariantModel] = Field(default_factory=list)
    holdout: float = 0
    test: float = 0
    winner: WinnerOut | None = None
    late_of: str = ""
    fallback: FallbackOut | None = None
    fallback_of: str = ""


QueueName = Literal["plan", "send", "inbox", "receipts", "tick", "archive"]


class RedriveIn(Model):
    """``queue`` left out: all of them; ``ids`` left out: every letter."""

    queue: QueueName | None = None
    ids: list[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = Field(
        default_factory=list, max_length=MOST_LETTERS
    )
    limit: Annotated[int, Field(ge=1, le=MOST_LETTERS)] = MOST_LETTERS


class LetterOut(Model):
    """A message that was given up. ``fate``: again (queued again), over (thrown away, nothing is left to do)
    or kept (a person has to look); ``sentence`` explains ``reason`` in German and English."""

    id: str
    queue: str
    at: datetime | None
    tries: int
    broadcast: str
    chunk: str
    account: str
    contact: str
    fate: str
    reason: str
    sentence: dict[str, str]


class LetterList(Model):
    letters: list[LetterOut]
    more: bool


class BroadcastLine(Model):
    """``late_of`` is the issue that a late issue repeats, "" for all others."""

    id: str
    name: str
    topic: str
    state: str
    created: datetime | None
    newsletter: str
    late_of: str = ""


class BroadcastList(Model):
    broadcasts: list[BroadcastLine]
    cursor: str | None


class RecipientOut(Model):
    """``language`` is that of the message they get ("": nobody said which it is in), ``part`` their variant,
    or rest (waits for the winner) or holdout (gets nothing)."""

    contact: str
    account: str
    outcome: str
    reason: str
    delivered: bool
    read: bool
    language: str = ""
    part: str = ""


class RecipientList(Model):
    recipients: list[RecipientOut]
    cursor: str | None


class QuotaOut(Model):
    """How many more people the messenger allows an account in its period (``per``: day or month)."""

    remaining: int | Literal["unknown", "unlimited"]
    per: str


class StartIn(Model):
    """The token of a preflight that is at most 30 minutes old."""

    token: Annotated[str, StringConstraints(max_length=2000)] = ""


class SampledOut(Model):
    """``read`` people were looked at whole, ``found`` of them would be refused, by reason; in the whole
    audience that is ``about`` so many (exactly, as of now, where everybody was read)."""

    read: int
    found: dict[str, int]
    about: dict[str, int]


class WaveOut(Model):
    at: datetime | None
    people: int


class LocalOut(Model):
    """When people get it who wait for the broadcast's time in their own zone; ``passed`` of them get it at
    the start, since their time is over by then. Who has quiet time then gets it after that.
    """

    first: datetime | None
    last: datetime | None
    passed: int
    waves: list[WaveOut]


class SpokenOut(Model):
    """So many ``people`` who speak ``language`` ("": unknown) get the message in ``gets`` ("": not told)."""

    language: str
    people: int
    gets: str


class PreflightOut(Model):
    """Who would be asked now, by account; consent is asked again for each at the moment of sending.

    ``notes`` say what the messenger of an account permits, with source and date, where it is not all;
    ``quota`` what it still allows where it counts, ``warnings`` (German, English) where that is too little.
    ``skipped_now`` counts people by the reason for which they would not get it, as far as that is known
    in the index; ``quiet`` have quiet time, and the last of them until ``quiet_until``. ``sampled`` says of
    up to 500 people of each account what only a look at each tells: caps, lapsed consents, reply windows.

    ``warnings`` are by account or subject (price, quiet, "template messenger/account", "language …",
    translation). ``languages`` tell who gets the message in which.
    ``messages_each`` is how many messages one person gets, by account, ``messages`` all of them. ``cost`` is
    what messengers charge by your price table, without ``unpriced`` people; ``own_cost`` what AWS does.
    ``finishes`` is when the last message leaves at the messengers' limits (null: a quota is too small).
    ``token`` starts the broadcast as it was looked at, until ``valid_until``. ``local`` tells who gets a
    broadcast by local time when.
    ``parts`` are people by variant, ``holdout`` (get nothing) and ``rest`` (wait for the winner).
    """

    audience: int
    chunks: int
    by_account: dict[str, int]
    seconds_at_limit: dict[str, float]
    notes: dict[str, str] = Field(default_factory=dict)
    quota: dict[str, QuotaOut] = Field(default_factory=dict)
    warnings: dict[str, dict[str, str]] = Field(default_factory=dict)
    skipped_now: dict[str, int] = Field(default_factory=dict)
    quiet: int = 0
    quiet_until: datetime | None = None
    sampled: SampledOut | None = None
    messages: int = 0
    messages_each: dict[str, int] = Field(default_factory=dict)
    languages: list[SpokenOut] = Field(default_factory=list)
    cost: list[CostOut] = Field(default_factory=list)
    unpriced: int = 0
    own_cost: OwnCostOut | None = None
    finishes: datetime | None = None
    local: LocalOut | None = None
    fallback: FallbackPlanOut | None = None
    parts: dict[str, int] = Field(default_factory=dict)
    token: str = ""
    valid_until: datetime | None = None


class CapsModel(Model):
    """At most so many marketing messages to one person in any day, week or 30 days; 0 means no limit."""

    day: Annotated[int, Field(ge=0, le=MOST_KEPT)] = 0
    week: Annotated[int, Field(ge=0, le=MOST_KEPT)] = 0
    month: Annotated[int, Field(ge=0, le=MOST_KEPT)] = 0


class TopicIn(Model):
    """``often`` tells people how often they will be written to, such as "about once a week"; ``caps`` count
    this topic's messages, those of the deployment all topics' together (left out, they stay as they are)."""

    id: Slug
    name: dict[Language, Name] = Field(min_length=1, max_length=40)
    often: dict[Language, Name] = Field(default_factory=dict, max_length=40)
    caps: CapsModel | None = None


class TopicList(Model):
    topics: list[TopicIn]


class EntryPointIn(Model):
    """Entry points with the same ``page`` share one joining page; their topics are the same."""

    name: Name
    messenger: Slug
    account: Slug
    topics: list[Slug] = Field(min_length=1, max_length=20)
    language: Literal["de", "en"] = "de"
    keyword: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    tags: list[Tag] = Field(default_factory=list, max_length=20)
    page: Slug | Literal[""] = ""


class EntryPointOut(EntryPointIn):
    """``page_url`` is the joining page; ``hint`` says what people do besides opening the link; with
    ``typed_code`` they type the code."""

    id: str
    code: str
    link: str
    qr_svg: str
    qr_png: str
    page_url: str
    typed_code: bool = False
    hint: str = ""


class EntryPointList(Model):
    entry_points: list[EntryPointOut]


class AccountIn(Model):
    """``credentials`` are write-only and named as in the messenger's console; a list while they rotate."""

    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    base_url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s]+)?$", max_length=300)] = ""
    rate: Annotated[float, Field(gt=0, le=10_000)] | None = None
    credentials: dict[str, str | list[str]] = Field(default_factory=dict, max_length=20)


class AccountOut(Model):
    id: str
    messenger: str
    account: str
    address: str
    base_url: str
    rate: float | None
    credentials: list[str]
    webhook: str


class FileIn(Model):
    """What an event says of a file: the messenger's id of it, and what it is."""

    id: Annotated[str, StringConstraints(pattern=r"^[!-~]+$", min_length=1, max_length=4000)]
    kind: Literal["image", "audio", "video", "file"] = "file"


class CheckedOut(Model):
    name: str
    ok: bool
    detail: str


class VerifiedOut(Model):
    """The steps in their order; those after the first that failed were not tried."""

    ok: bool
    steps: list[CheckedOut]


class AccountList(Model):
    accounts: list[AccountOut]


class ConsentOut(Model):
    """``last_used_at`` is when a marketing message was last about to leave; it is no part of the ledger. A
    pause without an end lasts until the year 9999."""

    topics: list[str]
    asked: list[str]
    service: bool
    platform_stop: bool
    granted_at: datetime | None
    stopped_at: datetime | None
    paused_until: datetime | None = None
    objected: bool = False
    last_used_at: datetime | None = None


class EntryOut(Model):
    """A ledger entry; times are in ms exactly as hashed."""

    entry: dict[str, Any]
    hash: str


class ContactOut(Model):
    id: str
    messenger: str
    account: str
    user_id: str
    name: str
    language: str
    zone: str
    tags: list[str]
    attributes: dict[str, str]
    consent: ConsentOut
    joined: datetime | None
    seen: datetime | None
    unreachable: str
    person: str = ""
    ledger: list[EntryOut] | None = None


class ContactList(Model):
    contacts: list[ContactOut]
    cursor: str | None


class ConsentSource(Model):
    """Where the consent was given: what, when, and the words that were agreed to."""

    source: Name
    at: Time
    wording: Annotated[str, StringConstraints(max_length=200)] = ""


class ContactIn(Model):
    """``person`` is your own id of the human behind this contact, such as a customer number: contacts with
    the same one are one human. Left out, it stays as it is; "" takes it away.
    """

    messenger: Slug
    account: Slug
    user_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    name: Annotated[str, StringConstraints(max_length=120)] = ""
    language: Annotated[str, StringConstraints(max_length=20)] = ""
    zone: Annotated[str, StringConstraints(max_length=60)] = ""
    tags: list[Tag] = Field(default_factory=list, max_length=50)
    attributes: dict[AttributeName, AttributeValue] = Field(default_factory=dict, max_length=20)
    topics: list[Slug] = Field(default_factory=list, max_length=20)
    consent: ConsentSource | None = None
    person: PersonId | None = None


class ContactPatch(Model):
    name: Annotated[str, StringConstraints(max_length=120)] | None = None
    language: Language | None = None
    zone: Annotated[str, StringConstraints(max_length=60)] | None = None
    tags: list[Tag] | None = Field(default=None, max_length=50)
    attributes: dict[AttributeName, AttributeValue] | None = Field(default=None, max_length=20)
    person: PersonId | None = None


class LedgerOut(Model):
    """``intact`` is false with the number of the first altered entry in ``altered``; ``head`` is the hash of
    the last entry as the contact holds it."""

    contact: str
    entries: list[EntryOut]
    intact: bool
    altered: int | None
    head: str
    consent: ConsentOut


class BusinessOut(Model):
    name: str
    imprint_url: str
    privacy_url: str


class IdentityOut(Model):
    """``aliases`` are keyed hashes of further ids of the same person; the ids themselves are not kept."""

    messenger: str
    account: str
    user_id: str
    aliases: list[str]


class WrittenOut(Model):
    """A broadcast that the person was selected for; the message is as it was written, not as it was filled.

    ``claimed`` is when it was about to be sent to them, null where that is not known any more.
    """

    broadcast: str
    name: str
    topic: str
    started: datetime | None
    claimed: datetime | None
    outcome: str
    reason: str
    sentence: dict[str, str]
    delivered: bool | Literal["not reported"]
    read: bool | Literal["not reported"]
    replied: bool
    left: bool
    message: MessageModel


class KeptOut(Model):
    """How long a class of data is kept: so many days, until erasure, or for good."""

    data: str
    until: Literal["days", "erasure", "for good"]
    days: int | None
    text: dict[str, str]


class ExportOut(Model):
    """``complete`` is false where there was no time to look through all ``messages``."""

    exported: datetime
    business: BusinessOut
    contact: ContactOut
    created: datetime | None
    conversation: str
    identities: list[IdentityOut]
    consents: LedgerOut
    messages: list[WrittenOut]
    complete: bool
    kept: list[KeptOut]


class ConsentIn(Model):
    """A consent (or its end) that was given outside the messenger, with its proof.

    ``objected`` (GDPR 21(2)) ends every topic, and only the person's own yes in the chat undoes it.
    """

    action: Literal["imported", "withdrawn", "objected"]
    topics: list[Slug] = Field(default_factory=list, max_length=20)
    source: Name
    at: Time
    wording: Annotated[str, StringConstraints(max_length=200)] = ""


class ImportLine(Model):
    line: int
    result: Literal["imported", "updated", "refused", "suppressed"]
    contact: str = ""
    field: str = ""
    detail: str = ""


class ReplayIn(Model):
    """``cursor`` from the answer before; empty to begin."""

    cursor: Annotated[str, StringConstraints(max_length=400)] = ""


class ReplayOut(Model):
    """``entries`` came back and people were ``erased`` again in this call; ``broken`` ledgers did not fit."""

    done: bool
    cursor: str
    entries: int
    erased: int
    broken: int


class ImportOut(Model):
    imported: int
    updated: int
    refused: int
    suppressed: int = 0
    lines: list[ImportLine]


class ScheduleModel(Model):
    """``cron`` (five fields) or ``rrule`` (RFC 5545) in an IANA ``zone``, or ``at`` for once.

    ``starts`` is where a rule begins, as time on the zone's clocks: 2026-11-02T09:00. With the ``zone``
    "recipient" everybody gets it at that time in their own zone; its slots are where it is that time first.
    """

    cron: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    rrule: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    starts: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""
    zone: Annotated[str, StringConstraints(max_length=60)] = "UTC"
    at: Time | None = None


class SlotList(Model):
    """When a schedule comes next."""

    next: list[datetime]


class FeedModel(Model):
    """An RSS, Atom or JSON feed: each slot takes up to ``items`` new items, as one issue or one for each."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=1000)]
    items: Annotated[int, Field(ge=1, le=10)] = 3
    per: Per = Per.SLOT


class TroubleOut(Model):
    """Why a feed cannot be read, since when, and when it is asked again."""

    detail: str
    since: datetime | None
    again: datetime | None
    failures: int


GraceHours = Annotated[float, Field(ge=0, le=24 * 7)]


class NewsletterIn(Model):
    """``missed`` says what becomes of slots at which nothing could be started: the latest of them goes out
    (``send_latest``) if it is at most ``grace_hours`` late, or none does (``skip``). With ``archive``
    everybody may read its issues on a public page, also those that have gone out already."""

    name: Name
    topic: Slug
    audience: AudienceModel = Field(default_factory=AudienceModel)
    message: MessageModel = Field(default_factory=MessageModel)
    schedule: ScheduleModel
    missed: Missed = Missed.SEND_LATEST
    grace_hours: GraceHours = GRACE / HOUR
    feed: FeedModel | None = None
    archive: bool = False
    budget: BudgetIn | None = None


class NewsletterPatch(Model):
    """What is given changes all issues to come; those that were begun stay as they are."""

    name: Name | None = None
    topic: Slug | None = None
    audience: AudienceModel | None = None
    message: MessageModel | None = None
    schedule: ScheduleModel | None = None
    missed: Missed | None = None
    grace_hours: GraceHours | None = None
    feed: FeedModel | None = None
    archive: bool | None = None
    budget: BudgetIn | None = None


class LateIn(Model):
    """With ``start`` false a late issue is a draft, to be started by a preflight's token."""

    start: bool = True


class NewsletterOut(NewsletterIn):
    """``next`` are the next slots, ``next_at`` is the first of them; ``archive_url`` is the public page's.

    ``made_by`` is the API key that last said what its issues are, ``approved_by`` the one that approved just
    that. While it ``waits_for_approval`` no issue goes out: a second key's word is needed, and was not given.
    """

    id: str
    paused: bool
    next_at: datetime | None
    next: list[datetime]
    created: datetime | None
    trouble: TroubleOut | None = None
    archive_url: str = ""
    made_by: str = ""
    approved_by: str = ""
    waits_for_approval: bool = False


class NewsletterList(Model):
    newsletters: list[NewsletterOut]


class ExplainOut(Model):
    contact: str
    broadcast: str
    outcome: str
    reason: str
    sentence: dict[str, str]
    evidence: dict[str, Any]


class WrongField(Model):
    """``field`` is its place in the body, such as ``message.buttons.0.label``."""

    field: str
    detail: str


class ProblemOut(Model):
    """What is wrong (RFC 9457): ``type`` is stable, ``detail`` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[WrongField] | None = None


class HealthOut(Model):
    status: Literal["ok"]
    version: str
