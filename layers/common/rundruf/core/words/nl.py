"""Dutch: STOP, AFMELDEN and UIT are the field's words in the Netherlands and Belgium."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="nl",
    checked="2026-11-23",
    hard="""
        afmelden, afmelding, uitschrijven, uitschrijving, opzeggen, afgemeld worden, uitgeschreven worden,
        af te melden, uit te schrijven, deabonneren
    """,
    leave="""
        stoppen, stopt, uit, einde, genoeg, annuleren, beëindigen, beeindig, verwijder, verwijderen,
        verwijderd worden, ophouden, hou op, houd op, hou ermee op, meld af, schrijf uit, meld mij af,
        meld me af, schrijf me uit, schrijf mij uit, haal me van, haal mij van, haal me uit, haal mij uit,
        laat me met rust, laat mij met rust, intrekken, trek in, bezwaar, ik maak bezwaar, maak bezwaar,
        nooit meer, niet meer, niets meer, ga weg, geen interesse meer, niet meer geïnteresseerd, rot op,
        haal eraf, val me niet lastig, niet storen
    """,
    leave_all="helemaal niets meer",
    negation="niet, geen, nooit, zonder",
    send="""
        sturen, stuur, stuurt, gestuurd, zenden, zend, verzenden, schrijven, schrijf, appen, app, sms en,
        contacteren, ontvangen, krijgen, hebben, benaderen, benader, benaderd worden, lastigvallen,
        lastig vallen, mailen, toesturen, te sturen
    """,
    messages="""
        bericht, berichten, berichtjes, reclame, reclames, advertentie, advertenties, nieuwsbrief,
        nieuwsbrieven, aanbieding, aanbiedingen, melding, meldingen, mails, lijst, maillijst, abonnement,
        toestemming, nummer, apps, appjes, smsjes, updates, acties, spamberichten, mailing, mailings,
        reclameberichten, verzendlijst
    """,
    everything="alles",
    begin="""
        start, starten, aanmelden, weer aanmelden, inschrijven, hervatten, opnieuw, beginnen, abonneren, aan,
        meld aan, meld me aan, meld mij aan, schrijf me in, schrijf mij in, doorgaan
    """,
    yes="""
        ja, jawel, jazeker, akkoord, prima, is goed, goed, graag, ja graag, ik ga akkoord, ga akkoord,
        natuurlijk
    """,
    no="""
        nee, neen, nee bedankt, geen interesse, niet geïnteresseerd, nu niet, liever niet, niet akkoord,
        weiger, ik ga niet akkoord
    """,
    info="""
        info, informatie, gegevens, welke gegevens hebben jullie, welke gegevens heeft u, welke gegevens
        hebben jullie van mij, wie zijn jullie, wie bent u, wie is dit, status, privacy
    """,
    help="""
        hulp, help, hoe meld ik me af, hoe meld ik mij af, hoe kan ik me afmelden, hoe kan ik mij afmelden,
        hoe schrijf ik me uit, hoe stop ik dit, hoe kan ik stoppen, hoe werkt dit, menu, kan ik me afmelden
    """,
    polite="""
        alstublieft, alsjeblieft, aub, svp, graag gedaan, bedankt, dank u, dank je, dank je wel, dank u wel,
        hallo, hoi, goedemorgen, goedemiddag, goedenavond, goedendag, beste, ik, wil, wens, zou, zou graag,
        wil graag, wij, me, mij, mijn, van, voor, de, het, een, deze, dit, die, dat, jullie, uw, je, u, jouw,
        meer, nu, direct, meteen, onmiddellijk, per direct, vanaf nu, alle, al, en, met, op, aan mij, te, om,
        hiermee, verdere, meer van, dan, groet, groeten, groetjes, mvg, met vriendelijke groet, zulke, ook,
        eens, even, gewoon, via, hier, naar
    """,
    request="""
        kunt u, kun je, kunnen jullie, kan je, zou u, zou je, zouden jullie, gelieve, wilt u, willen jullie
    """,
    stay="geen bericht ontvangen, geen berichten ontvangen",
    delete="""
        verwijder mijn gegevens, wis mijn gegevens, mijn gegevens verwijderen, gegevens verwijderen, verwijder
        al mijn gegevens, verwijder mijn account
    """,
    data="mijn gegevens",
    pause="pauze, pauzeren, pauzeer, op pauze",
    compounds="bord, borden, knop, motion",
)
