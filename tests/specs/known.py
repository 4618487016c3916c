"""Where a spec is narrower than the wire. Each entry must be met, or it has to go (test_known.py)."""

from dataclasses import dataclass

from tests.specs.findings import Finding

FIELD, CALL = "no such field", "no such call"


@dataclass(frozen=True, slots=True)
class Known:
    """Findings that are the spec's fault; ``reason`` says why, with the page and the day it was checked."""

    spec: str
    what: str
    places: tuple[str, ...]
    reason: str

    def findings(self) -> frozenset[Finding]:
        return frozenset(Finding(self.spec, place, self.what) for place in self.places)


_SENDS = "POST /{Version}/{Phone-Number-ID}/messages"
_TEMPLATES = "GET /{Version}/{WABA-ID}/message_templates 200.data[]"
_CHANGE = "entry[].changes[].value"
_MEMBERS = "GET /v3/conversations/{conversationId}"

KNOWN = (
    Known(
        "botframework",
        "not type: object",
        ("attachments[].content",),
        "The copy of a text that Teams adds is HTML, a string; the file has 'object' for anything "
        "(learn.microsoft.com, Teams: receive messages, 2026-11-22).",
    ),
    Known(
        "botframework",
        "not type: object",
        ("HeroCard.buttons[].value",),
        "The value of openUrl is an address, that of imBack a text; 'object' stands for anything here too "
        "(learn.microsoft.com, Teams: card actions, 2026-11-23).",
    ),
    Known(
        "botframework",
        CALL,
        ("POST /…/oauth2/v2.0/token", "POST /botframework.com/oauth2/v2.0/token", "GET /v1/.well-known/keys"),
        "Tokens come from Microsoft Entra and keys from login.botframework.com, which are no part of the "
        "connector (learn.microsoft.com, Bot Connector authentication, 2026-11-22).",
    ),
    Known(
        "botframework",
        FIELD,
        (
            f"{_MEMBERS}/members 200[].tenantId",
            f"{_MEMBERS}/members 200[].userRole",
            f"{_MEMBERS}/members/{{memberId}} 200.tenantId",
            f"{_MEMBERS}/members/{{memberId}} 200.userRole",
            f"{_MEMBERS}/pagedmembers 200.members[].tenantId",
            f"{_MEMBERS}/pagedmembers 200.members[].userRole",
        ),
        "Teams tells more of its members than other channels (learn.microsoft.com, Teams: get Teams-specific "
        "context, TeamsChannelAccount, 2026-11-22).",
    ),
    Known(
        "botframework",
        FIELD,
        ("POST /v3/conversations/{conversationId}/activities 401.message",),
        "A bearer is refused in front of the connector, with an error shape of its own "
        "(github.com/microsoft/botframework-sdk, issues 6000 and 6071, 2026-11-23).",
    ),
    Known(
        "meta",
        FIELD,
        (
            f"{_SENDS}.biz_opaque_callback_data",
            f"{_CHANGE}.statuses[].biz_opaque_callback_data",
        ),
        "Our delivery id and its echo are missing in the file "
        "(developers.facebook.com, WhatsApp message status webhook, 2026-09-11).",
    ),
    Known(
        "meta",
        FIELD,
        (
            f"{_SENDS}.recipient",
            f"{_CHANGE}.contacts[].user_id",
            f"{_CHANGE}.messages[].from_user_id",
            f"{_CHANGE}.statuses[].recipient_user_id",
        ),
        "Business-scoped user ids came in 2026, after the file (developers.facebook.com, WhatsApp "
        "business-scoped user IDs, 2026-09-11).",
    ),
    Known(
        "meta",
        FIELD,
        (
            f"{_SENDS}.interactive.action.parameters.display_text",
            f"{_SENDS}.interactive.action.parameters.url",
        ),
        "The file knows the parameters of a catalogue's button only (developers.facebook.com, WhatsApp "
        "interactive call-to-action URL messages, 2026-04-23).",
    ),
    Known(
        "meta",
        FIELD,
        (f"{_SENDS}.template.components[].parameters[].parameter_name", f"{_TEMPLATES}.parameter_format"),
        "Templates with named parameters are not in this file; graph-MessengerBusinessTemplate.json has "
        "parameter_format (developers.facebook.com, WhatsApp templates, 2026-04-23).",
    ),
    Known(
        "meta",
        FIELD,
        (f"{_TEMPLATES}.components[].buttons[].url",),
        "The schema is made from one example, whose button opens no page (developers.facebook.com, WhatsApp "
        "template components, 2026-04-23).",
    ),
    Known(
        "meta",
        FIELD,
        (f"{_SENDS} 400.error.error_data",),
        "Errors of sends tell details, those of the file's management calls do not "
        "(developers.facebook.com, WhatsApp error codes, 2026-09-11).",
    ),
    Known(
        "meta",
        FIELD,
        ("GET /{Version}/{Phone-Number-ID} 200.throughput",),
        "How fast a number may send is told with it, but not in the file (developers.facebook.com, WhatsApp "
        "throughput, 2026-09-11).",
    ),
    Known(
        "meta",
        FIELD,
        (f"{_CHANGE}.statuses[].pricing.type",),
        "Pricing by message added a type, which the file lacks (developers.facebook.com, WhatsApp "
        "pricing, 2026-09-11).",
    ),
    Known(
        "meta",
        FIELD,
        (f"{_CHANGE}.user_preferences",),
        "The switch for marketing is a webhook that the file lacks (developers.facebook.com, WhatsApp "
        "user_preferences webhook, 2026-09-11).",
    ),
    Known(
        "meta",
        FIELD,
        (
            "entry[].time",
            *(
                f"{_CHANGE}.{name}"
                for name in (
                    "event",
                    "message_template_id",
                    "message_template_name",
                    "message_template_language",
                    "reason",
                    "other_info",
                    "previous_category",
                    "new_category",
                )
            ),
        ),
        "Of the webhooks about templates and the account the file has none (developers.facebook.com, "
        "WhatsApp message_template_status_update and template_category_update, 2026-09-11).",
    ),
)


def unknown(found: list[Finding]) -> list[str]:
    """The findings that no entry explains, as sentences."""
    explained = frozenset().union(*(one.findings() for one in KNOWN))
    return [str(one) for one in found if one not in explained]
