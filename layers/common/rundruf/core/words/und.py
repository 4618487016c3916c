"""Words that are the same in all languages, and STOP as it is spelled in every script."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="und",
    checked="2026-11-23",
    hard="unsubscribe, optout",
    leave="""
        stop, stopp, стоп, στοπ, ستوب, ストップ, 스톱, 스탑, สต็อป, สต๊อป, สตอป, סטופ, स्टॉप, স্টপ, ஸ்டாப், სტოპ,
        ստոպ
    """,
    leave_all="stop all, stopall",
    messages="""
        newsletter, newsletters, sms, spam, whatsapp, telegram, viber, messenger, marketing, promo, email,
        e mail, mail, push, chat, line, wechat
    """,
    yes="yes, ok, okay",
    polite="non stop, nonstop, please, pls, plz, thanks, thank you, thx, hello, hi, hey",
    doubtful="td",
    pause="pause",
    data="export",
)
