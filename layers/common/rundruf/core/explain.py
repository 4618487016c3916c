"""Why a person got a message or did not, in one sentence a marketer understands."""

_OUTCOMES = {
    "sent": {
        "de": "Die Nachricht wurde vom Messenger angenommen; die Einwilligung lag vor.",
        "en": "The messenger accepted the message; consent was there.",
    },
    "pending": {
        "de": "Die Nachricht ist noch nicht an der Reihe gewesen.",
        "en": "The message has not had its turn yet.",
    },
    "unknown": {
        "de": "Ob die Nachricht ankam, ist nicht bekannt; sie wird nicht noch einmal gesendet.",
        "en": "It is not known whether the message arrived; it is not sent again.",
    },
    "expired": {
        "de": "Die Frist des Rundrufs war vorbei, bevor die Person an der Reihe war.",
        "en": "The broadcast expired before this person's turn.",
    },
    "not_yet": {
        "de": "Der Rundruf ist noch nicht gestartet oder noch nicht fertig geplant.",
        "en": "The broadcast has not started, or is not planned to its end yet.",
    },
    "absent": {
        "de": "Die Person gehörte beim Start nicht zur Zielgruppe (Thema, Filter oder später beigetreten).",
        "en": "The person was not in the audience at the start (no topic, a filter, or joined later).",
    },
}
_REASONS = {
    "consent": {
        "de": "Im Augenblick des Sendens lag keine Einwilligung für dieses Thema vor.",
        "en": "At the moment of sending there was no consent for this topic.",
    },
    "erased": {"de": "Der Kontakt war gelöscht.", "en": "The contact was erased."},
    "cap": {
        "de": "Die Person hatte vor zu kurzer Zeit schon Werbung bekommen.",
        "en": "The person had been sent marketing too recently.",
    },
    "platform_stop": {
        "de": "Die Person hat Werbung im Messenger selbst abgestellt.",
        "en": "The person stopped marketing in the messenger itself.",
    },
    "unreachable": {
        "de": "Der Messenger kann diese Person nicht erreichen.",
        "en": "The messenger cannot reach this person.",
    },
    "window": {
        "de": "Das Antwortfenster war zu, und die Nachricht hatte keine passende Vorlage.",
        "en": "The reply window was shut and the message had no fitting template.",
    },
    "advertising": {
        "de": "Dieser Messenger verbietet Werbung.",
        "en": "This messenger forbids advertising.",
    },
    "retired": {"de": "Diesen Messenger gibt es nicht mehr.", "en": "This messenger has shut down."},
    "missing_value": {
        "de": "Für einen Platzhalter fehlte bei dieser Person der Wert.",
        "en": "A placeholder had no value for this person.",
    },
    "content": {
        "de": "Der Messenger kann diese Nachricht so nicht befördern.",
        "en": "The messenger cannot carry this message as it is.",
    },
    "country": {
        "de": "Der Messenger stellt in das Land dieser Person keine Werbung zu.",
        "en": "The messenger delivers no marketing to this person's country.",
    },
    "paused": {
        "de": "Die Person hat Werbung für eine Weile abgestellt (PAUSE).",
        "en": "The person has paused marketing for a while (PAUSE).",
    },
    "lapsed": {
        "de": "Die Einwilligung war so lange nicht genutzt worden, dass sie nicht mehr gilt.",
        "en": "The consent had not been used for so long that it no longer holds.",
    },
    "holdout": {
        "de": "Die Person wurde zum Vergleich ausgelost: Ein Teil der Zielgruppe bekommt den Rundruf nicht.",
        "en": "The person was drawn by lot for comparison: part of the audience does not get this broadcast.",
    },
    "quiet": {
        "de": "Die Ruhezeit der Person war noch nicht vorbei.",
        "en": "The person's quiet time was not over yet.",
    },
    "had": {
        "de": "Die Person hat diese Ausgabe schon bekommen, oder hat sie vielleicht bekommen.",
        "en": "The person has got this issue already, or may have got it.",
    },
    "local_time": {
        "de": "In der Zeitzone der Person war es noch nicht so weit.",
        "en": "The broadcast's time had not come in the person's own zone yet.",
    },
    "cancelled": {
        "de": "Der Rundruf wurde abgebrochen, bevor die Person an der Reihe war.",
        "en": "The broadcast was cancelled before this person's turn.",
    },
    "arrived": {
        "de": "Die erste Nachricht kam doch noch an, bevor diese an der Reihe war.",
        "en": "The first message arrived after all, before this one's turn.",
    },
    "elsewhere": {
        "de": "Auf dem ersten Messenger hat sich die Person seitdem abgemeldet oder Werbung angehalten, oder "
        "beide gehören nicht mehr zusammen.",
        "en": "On the first messenger the person has left or paused since, or the two are not one person any "
        "more.",
    },
    "same_person": {
        "de": "Die Person ist in diesem Rundruf auf einem anderen Messenger an der Reihe.",
        "en": "In this broadcast it is this person's turn on another messenger.",
    },
    "bad": {
        "de": "Der Messenger hat den Inhalt abgelehnt.",
        "en": "The messenger refused the content.",
    },
    "gone": {
        "de": "Der Messenger kennt diese Person nicht (mehr).",
        "en": "The messenger does not know this person (any more).",
    },
    "withdraw": {
        "de": "Die Person hat das Unternehmen blockiert oder abbestellt; die Einwilligung ist beendet.",
        "en": "The person blocked the business or unsubscribed; consent has ended.",
    },
    "retry": {
        "de": "Der Messenger nahm die Nachricht auch nach mehreren Versuchen nicht an.",
        "en": "The messenger did not take the message after several tries.",
    },
    "pause": {
        "de": "Das Konto beim Messenger war gesperrt oder erschöpft.",
        "en": "The account at the messenger was blocked or used up.",
    },
}


def sentence(outcome: str, reason: str) -> dict[str, str]:
    """The explanation by language; ``outcome`` and ``reason`` as in the report, or "absent"."""
    if outcome in ("sent", "unknown", "expired"):
        return _OUTCOMES[outcome]
    return _REASONS.get(reason) or _OUTCOMES.get(outcome) or _OUTCOMES["pending"]
