"""Czech: STOP, ODHLÁSIT and ZRUŠIT are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="cs",
    checked="2026-11-23",
    hard="""
        odhlásit, odhlásit se, odhlaste, odhlašte, odhlas, odhlašuji, odhlašuji se, odhlášení, odhlaste mě,
        odregistrovat, zrušit odběr, zrušte odběr, zruš odběr, odepsat se
    """,
    leave="""
        konec, dost, už dost, stačí, stačilo, to stačí, přestaň, přestaňte, přestat, zastavit, zastavte,
        zastav, ukončit, ukončete, ukonči, ukončuji, zrušit, zrušte, zruš, skončete, vymazat, vymažte,
        smazat, smažte, smaž, odstranit, odstraňte, odstraň, vyřaďte, vyřadit, vyškrtněte, odvolávám,
        odvolat, beru zpět, nesouhlasím se zasíláním, námitka, vznáším námitku, dejte mi pokoj, dej mi pokoj,
        nechte mě být, nech mě být, nechte mě na pokoji, už nikdy, nikdy více, už ne, už nechci, nic dalšího,
        už nemám zájem, neposílejte, neposílej, neposílat, nezasílejte, nezasílat, nepište, nepiš, nepsat,
        nekontaktujte, nekontaktuj, nekontaktovat, neotravujte, neotravuj, neobtěžujte, neobtěžuj, nerušit,
        nerušte, nespamujte, nespamuj
    """,
    negation="""
        nechci, nechceme, nepřeji si, nepřeji, žádné, žádná, žádnou, žádný, nikdy, bez, nemám zájem o,
        nechci už
    """,
    send="""
        posílat, posílání, posílejte, zasílat, zasílání, zasílejte, poslat, psát, psaní, pište, piš,
        kontaktovat, kontaktujte, dostávat, dostat, obdržet, spamovat, otravovat
    """,
    messages="""
        zpráva, zprávy, zpráv, zprávu, reklama, reklamy, reklam, reklamu, reklamní, oznámení, upozornění,
        nabídky, nabídek, novinky, novinek, newsletteru, newslettery, smsky, smsek, maily, mailů, e maily,
        seznam, seznamu, databáze, odběr, odběru, souhlas, souhlasu, číslo, obchodní sdělení, sdělení, spamu,
        akce
    """,
    everything="vše, všechno, všeho",
    begin="""
        start, začít, začněte, začni, znovu, opět, přihlásit, přihlásit se, přihlaste, přihlašuji se,
        přihlášení, obnovit, obnovte, pokračovat, pokračujte, odebírat
    """,
    yes="ano, jo, jasně, souhlasím, ano souhlasím, potvrzuji, určitě, samozřejmě, rád, ráda, ano chci, beru",
    no="ne, ne děkuji, nesouhlasím, nemám zájem, teď ne, odmítám, nechci, radši ne",
    info="""
        info, informace, údaje, jaké údaje máte, jaké údaje o mně máte, co o mně víte, kdo jste, kdo je to,
        stav, soukromí
    """,
    help="""
        pomoc, nápověda, jak se odhlásit, jak se mám odhlásit, jak se můžu odhlásit, jak se mohu odhlásit,
        jak to zrušit, jak to funguje, můžu se odhlásit, mohu se odhlásit, jak to zastavit
    """,
    polite="""
        prosím, prosim vás, děkuji, děkuju, díky, moc díky, dobrý den, ahoj, zdravím, dobré ráno, já, chci,
        chtěl bych, chtěla bych, přeji si, rád bych, ráda bych, mě, mi, mně, se, si, můj, moje, mojí, z, ze,
        od, vás, vám, vašich, vašeho, vaší, váš, vaše, tohoto, toto, tuto, ty, ten, to, tyto, těch, těchto,
        další, dalších, více, víc, už, již, teď, nyní, ihned, okamžitě, hned, a, i, na, s, s pozdravem,
        všechny, všech, mne, svůj, tímto, nadále, o, mé, mého, bych, jen, v
    """,
    request="můžete, můžeš, mohli byste, mohl byste, mohla byste, mohl bys",
    delete="""
        smažte moje data, smazat moje data, smazat moje údaje, smažte moje údaje, smažte mé údaje, vymažte
        moje údaje, vymažte mé údaje, odstraňte moje údaje, smazat účet, smažte můj účet, zapomeňte na mě
    """,
    data="moje data, moje údaje, mé údaje",
    pause="pauza, pozastavit, pozastavte",
    compounds="značka, motion",
)
