"""Croatian: STOP, ODJAVA and OTKAŽI are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="hr",
    checked="2026-11-23",
    hard="""
        odjava, odjavi, odjavite, odjaviti, odjavljujem, odjavljujem se, odjavim se, odjavu, odjavi me,
        odjavite me, otkaži pretplatu, otkažite pretplatu, otkazati pretplatu
    """,
    leave="""
        zaustavi, zaustavite, zaustaviti, prestani, prestanite, prestati, prekini, prekinite, prekinuti,
        kraj, dosta, dosta je, dovoljno, otkaži, otkažite, otkazati, otkazujem, poništi, poništite, ukloni,
        uklonite, ukloniti, izbriši, izbrišite, izbrisati, obriši, obrišite, makni, maknite, maknite me,
        skini, skinite, povlačim, opozivam, opoziv, prigovor, prigovaram, protivim se, ostavite me na miru,
        ostavi me na miru, pustite me na miru, pusti me na miru, nikad više, nikada više, ništa više,
        ne više, ne želim više, neću više, više ne želim, ne zanima me više, ne smetaj, ne smetajte,
        ne gnjavite, nemojte više
    """,
    negation="ne, nemoj, nemojte, neću, nikakve, nikakvih, nikad, nikada, bez",
    send="""
        šaljite, šalji, slati, slanje, slanjem, slanja, poslati, pošaljite, piši, pišite, pisati, pisanje,
        kontaktirati, kontaktirajte, javljajte, primati, dobivati, spamati, gnjaviti
    """,
    messages="""
        poruka, poruke, poruku, porukama, reklama, reklame, reklamu, oglas, oglasi, oglasa, oglase,
        obavijest, obavijesti, ponude, ponuda, novosti, bilten, promocije, promocija, mailove, mailova,
        popis, popisa, lista, liste, bazu, baze, pretplata, pretplatu, pretplate, privola, privolu,
        suglasnost, pristanak, broj, sms ove, promidžbene, spamom
    """,
    everything="sve, svega",
    begin="""
        start, započni, započnite, počni, ponovno, ponovo, opet, prijava, prijavi, prijavite, prijaviti,
        prijavljujem se, nastavi, nastavite, pretplati, pretplati me, obnovi
    """,
    yes="da, može, naravno, slažem se, pristajem, potvrđujem, da želim, prihvaćam, u redu, svakako, rado",
    no="ne, ne hvala, ne slažem se, ne pristajem, ne zanima me, ne sada, odbijam, radije ne, neću",
    info="""
        info, informacije, podaci, koje podatke imate, koje podatke imate o meni, što znate o meni, tko ste,
        tko je to, stanje, privatnost
    """,
    help="""
        pomoć, upomoć, kako se odjaviti, kako se mogu odjaviti, kako da se odjavim, kako prestati,
        kako to zaustaviti, kako funkcionira, izbornik, mogu li se odjaviti
    """,
    polite="""
        molim, molim vas, molim te, hvala, hvala lijepa, bok, pozdrav, dobar dan, zdravo, dobro jutro, ja,
        želim, želio bih, željela bih, hoću, htio bih, htjela bih, me, mi, mene, meni, se, moj, moju, moje,
        s, sa, iz, od, vas, vaših, vaš, vašeg, vaše, ovu, ove, ovaj, ovih, to, više, sada, odmah, smjesta, i,
        na, za, svih, daljnje, daljnjih, lijep pozdrav, lp, svoju, svoj, u, bih, o, vam, mi više, vaša, ovo,
        te, ubuduće
    """,
    request="možete li, možeš li, biste li mogli, bi li mogli, možete, možeš",
    delete="""
        izbrišite moje podatke, izbriši moje podatke, izbrisati moje podatke, obrišite moje podatke, obriši
        moje podatke, uklonite moje podatke, izbrišite moj račun, zaboravite me
    """,
    data="moji podaci",
    pause="pauza, pauziraj, pauzirajte, pauzirati",
    compounds="znak, motion",
)
