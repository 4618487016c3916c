"""Slovak: STOP, ODHLÁSIŤ and ZRUŠIŤ are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="sk",
    checked="2026-11-23",
    hard="""
        odhlásiť, odhlásiť sa, odhláste, odhlás, odhlasujem, odhlasujem sa, odhlásenie, odregistrovať,
        zrušiť odber, zrušte odber, zruš odber
    """,
    leave="""
        koniec, dosť, už dosť, stačí, stačilo, to stačí, prestaň, prestaňte, prestať, zastaviť, zastavte,
        zastav, ukončiť, ukončite, ukonči, zrušiť, zrušte, zruš, vymazať, vymažte, zmazať, zmažte, odstrániť,
        odstráňte, odstráň, vyraďte, vyradiť, vyškrtnite, odvolávam, odvolať, námietka, namietam,
        dajte mi pokoj, daj mi pokoj, nechajte ma na pokoji, nechaj ma na pokoji, nechajte ma tak, už nikdy,
        nikdy viac, už nie, už nechcem, nič viac, už nemám záujem, neposielajte, neposielaj, neposielať,
        nezasielajte, nezasielať, nepíšte, nepíš, nepísať, nekontaktujte, nekontaktuj, nekontaktovať,
        neotravujte, neotravuj, neobťažujte, neobťažuj, nerušiť, nespamujte
    """,
    negation="""
        nechcem, nechceme, neželám si, neprajem si, žiadne, žiadna, žiadnu, žiaden, nikdy, bez,
        nemám záujem o
    """,
    send="""
        posielať, posielanie, posielajte, zasielať, zasielanie, zasielania, poslať, písať, píšte, píš,
        kontaktovať, kontaktujte, dostávať, dostať, spamovať, otravovať
    """,
    messages="""
        správa, správy, správ, správu, reklama, reklamy, reklám, reklamu, reklamné, oznámenia, upozornenia,
        ponuky, ponúk, novinky, noviniek, newslettera, newslettre, smsky, smsiek, maily, mailov, zoznam,
        zoznamu, databázy, odber, odberu, súhlas, súhlasu, číslo, obchodné oznámenia, spamu, akcie
    """,
    everything="všetko, všetkého",
    begin="""
        start, začať, začnite, začni, znovu, znova, opäť, prihlásiť, prihlásiť sa, prihláste, prihlasujem sa,
        prihlásenie, obnoviť, obnovte, pokračovať, pokračujte, odoberať
    """,
    yes="áno, hej, jasné, súhlasím, áno súhlasím, potvrdzujem, určite, samozrejme, rád, rada, áno chcem",
    no="nie, nie ďakujem, nesúhlasím, nemám záujem, teraz nie, odmietam, nechcem, radšej nie",
    info="""
        info, informácie, údaje, aké údaje máte, aké údaje o mne máte, čo o mne viete, kto ste, kto je to,
        stav, súkromie
    """,
    help="""
        pomoc, pomocník, ako sa odhlásiť, ako sa mám odhlásiť, ako sa môžem odhlásiť, ako to zrušiť,
        ako to funguje, môžem sa odhlásiť, ako to zastaviť
    """,
    polite="""
        prosím, prosím vás, ďakujem, vďaka, dobrý deň, ahoj, zdravím, čau, dobré ráno, ja, chcem,
        chcel by som, chcela by som, želám si, prajem si, rád by som, rada by som, ma, mi, mne, sa, si, môj,
        moje, mojej, z, zo, od, vás, vám, vašich, vášho, vašej, váš, vaše, tohto, toto, túto, tie, ten, to,
        tieto, tých, týchto, ďalšie, ďalších, viac, už, teraz, ihneď, okamžite, hneď, a, aj, na, s,
        s pozdravom, všetky, všetkých, mňa, svoj, týmto, naďalej, o, v, so mnou, len
    """,
    request="môžete, môžeš, mohli by ste, mohol by si, mohla by si, mohol by ste",
    delete="""
        vymažte moje údaje, vymazať moje údaje, zmažte moje údaje, zmazať moje údaje, odstráňte moje údaje,
        vymažte moje dáta, zmazať účet, zrušte môj účet, vymažte môj účet, zabudnite na mňa
    """,
    data="moje údaje, moje dáta",
    pause="pauza, pozastaviť, pozastavte",
    compounds="značka, motion",
)
