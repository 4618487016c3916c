"""Stored forms: messages, audiences, broadcasts and newsletters as JSON-like dicts and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, Scope, State
from rundruf.core.budget import Budget
from rundruf.core.canary import Canary, Trial, Tried
from rundruf.core.clicks import Track
from rundruf.core.fallback import Fallback, When
from rundruf.core.message import Block, Button, Media, MediaKind, Message, MessageKind, Template
from rundruf.core.newsletter import GRACE, Feed, Missed, Newsletter, Per
from rundruf.core.plan import Plan, plan_in
from rundruf.core.split import Measure, Rule, Split, Variant
from rundruf.core.stopping import Stop, Why

Stored = dict[str, Any]


def message_out(message: Message) -> Stored:
    more = {
        "language": message.language,
        "translations": {one.language: _content_out(one) for one in message.translations},
    }
    return {
        **_content_out(message),
        "blocks": [one.value for one in message.blocks],
        **{name: value for name, value in more.items() if value},
    }


def _content_out(message: Message) -> Stored:
    return {
        "text": message.text,
        "media": [_medium_out(one) for one in message.media],
        "buttons": [_button_out(one) for one in message.buttons],
        "template": message.template and template_out(message.template),
    }


def template_out(template: Template) -> Stored:
    return {
        "name": template.name,
        "language": template.language,
        "parameters": list(template.parameters),
        "names": list(template.names),
        "header": template.header,
        "media": template.media and _medium_out(template.media),
        "buttons": [_button_out(one) for one in template.buttons],
    }


def _medium_out(medium: Media) -> Stored:
    return {"kind": medium.kind.value, "url": medium.url, "alt": medium.alt}


def _medium_in(stored: Mapping[str, Any]) -> Media:
    return Media(MediaKind(stored["kind"]), stored["url"], stored.get("alt") or "")


def _button_out(button: Button) -> Stored:
    return {"label": button.label, "reply": button.reply, "url": button.url}


def _button_in(stored: Mapping[str, Any]) -> Button:
    return Button(stored["label"], stored.get("reply") or "", stored.get("url") or "")


def _template_in(stored: Mapping[str, Any]) -> Template:
    media = stored.get("media")
    return Template(
        stored["name"],
        stored["language"],
        tuple(stored.get("parameters") or ()),
        tuple(stored.get("names") or ()),
        stored.get("header") or "",
        _medium_in(media) if media else None,
        tuple(_button_in(one) for one in stored.get("buttons") or ()),
    )


def message_in(stored: Mapping[str, Any]) -> Message:
    """The message; its translations in the order of their tags, since a stored map has none."""
    template = stored.get("template")
    return Message(
        text=stored.get("text") or "",
        media=tuple(_medium_in(one) for one in stored.get("media") or ()),
        buttons=tuple(_button_in(one) for one in stored.get("buttons") or ()),
        template=_template_in(template) if template else None,
        blocks=tuple(Block(one) for one in stored.get("blocks") or ()),
        language=stored.get("language") or "",
        translations=tuple(
            message_in({**one, "language": tag})
            for tag, one in sorted((stored.get("translations") or {}).items())
        ),
    )


def audience_out(audience: Audience) -> Stored:
    more = {
        "segment": audience.segment or None,
        "where": audience.where,
        "without": list(audience.without) or None,
    }
    return {
        "messengers": list(audience.messengers),
        "accounts": list(audience.accounts),
        "languages": list(audience.languages),
        "tags": {
            "any": sorted(audience.any_tag),
            "all": sorted(audience.all_tags),
            "none": sorted(audience.no_tag),
        },
        "attributes": dict(audience.attributes),
        "contacts": list(audience.contacts),
        **{name: value for name, value in more.items() if value is not None},
    }


def audience_in(stored: Mapping[str, Any]) -> Audience:
    tags = stored.get("tags") or {}
    return Audience(
        messengers=tuple(stored.get("messengers") or ()),
        accounts=tuple(stored.get("accounts") or ()),
        languages=tuple(stored.get("languages") or ()),
        any_tag=frozenset(tags.get("any") or ()),
        all_tags=frozenset(tags.get("all") or ()),
        no_tag=frozenset(tags.get("none") or ()),
        attributes=dict(stored.get("attributes") or {}),
        contacts=tuple(stored.get("contacts") or ()),
        segment=stored.get("segment") or "",
        where=stored.get("where"),
        without=tuple(stored.get("without") or ()),
    )


def broadcast_out(broadcast: Broadcast) -> Stored:
    return {
        "name": broadcast.name,
        "kind": broadcast.kind.value,
        "topic": broadcast.topic,
        "audience": audience_out(broadcast.audience),
        "message": message_out(broadcast.message),
        "state": broadcast.state.value,
        "reason": broadcast.reason,
        "created": broadcast.created,
        "language": broadcast.language,
        "send_at": broadcast.send_at,
        "expires_at": broadcast.expires_at,
        "started": broadcast.started,
        "finished": broadcast.finished,
        "accounts": list(broadcast.accounts),
        "planned": broadcast.planned,
        "chunks": broadcast.chunks,
        "people": broadcast.people,
        "done": broadcast.done,
        "newsletter": broadcast.newsletter,
        "slot": broadcast.slot,
        "canary": canary_out(broadcast.canary),
        "track": broadcast.track.value,
        "planned_for": plan_out(broadcast.planned_for),
        "split": split_out(broadcast.split),
        "made_by": broadcast.made_by or None,
        "local_time": broadcast.local_time or None,
        "fallback": fallback_out(broadcast.fallback),
        "fallback_of": broadcast.fallback_of or None,
        "budget": budget_out(broadcast.budget),
    }


def fallback_out(fallback: Fallback | None) -> Stored | None:
    if fallback is None:
        return None
    return {"after_hours": fallback.after_hours, "to": list(fallback.to), "when": list(fallback.when)}


def fallback_in(stored: Mapping[str, Any] | None) -> Fallback | None:
    if not stored:
        return None
    return Fallback(stored["after_hours"], tuple(stored["to"]), tuple(When(one) for one in stored["when"]))


def plan_out(plan: Plan | None) -> Stored | None:
    return asdict(plan) if plan else None


def budget_out(budget: Budget | None) -> Stored | None:
    return asdict(budget) if budget else None


def _budget_in(stored: Mapping[str, Any] | None) -> Budget | None:
    return Budget(**stored) if stored else None


def split_out(split: Split | None) -> Stored | None:
    if split is None:
        return None
    variants = [
        {"name": one.name, "weight": one.weight, "message": one.message and message_out(one.message)}
        for one in split.variants
    ]
    return {
        "seed": split.seed,
        "variants": variants,
        "holdout": str(split.holdout),
        "test": str(split.test),
        "rule": asdict(split.rule) if split.rule else None,
    }


def split_in(stored: Mapping[str, Any] | None) -> Split | None:
    if not stored:
        return None
    rule = stored.get("rule")
    return Split(
        seed=stored["seed"],
        variants=tuple(
            Variant(one["name"], one["weight"], message_in(one["message"]) if one.get("message") else None)
            for one in stored["variants"]
        ),
        holdout=float(stored["holdout"]),
        test=float(stored["test"]),
        rule=Rule(**rule | {"by": Measure(rule["by"])}) if rule else None,
    )


def canary_out(canary: Canary | None) -> Stored | None:
    return asdict(canary) if canary else None


def canary_in(stored: Mapping[str, Any] | None) -> Canary | None:
    return Canary(**stored) if stored else None


def stop_name(account: int) -> str:
    """Where an account's stop stands, by its number: an attribute of its own, so that no two writers meet."""
    return f"stop{account}"


def stop_out(stop: Stop) -> Stored:
    return {"why": stop.why.value, "code": stop.code, "at": stop.at}


def _stop_in(stored: Mapping[str, Any]) -> Stop:
    return Stop(Why(stored["why"]), stored["code"], stored["at"])


def ends_name(account: int) -> str:
    """Where an account's ended chunks are counted."""
    return f"ends{account}"


def broadcast_in(stored: Mapping[str, Any]) -> Broadcast:
    accounts = tuple(stored.get("accounts", ()))
    numbered = tuple(enumerate(accounts))
    return Broadcast(
        id=stored["sk"],
        name=stored["name"],
        kind=MessageKind(stored["kind"]),
        topic=stored["topic"],
        audience=audience_in(stored["audience"]),
        message=message_in(stored["message"]),
        state=State(stored["state"]),
        reason=stored.get("reason", ""),
        accounts=accounts,
        planned=stored.get("planned", False),
        counts=tuple(stored.get("counts", ())),
        tests=tuple(stored.get("tests", ())),
        ends=tuple(stored.get(ends_name(number), 0) for number, _ in numbered),
        stopped={
            account: _stop_in(stored[stop_name(number)])
            for number, account in numbered
            if stop_name(number) in stored
        },
        canary=canary_in(stored.get("canary")),
        budget=_budget_in(stored.get("budget")),
        trial=Trial(stored.get("trial", "")),
        tried=Tried(**stored["tried"]) if stored.get("tried") else None,
        freeing=Scope(stored["freeing"]) if stored.get("freeing") else None,
        newsletter=stored.get("newsletter", ""),
        language=stored.get("language", "de"),
        track=Track(stored.get("track", "none")),
        planned_for=plan_in(stored["planned_for"]) if stored.get("planned_for") else None,
        fallback=fallback_in(stored.get("fallback")),
        split=split_in(stored.get("split")),
        won_on={name: (count, of) for name, (count, of) in stored.get("won_on", {}).items()},
        **{name: stored.get(name, "") for name in _WORDS},
        **{name: stored.get(name, 0) for name in _NUMBERS},
    )


_WORDS = ("made_by", "approved_by", "approved", "local_time", "fallback_of", "winner", "won_by", "undecided")
_NUMBERS = (
    "created",
    "send_at",
    "expires_at",
    "started",
    "finished",
    "chunks",
    "people",
    "done",
    "slot",
    "resumed",
    "settles",
    "requeue",
    "requeued",
    "seen",
    "seen_at",
    "stalled",
    "late",
    "fell_back",
    "fallback_off",
    "compared",
    "won",
)


def newsletter_out(newsletter: Newsletter) -> Stored:
    return {
        "name": newsletter.name,
        "topic": newsletter.topic,
        "audience": audience_out(newsletter.audience),
        "message": message_out(newsletter.message),
        "cron": newsletter.cron,
        "zone": newsletter.zone,
        "at": newsletter.at,
        "next_at": newsletter.next_at,
        "paused": newsletter.paused,
        "created": newsletter.created,
        "language": newsletter.language,
        "rrule": newsletter.rrule,
        "starts": newsletter.starts,
        "missed": newsletter.missed.value,
        "grace": newsletter.grace,
        "archive": newsletter.archive,
        "budget": budget_out(newsletter.budget),
        "made_by": newsletter.made_by,
        "approved_by": newsletter.approved_by,
        "approved": newsletter.approved,
        "feed": newsletter.feed and asdict(newsletter.feed) | {"per": newsletter.feed.per.value},
    }


def newsletter_in(stored: Mapping[str, Any]) -> Newsletter:
    return Newsletter(
        id=stored["sk"],
        name=stored["name"],
        topic=stored["topic"],
        audience=audience_in(stored["audience"]),
        message=message_in(stored["message"]),
        cron=stored.get("cron", ""),
        zone=stored.get("zone", "UTC"),
        at=stored.get("at", 0),
        next_at=stored.get("next_at", 0),
        paused=stored.get("paused", False),
        created=stored.get("created", 0),
        language=stored.get("language", "de"),
        rrule=stored.get("rrule", ""),
        starts=stored.get("starts", ""),
        missed=Missed(stored.get("missed", Missed.SEND_LATEST.value)),
        grace=stored.get("grace", GRACE),
        archive=stored.get("archive", False),
        **{name: stored.get(name, "") for name in ("made_by", "approved_by", "approved")},
        feed=_feed_in(stored["feed"]) if stored.get("feed") else None,
        budget=_budget_in(stored.get("budget")),
    )


def _feed_in(stored: Mapping[str, Any]) -> Feed:
    return Feed(stored["url"], stored["items"], Per(stored["per"]))
