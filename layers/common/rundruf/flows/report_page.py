"""Evaluation -> a page that a marketer can mail: nothing is run, nothing is loaded, it prints on A4."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from minijinja import Environment

from rundruf.core import explain
from rundruf.core.broadcast import Broadcast
from rundruf.core.contest import waiting
from rundruf.core.report import Figures, total
from rundruf.core.split import HOLDOUT, REST, Measure
from rundruf.core.wording import Business, language_of
from rundruf.flows import charts
from rundruf.flows.comparing import Comparison, Side, comparisons, sides
from rundruf.flows.evaluating import Evaluation, base, best_hours, reports
from rundruf.flows.fallback import Second
from rundruf.messengers import messenger

_TEMPLATES = Path(__file__).with_name("templates")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = {
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
OVER_TIME = ("sent", "delivered", "read", "clicked", "replied", "left", "blocked")
BALANCE = ("sent", "failed", "skipped", "unknown", "expired", "pending")
MOST_COLUMNS_LABELLED = 5

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Insight:
    """What a messenger itself says about a broadcast: rows of (what, how many as it says it)."""

    account: str
    source: str
    rows: Sequence[tuple[str, int | None]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported on; ``newsletter`` is its name where it is one, "" for a broadcast."""

    business: Business
    evaluation: Evaluation
    topic: str
    zone: str
    at: int
    newsletter: str = ""
    insights: Sequence[Insight] = ()
    fallback: Second | None = None
    left_since: Comparison | None = None


def report_page(subject: Subject, language: str) -> str:
    """The report as HTML."""
    say = _Words(language, subject)
    html: str = _environment().render_template(
        "report.html",
        say={name: text for name, text in say.every.items() if isinstance(text, str)},
        language=say.language,
        style=_style(),
        business={
            "name": subject.business.name,
            "imprint_url": subject.business.imprint_url,
            "privacy_url": subject.business.privacy_url,
        },
        heading=say.heading(),
        about=say.about(),
        lead=say.lead(),
        issued=say.time(subject.at),
        as_of=say.time(subject.evaluation.at),
        tiles=say.tiles(),
        balance=say.balance(),
        funnel=say.funnel(),
        time=say.timeline(),
        day=say.day(),
        messengers=say.by(subject.evaluation.by_messenger(), lambda name: messenger(name).title),
        accounts=say.accounts(),
        languages=say.languages(),
        issues=say.issues(),
        variants=say.variants(),
        links=say.links(),
        reasons=say.reasons(),
        fallback=say.fallback(),
        insights=say.insights(),
        message=say.message(),
        notes=say.notes(),
        names=say.every["figures"],
    )
    return html


def report_headers(name: str) -> dict[str, str]:
    """The headers that go with the page; ``name`` is what it is saved as."""
    style = b64encode(sha256(_style().encode()).digest()).decode()
    return {
        "cache-control": "no-store",
        "content-disposition": f'inline; filename="{name}"',
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
    }


class _Words:
    """The parts of one report in one language."""

    def __init__(self, language: str, subject: Subject) -> None:
        self.language = language_of(language, "en")
        self.subject = subject
        self.told = subject.evaluation
        self.figures = subject.evaluation.figures
        self.every = _translation(self.language)

    def text(self, name: str, /, **values: object) -> str:
        return str(self.every[name]).format(**values)

    def name(self, figure: str) -> str:
        return str(self.every["figures"][figure])

    def number(self, count: int | None) -> str:
        """With marks between thousands; words for what is not reported."""
        if count is None:
            return self.text("not_reported")
        return f"{count:,}".replace(",", "." if self.language == "de" else ",")

    def percent(self, part: int, whole: int) -> str:
        if not whole:
            return ""
        value = 100 * part / whole
        digits = 0 if value in (0, 100) else 1
        text = f"{value:.{digits}f}"
        if text in ("0.0", "100.0"):
            text = "<\N{NO-BREAK SPACE}0.1" if part else text
            text = ">\N{NO-BREAK SPACE}99.9" if text == "100.0" and part < whole else text
        return f"{text.replace('.', ',')}\N{NO-BREAK SPACE}%" if self.language == "de" else f"{text}%"

    def time(self, ms: int) -> str:
        if not ms:
            return ""
        when = datetime.fromtimestamp(ms / 1000, ZoneInfo(self.subject.zone))
        if self.language == "de":
            return f"{when:%d.%m.%Y, %H:%M} Uhr"
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M}"

    def heading(self) -> str:
        return self.subject.newsletter or self._found.name

    @property
    def _found(self) -> Broadcast:
        return self.told.broadcasts[0]

    def about(self) -> list[Row]:
        every = self.told.broadcasts
        started = [one.started for one in every if one.started]
        finished = [one.finished for one in every if one.finished]
        told = {"topic": self.subject.topic, "started": self.time(min(started, default=0))}
        if self.subject.newsletter:
            told |= {"latest": self.time(max(started, default=0)), "issues": self.number(len(every))}
        else:
            told |= {
                "finished": self.time(max(finished, default=0)),
                "state": str(self.every["states"][self._found.state.value]),
            }
        told["zone"] = self.subject.zone
        return [{"name": self.text(name), "value": value} for name, value in told.items() if value]

    def lead(self) -> str:
        figures = self.figures
        if not figures.audience:
            return self.text("lead_nobody")
        said = [
            self.text(
                "lead_sent",
                audience=self.number(figures.audience),
                sent=self.number(figures.sent),
                share=self.percent(figures.sent, figures.audience),
            )
        ]
        if self._reported("read"):
            whole = base(self.told.accounts, "read")
            said.append(
                self.text(
                    "lead_read", read=self.number(figures.read), share=self.percent(figures.read, whole)
                )
            )
        if self.told.clicks is not None:
            said.append(self.text("lead_clicked", clicked=self.number(self.told.clicks)))
        said.append(self.text("lead_left", left=self.number(figures.left + figures.blocked)))
        return " ".join(said)

    def _reported(self, what: str) -> bool:
        return bool(getattr(self.figures, what)) or reports(self.told.addressed(), what)

    def value(self, figure: str) -> int | None:
        """A figure's count; None where nobody reports it."""
        if figure == "clicked":
            return self.told.clicks
        if figure in ("delivered", "read", "blocked") and not self._reported(figure):
            return None
        found = getattr(self.figures, figure)
        return found.total() if figure in ("failed", "skipped") else int(found)

    def tiles(self) -> list[Row]:
        made = []
        for figure in ("sent", "delivered", "read", "clicked", "replied", "left", "blocked", "failed"):
            count = self.value(figure)
            whole, of = self._whole(figure)
            small = self.text(of, share=self.percent(count or 0, whole), base=self.number(whole))
            if count is None:
                small = self.text("links_not_counted" if figure == "clicked" else "nobody_tells")
            elif figure == "clicked":
                small = self.text("clicks_are_clicks")
            made.append(
                {
                    "figure": figure,
                    "name": self.name(figure),
                    "count": "–" if count is None else self.number(count),
                    "small": small if whole or count is None else "",
                }
            )
        return made

    def _whole(self, figure: str) -> tuple[int, str]:
        """What a figure is a share of, and how that is said."""
        if figure in ("sent", "failed"):
            return self.figures.audience, "share_audience"
        if figure in ("delivered", "read", "blocked"):
            whole = base(self.told.accounts, figure) or self.figures.sent
            return whole, "share_sent" if whole == self.figures.sent else "share_telling"
        return self.figures.sent, "share_sent"

    def balance(self) -> Row:
        counts = [(name, self.value(name) or 0) for name in BALANCE]
        whole = self.figures.audience
        rows = [
            {
                "figure": name,
                "name": self.name(name),
                "what": str(self.every["means"][name]),
                "count": self.number(count),
                "share": self.percent(count, whole),
            }
            for name, count in counts
            if count or name == "sent"
        ]
        shown = " + ".join(
            f"{self.number(count)} {self.name(name).lower()}" for name, count in counts if count
        )
        return {
            "pieces": charts.stacked(counts, whole),
            "rows": rows,
            "sum": f"{self.number(whole)} = {shown or 0}",
        }

    def funnel(self) -> Row:
        """The steps; people whose messenger does not tell of one are drawn apart."""
        figures = self.figures
        whole, silent, made = figures.audience, 0, []
        for figure in ("audience", "sent", "delivered", "read", "replied"):
            count, of = self.value(figure), self._whole(figure)[0] or whole
            untold = figures.sent - of if figure in ("delivered", "read") and count is not None else 0
            untold = figures.sent if count is None else untold
            silent = max(silent, untold)
            wide = round(charts.share(count or 0, whole), 2)
            made.append(
                {
                    "figure": figure,
                    "name": self.name(figure),
                    "count": self.number(count),
                    "wide": wide,
                    "untold": round(charts.share(untold, whole), 2),
                    "share": "" if count is None or figure == "audience" else self.percent(count, of),
                }
            )
        return {
            "rows": made,
            "silent": self.text("funnel_silent", count=self.number(silent)) if silent else "",
        }

    def timeline(self) -> Row | None:
        found = charts.timeline(self.told.hours, OVER_TIME, self.subject.zone)
        if found is None:
            return None
        begins = [one.begins for one in next(iter(found.series.values()))]
        series = [
            self._series(name, [one.count for one in each], begins, found.unit)
            for name, each in found.series.items()
        ]
        return {
            "unit": self.text(f"by_{found.unit}"),
            "series": series,
            "count": len(begins),
            "ticks": [self.moment(begins[at], found.unit) for at in _few(len(begins))],
            "names": [self.name(name) for name in found.series],
            "rows": [
                {
                    "when": self.moment(when, found.unit, full=True),
                    "counts": [self.number(each[at].count) for each in found.series.values()],
                }
                for at, when in enumerate(begins)
                if any(each[at].count for each in found.series.values())
            ],
        }

    def _series(self, name: str, counts: Sequence[int], begins: Sequence[datetime], unit: str) -> Row:
        top = max(range(len(counts)), key=counts.__getitem__)
        return {
            "figure": name,
            "name": self.name(name),
            "columns": charts.columns(counts),
            "sum": self.number(sum(counts)),
            "most": self.text("most", count=self.number(counts[top]), when=self.moment(begins[top], unit)),
        }

    def moment(self, when: datetime, unit: str, full: bool = False) -> str:
        day = _DAYS[self.language][when.weekday()]
        date = f"{when:%d.%m.}" if self.language == "de" else f"{when.day} {_MONTHS[when.month - 1]}"
        if full:
            date = f"{date}{when.year}" if self.language == "de" else f"{date} {when.year}"
        if unit == "hour":
            return f"{day} {date} {when:%H:%M}"
        return f"{day} {date}" if unit == "day" else self.text("week_of", date=date)

    def day(self) -> Row | None:
        """What people did by hour of the day."""
        found = {
            name: each for name, each in best_hours(self.told.hours, self.subject.zone).items() if any(each)
        }
        if not found:
            return None
        return {
            "series": [
                {
                    "figure": name,
                    "name": self.name(name),
                    "columns": charts.columns(counts),
                    "most": self.text(
                        "best_hour", hour=counts.index(max(counts)), count=self.number(max(counts))
                    ),
                    "sum": self.number(sum(counts)),
                }
                for name, counts in found.items()
            ],
            "names": [self.name(name) for name in found],
            "rows": [
                {"when": f"{hour:02}:00", "counts": [self.number(each[hour]) for each in found.values()]}
                for hour in range(24)
                if any(each[hour] for each in found.values())
            ],
        }

    def languages(self) -> list[Row]:
        """A row for each language of the message, where it has several."""
        told = self.told.languages
        figures = {language: total(each.values()) for language, each in told.items()}
        return self.by(figures, str, told)

    def by(
        self,
        parts: Mapping[str, Figures],
        title: Any,
        accounts: Mapping[str, Mapping[str, Figures]] | None = None,
    ) -> list[Row]:
        """A row for each part of the whole, with what none of its ``accounts`` tells in words, and shares of
        those of whom it can be told; by itself a part is a messenger or an account. Where nobody was to get
        it is left out, unless that is everywhere.
        """
        made = []
        anybody = {name: figures for name, figures in parts.items() if figures.audience}
        for name, figures in (anybody or parts).items():
            whole = accounts[name] if accounts else {name: figures}
            tells = list(whole)
            counts: dict[str, int | None] = {
                figure: getattr(figures, figure)
                if getattr(figures, figure) or reports(tells, figure)
                else None
                for figure in ("delivered", "read", "blocked")
            }
            made.append(
                {
                    "name": title(name),
                    "audience": self.number(figures.audience),
                    "sent": self.number(figures.sent),
                    "delivered": self._cell(counts["delivered"], base(whole, "delivered")),
                    "read": self._cell(counts["read"], base(whole, "read")),
                    "replied": self.number(figures.replied),
                    "left": self.number(figures.left),
                    "blocked": self._cell(counts["blocked"], 0),
                    "failed": self.number(figures.failed.total()),
                    "others": self.number(
                        figures.skipped.total() + figures.unknown + figures.expired + figures.pending
                    ),
                }
            )
        return made

    def _cell(self, count: int | None, whole: int) -> Row:
        if count is None:
            return {"count": self.text("not_reported"), "share": "", "wide": 0, "told": False}
        return {
            "count": self.number(count),
            "share": self.percent(count, whole),
            "wide": round(charts.share(count, whole), 2),
            "told": True,
        }

    def accounts(self) -> list[Row]:
        """By account, where that says more than by messenger."""
        if len(self.told.addressed()) == len({one.partition("/")[0] for one in self.told.addressed()}):
            return []
        return self.by(self.told.accounts, lambda account: account)

    def issues(self) -> list[Row]:
        made = []
        for one in self.told.issues:
            figures, found = one.figures, one.broadcasts[0]
            told = {
                figure: getattr(figures, figure)
                if getattr(figures, figure) or reports(one.addressed(), figure)
                else None
                for figure in ("delivered", "read")
            }
            made.append(
                {
                    "name": found.name,
                    "when": self.time(found.started),
                    "sent": self.number(figures.sent),
                    "delivered": self._cell(told["delivered"], base(one.accounts, "delivered")),
                    "read": self._cell(told["read"], base(one.accounts, "read")),
                    "clicked": self.number(one.clicks)
                    if one.clicks is not None
                    else self.text("not_counted"),
                    "replied": self.number(figures.replied),
                    "left": self.number(figures.left + figures.blocked),
                }
            )
        return made

    def variants(self) -> Row | None:
        """The parts of a split audience, and what may be said of them beside each other."""
        told = sides(self.told)
        if not told:
            return None
        found = self._found
        extra = [self.subject.left_since] if self.subject.left_since else []
        tops = {
            measure: max((_top(one, measure) for one in told), default=0.0)
            for measure in (Measure.READ, Measure.CLICKED, Measure.REPLIED, Measure.LEFT)
        }
        return {
            "rows": [
                {
                    "name": self._part(one),
                    "gets": self._gets(one),
                    "asked": one.part != HOLDOUT,
                    "wins": found.winner == one.part != "",
                    "audience": self.number(one.figures.audience),
                    "sent": self.number(one.figures.sent),
                    **{measure.value: self._rate(one, measure, top) for measure, top in tops.items()},
                }
                for one in told
            ],
            "said": [
                {"name": self.text(f"compared_{one.measure}"), "sentence": one.sentence[self.language]}
                for one in [*comparisons(told), *extra]
            ],
            "winner": self.text(f"winner_{found.won_by.partition(' ')[0]}", variant=found.winner)
            if found.winner
            else waiting(found.split.rule, found.undecided)[self.language]
            if found.split and found.comparing and not found.state.ended
            else "",
        }

    def _part(self, one: Side) -> str:
        if one.part in (REST, HOLDOUT, ""):
            return self.text(f"part_{one.part or 'all'}")
        return self.text("variant_named", variant=one.part)

    def _gets(self, one: Side) -> str:
        waited = one.part == REST and one.variant
        return self.text("variant_gets", variant=one.variant) if waited else ""

    def _rate(self, one: Side, measure: Measure, top: float) -> Row:
        """A share with the interval it may lie in, as a cell; ``top`` is the end of the scale."""
        rate = one.rates.get(measure)
        if rate is None:
            said = self.text("not_counted" if measure is Measure.CLICKED else "not_reported")
            return {"count": said, "share": "", "wide": 0, "low": 0, "range": 0, "told": False}
        low, high = rate.interval if measure is not Measure.CLICKED and rate.of else (0.0, 0.0)
        scale = 1000 / top if top else 0.0
        return {
            "count": self.number(rate.count),
            "share": self.percent(rate.count, rate.of),
            "wide": round(min(1000.0, rate.share * scale), 2),
            "low": round(low * scale, 2),
            "range": round(min(1000.0, high * scale) - low * scale, 2),
            "told": True,
        }

    def links(self) -> list[Row]:
        top = max(self.told.links.values(), default=0)
        return [
            {"url": url, "count": self.number(count), "wide": round(charts.share(count, top), 2)}
            for url, count in self.told.links.most_common()
        ]

    def reasons(self) -> list[Row]:
        figures = self.figures
        told = [("failed", reason, count) for reason, count in figures.failed.items()]
        told += [("skipped", reason, count) for reason, count in figures.skipped.items()]
        told += [
            (name, "", getattr(figures, name)) for name in ("unknown", "expired") if getattr(figures, name)
        ]
        top = max((count for _, _, count in told), default=0)
        return [
            {
                "figure": outcome,
                "kind": self.name(outcome),
                "why": explain.sentence(outcome, reason)[self.language],
                "count": self.number(count),
                "wide": round(charts.share(count, top), 2),
            }
            for outcome, reason, count in sorted(told, key=lambda one: -one[2])
            if count
        ]

    def fallback(self) -> Row | None:
        """What came of it on people's second messenger."""
        second, asked = self.subject.fallback, self._found.fallback if not self.subject.newsletter else None
        if second is None or asked is None:
            return None
        rows = [(self.text("state"), str(self.every["fallback_states"][second.state]))]
        if second.begins:
            rows.append((self.text("fallback_begins"), self.time(second.begins)))
        rows.append((self.text("accounts_to"), ", ".join(asked.to)))
        counted = second.evaluation
        if counted:
            told = counted.figures
            rows += [(self.name(each), self.number(getattr(told, each))) for each in ("audience", "sent")]
            for each in ("delivered", "read"):
                known = getattr(told, each) if reports(counted.addressed(), each) else None
                rows.append((self.name(each), self.number(known)))
            rows += [
                (self.name(each), self.number(getattr(told, each).total())) for each in ("failed", "skipped")
            ]
            rows.append((self.name("unknown"), self.number(told.unknown)))
        if second.both:
            at_least = "" if second.both.complete else "≥ "
            rows.append((self.text("fallback_both"), at_least + self.number(second.both.people)))
        return {"note": self.text("fallback_note", hours=asked.after_hours), "rows": rows}

    def insights(self) -> list[Row]:
        return [
            {
                "title": self.text("insight", account=one.account),
                "source": one.source,
                "note": self.text(one.note) if one.note else "",
                "rows": [
                    {
                        "name": str(self.every["insight_rows"].get(name, name)),
                        "count": self.text("too_few") if count is None else self.number(count),
                    }
                    for name, count in one.rows
                ],
            }
            for one in self.subject.insights
        ]

    def message(self) -> Row | None:
        if self.subject.newsletter:
            return None
        found = self._found.message
        template = found.template.name if found.template else ""
        return {
            "text": found.text or template,
            "buttons": [one.label for one in found.buttons],
            "media": [one.alt or str(self.every["media"][one.kind.value]) for one in found.media],
        }

    def notes(self) -> list[str]:
        silent = sorted(
            {
                messenger(account.partition("/")[0]).title
                for account in self.told.addressed()
                for what in ("delivered", "read")
                if not reports([account], what)
            }
        )
        made = [self.text("note_sent"), self.text("note_delivered")]
        if silent:
            made.append(self.text("note_silent", messengers=self._listed(silent)))
        if self.told.clicks is not None:
            made.append(self.text("note_clicks"))
        if self.figures.clickers:
            made.append(self.text("note_clickers", count=self.number(self.figures.clickers)))
        made.append(self.text("note_left"))
        if self.figures.unknown:
            made.append(self.text("note_unknown"))
        return made

    def _listed(self, names: Iterable[str]) -> str:
        every = list(names)
        joined = [", ".join(every[:-1]), every[-1]] if len(every) > 1 else every
        return self.text("last").join(joined)


def _top(one: Side, measure: Measure) -> float:
    """How far a bar of this part reaches, with its interval."""
    rate = one.rates.get(measure)
    if rate is None or not rate.of:
        return 0.0
    return rate.share if measure is Measure.CLICKED else rate.interval[1]


def _few(count: int) -> list[int]:
    """Which columns get a label: first and last, and some between."""
    if count <= MOST_COLUMNS_LABELLED:
        return list(range(count))
    return [0, (count - 1) // 2, count - 1]


@cache
def _environment() -> Environment:
    return Environment(
        templates={"report.html": (_TEMPLATES / "report.html").read_text("utf-8")},
        undefined_behavior="strict",
        auto_escape_callback=lambda _: True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return (_TEMPLATES / "report.css").read_text("utf-8")


@cache
def _translation(language: str) -> Mapping[str, Any]:
    texts: dict[str, Any] = json.loads((_TEMPLATES / f"report.{language}.json").read_text("utf-8"))
    return texts
