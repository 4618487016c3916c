"""A report as a café might get it, with everything in it that a page can show."""

from collections import Counter

from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.message import Button, Message, MessageKind
from rundruf.core.report import HOUR, Figures
from rundruf.core.wording import Business
from rundruf.flows.evaluating import Evaluation
from rundruf.flows.report_page import Insight, Subject, report_headers, report_page

BEGAN = 1_795_420_800_000
BUSINESS = Business("Café Morgenrot", "https://morgenrot.example/i", "https://morgenrot.example/p")
FOUND = Broadcast(
    id="0c3k9f1aq8b7d2e1",
    name="Herbstrezepte: Kürbissuppe & mehr",
    kind=MessageKind.MARKETING,
    topic="recipes",
    audience=Audience(),
    message=Message(
        "Hallo {{ name | default('du') }} 🍲\nUnsere Herbstrezepte sind da: https://morgenrot.example/herbst",
        buttons=(Button("Zum Rezept", url="https://morgenrot.example/suppe"), Button("Mehr", reply="MORE")),
    ),
    state=State.FINISHED,
    created=BEGAN,
    started=BEGAN,
    finished=BEGAN + 1_500_000,
)
ACCOUNTS = {
    "whatsapp/main": Figures(
        audience=6_000,
        sent=5_820,
        delivered=5_700,
        read=4_210,
        replied=180,
        left=31,
        unknown=2,
        failed=Counter(gone=60, withdraw=12, window=6),
        skipped=Counter(consent=70, cap=30),
    ),
    "whatsapp/second": Figures(audience=300, sent=300, delivered=290, read=200),
    "telegram/main": Figures(
        audience=3_200, sent=3_100, replied=55, left=12, blocked=9, failed=Counter(withdraw=40, gone=60)
    ),
    "line/jp": Figures(audience=1_000, sent=1_000, replied=20, left=3, blocked=4),
}
SPOKEN = {
    "de": {one: ACCOUNTS[one] for one in ("whatsapp/main", "telegram/main")},
    "pt-BR": {"whatsapp/second": ACCOUNTS["whatsapp/second"]},
    "ja": {"line/jp": ACCOUNTS["line/jp"]},
}
LONG = "https://morgenrot.example/herbst?utm_source=rundruf&utm_medium=messenger&utm_campaign=autumn-recipes-2026"
SHAPES = {
    "sent": (10_220, 2),
    "delivered": (5_990, 3),
    "read": (4_410, 14),
    "clicked": (1_312, 18),
    "replied": (255, 16),
    "left": (46, 12),
}


def hours() -> Counter[tuple[str, int]]:
    """Much at first and ever less, over two and a half days."""
    counted: Counter[tuple[str, int]] = Counter()
    for name, (whole, slow) in SHAPES.items():
        weights = [2 ** (-hour / slow) for hour in range(60)]
        for hour, weight in enumerate(weights):
            people = round(whole * weight / sum(weights))
            if people:
                counted[name, BEGAN // HOUR + hour] = people
    return counted


def evaluation(*issues: Evaluation) -> Evaluation:
    links = Counter({"https://morgenrot.example/suppe": 912, LONG: 400})
    return Evaluation(
        (FOUND,), dict(ACCOUNTS), hours(), links, BEGAN + 86_400_000, True, list(issues), SPOKEN
    )


def page(language: str, newsletter: bool = False) -> tuple[str, dict[str, str]]:
    """The page and its headers."""
    told = evaluation(evaluation(), evaluation()) if newsletter else evaluation()
    insight = Insight(
        "line/jp", "LINE Messaging API", [("delivered", 1_000), ("unique_clicks", None)], "insight_note"
    )
    subject = Subject(
        BUSINESS,
        told,
        "Rezepte" if language == "de" else "Recipes",
        "Europe/Berlin",
        BEGAN + 90_000_000,
        "Der Wochenbrief" if newsletter else "",
        () if newsletter else (insight,),
    )
    headers = {"content-type": "text/html; charset=utf-8", **report_headers("report.html")}
    return report_page(subject, language), headers
