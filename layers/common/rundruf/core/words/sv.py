"""Swedish: STOPP, AVSLUTA and AVREGISTRERA are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="sv",
    checked="2026-11-23",
    hard="""
        avregistrera, avregistrering, avprenumerera, avprenumerering, avanmäla, avanmälan, avregistrerad,
        avbeställa prenumeration, säg upp prenumeration
    """,
    leave="""
        stoppa, stanna, sluta, avsluta, avslutar, avbryt, avböj, räcker, det räcker, nog, nu räcker det,
        upphör, ta bort, ta bort mig, tag bort, radera, lämna mig ifred, låt mig vara, låt mig vara ifred,
        lägg av, säg upp, avbeställ, avbeställa, återkalla, återkallar, drar tillbaka, ta tillbaka, invänder,
        motsätter mig, aldrig mer, inte mer, inte längre intresserad, inget mer, inga fler, stör mig inte,
        stör inte, avgå, gå ur
    """,
    leave_all="ingenting alls",
    negation="inte, inga, ingen, inget, aldrig, ej, utan",
    send="""
        skicka, skickar, skickas, sänd, sända, sänder, skriv, skriva, skriver, smsa, sms a, kontakta,
        kontaktar, kontaktas, få, ta emot, höra, mejla, maila, besvära, spamma, ha
    """,
    messages="""
        meddelande, meddelanden, reklam, annonser, utskick, erbjudande, erbjudanden, nyhetsbrev,
        nyhetsbrevet, notis, notiser, aviseringar, mejl, lista, listan, prenumeration, prenumerationen,
        samtycke, nummer, sms et, mess, reklamen, meddelandena, kampanjer, uppdateringar, utskicken,
        sändlista, reklamutskick
    """,
    everything="allt, alla",
    begin="""
        start, starta, börja, börja om, anmäl, anmäla, anmälan, registrera, prenumerera, återuppta, fortsätt,
        gå med, återanmäl
    """,
    yes="""
        ja, japp, jo, gärna, ja tack, visst, godkänner, jag godkänner, samtycker, jag samtycker, självklart,
        absolut
    """,
    no="nej, nä, nej tack, inte intresserad, inte nu, ej intresserad, avböjer, tackar nej, helst inte",
    info="""
        info, information, uppgifter, vilka uppgifter har ni, vilka uppgifter har ni om mig, vad vet ni om
        mig, vilka är ni, vem är det, status, integritet
    """,
    help="""
        hjälp, hur avregistrerar jag mig, hur slutar jag, hur stoppar jag det, hur gör jag för att sluta,
        hur avslutar jag, hur fungerar det, meny, kan jag avregistrera mig, hur avanmäler jag mig
    """,
    polite="""
        snälla, tack, tack så mycket, vänligen, vänlig, hej, hejsan, god dag, godmorgon, jag, vill, önskar,
        skulle vilja, mig, min, mitt, mina, från, till, av, er, era, ert, den, det, de, denna, detta, dessa,
        en, ett, mer, mera, fler, längre, nu, genast, omedelbart, direkt, och, med, på, via, att, härmed, för,
        mvh, vänliga hälsningar, hälsningar, om, ni, du, oss, vi, hädanefter, bara, så, någon, något, några,
        flera, i framtiden, vara, bli, ju, mej, dig, här, igen
    """,
    request="kan ni, kan du, skulle ni kunna, skulle du kunna, var god och",
    delete="""
        radera mina uppgifter, ta bort mina uppgifter, radera min data, ta bort min data, radera mina data,
        radera mitt konto, ta bort mitt konto, glöm mig
    """,
    data="mina uppgifter, min data, mina data",
    pause="paus, pausa, ta paus",
    compounds="skylt, skylten, ljus, klocka, knapp, motion",
    stop_at_home="slut",
)
