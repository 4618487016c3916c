"""Previews: what people will see, by messenger and language."""

from rundruf.api.context import Context
from rundruf.api.convert import checked_contact
from rundruf.api.models import (
    ButtonModel,
    PartOut,
    PreviewIn,
    PreviewList,
    PreviewOut,
    ShownMedia,
    TemplateModel,
)
from rundruf.api.problems import invalid
from rundruf.aws import codec
from rundruf.core.broadcast import Broadcast
from rundruf.core.message import Button
from rundruf.flows.previewing import Preview, previews
from rundruf.messengers import messenger
from rundruf.messengers.shown import Part


def previewed(found: Broadcast, body: PreviewIn | None, context: Context) -> PreviewList:
    """What would be sent, without sending anything; raises Problem for a person it cannot go to."""
    person = checked_contact(context, body.contact) if body and body.contact else None
    accounts = [one for one in context.wiring.accounts.all() if found.audience.takes_account(one.id)]
    told = previews(found, accounts, context.services, person)
    if person and not told:
        raise invalid("contact", "the audience leaves out the account that this person is on")
    return PreviewList(previews=[_out(one) for one in told])


def _out(told: Preview) -> PreviewOut:
    return PreviewOut(
        account=told.account,
        messenger=messenger(told.account.partition("/")[0]).title,
        language=told.language,
        window=told.window,
        variant=told.variant,
        shared=told.shared,
        refusal=told.refusal,
        calls=told.calls,
        parts=[_part(one, told.account) for one in told.parts],
        footer=told.footer,
        leave=told.leave,
        as_text=list(told.as_text),
        as_link=list(told.as_link),
        left_out=list(told.left_out),
    )


def _part(part: Part, account: str) -> PartOut:
    rules = messenger(account.partition("/")[0]).rules
    limit = rules.caption_limit if part.media and part.text else rules.text_limit
    return PartOut(
        text=part.text,
        length=rules.counted.length(part.text),
        limit=limit,
        unit=rules.counted.value,
        media=[ShownMedia(kind=one.kind.value, url=one.url) for one in part.media],
        links=[_button(one) for one in part.links],
        buttons=[_button(one) for one in part.buttons],
        template=part.template and TemplateModel.model_validate(codec.template_out(part.template)),
    )


def _button(button: Button) -> ButtonModel:
    return ButtonModel.model_construct(label=button.label, reply=button.reply, url=button.url)
