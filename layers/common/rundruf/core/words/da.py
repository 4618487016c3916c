"""Danish: STOP, AFMELD and FRAMELD are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="da",
    checked="2026-11-23",
    hard="""
        afmeld, afmelde, afmelding, afmeldes, frameld, framelde, framelding, framelder, afmelder, opsig,
        opsige
    """,
    leave="""
        stoppe, stands, standse, afslut, afslutte, ophør, hold op, hold op med, nok, det er nok, nu er det
        nok, annuller, annullere, fjern, fjerne, fjern mig, slet, slet mig, slette, tag mig af, lad mig være,
        lad mig være i fred, lad mig i fred, aldrig mere, ikke mere, ikke længere, ikke laengere, intet mere,
        ikke flere, ikke længere interesseret, tilbagekald, tilbagekalder, trækker tilbage, traekker tilbage,
        gør indsigelse, indsigelse, forstyr ikke, skrid
    """,
    negation="ikke, ingen, intet, aldrig, ej, uden",
    send="""
        send, sende, sender, sendes, skriv, skrive, skriver, sms e, kontakt, kontakte, kontaktes, modtage,
        få, faa, høre, maile, ulejlige, genere, spamme, have
    """,
    messages="""
        besked, beskeder, beskederne, reklame, reklamer, annoncer, tilbud, nyhedsbrev, nyhedsbreve,
        nyhedsbrevet, meddelelser, meddelelse, notifikationer, mails, liste, listen, abonnement,
        abonnementet, samtykke, nummer, sms er, smser, beskedliste, kampagner, opdateringer, udsendelser,
        mailliste
    """,
    everything="alt, alle",
    begin="""
        start, starte, begynd, tilmeld, tilmelde, tilmelding, genoptag, fortsæt, fortsaet, abonner, gentilmeld
    """,
    yes="""
        ja, jep, jo, gerne, ja tak, helt sikkert, accepterer, jeg accepterer, bekræfter, samtykker,
        selvfølgelig
    """,
    no="nej, næ, nej tak, ikke interesseret, ikke nu, ellers tak, helst ikke, afviser",
    info="""
        info, information, oplysninger, hvilke data har i, hvilke oplysninger har i om mig, hvad ved i om mig,
        hvem er i, hvem er det, status, privatliv
    """,
    help="""
        hjælp, hjaelp, hvordan afmelder jeg mig, hvordan framelder jeg mig, hvordan stopper jeg,
        hvordan stopper jeg det, hvordan virker det, menu, kan jeg afmelde mig, hvordan afmelder jeg
    """,
    polite="""
        venligst, tak, mange tak, vær venlig, vaer venlig, vær så venlig at, hej, goddag, god dag, godmorgen,
        jeg, vil, ønsker, vil gerne, gerne vil, vil gerne have, mig, min, mit, mine, fra, til, af, jer, jeres,
        den, det, de, denne, dette, disse, en, et, mere, flere, længere, nu, straks, med det samme, og, med,
        på, via, at, hermed, for, mvh, venlig hilsen, med venlig hilsen, hilsen, om, i, du, os, vi, bare, så,
        nogen, fremover, være, blive, lige, her, igen
    """,
    request="kan i, kan du, kunne i, kunne du, må jeg bede om at",
    doubtful="slut",
    delete="""
        slet mine data, slet mine oplysninger, slet alle mine data, fjern mine data, slet min konto, glem mig,
        slet alt om mig
    """,
    data="mine data, mine oplysninger",
    pause="pause, hold pause, sæt på pause",
    stop_at_home="slut",
    compounds="skilt, skiltet, lys, ur, knap, motion",
)
