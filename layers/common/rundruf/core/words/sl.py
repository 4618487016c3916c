"""Slovene: STOP, ODJAVA and ODJAVI are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="sl",
    checked="2026-11-23",
    hard="""
        odjava, odjavi, odjavite, odjaviti, odjavim, odjavljam, odjavljam se, odjavi me, odjavite me, odjavo,
        preklic naročnine, prekliči naročnino
    """,
    leave="""
        ustavi, ustavite, ustaviti, nehaj, nehajte, nehati, prenehaj, prenehajte, prenehati, konec, dovolj,
        dosti, zadosti, prekini, prekinite, prekiniti, prekliči, prekličite, preklicati, preklicujem,
        preklic, odstrani, odstranite, odstraniti, izbriši, izbrišite, izbrisati, zbriši, zbrišite, črtaj,
        črtajte, umakni, umaknite, umikam, ugovor, ugovarjam, nasprotujem, pustite me pri miru,
        pusti me pri miru, dajte mi mir, nikoli več, nič več, ne več, ne želim več, nočem več,
        ne zanima me več, ne moti, ne motite, ne nadlegujte
    """,
    negation="ne, nočem, nobenih, nobene, nobenega, nikoli, brez",
    send="""
        pošiljati, pošiljaj, pošiljajte, pošiljanjem, pošiljanje, pošljite, poslati, piši, pišite, pisati,
        pisanjem, kontaktirati, kontaktirajte, prejemati, dobivati, spamati, nadlegovati
    """,
    messages="""
        sporočilo, sporočila, sporočil, reklama, reklame, reklam, oglas, oglasi, oglasov, oglase, oglasna,
        obvestila, obvestil, ponudbe, ponudb, novice, novic, e novice, e novic, novičke, pošte, seznam,
        seznama, baze, naročnina, naročnino, naročnine, soglasje, privolitev, privolitve, številka, številko,
        številke, promocij, maile, mailov
    """,
    everything="vse, vsega",
    begin="""
        start, začni, začnite, začeti, znova, ponovno, spet, prijava, prijavi, prijavite, prijaviti,
        prijavim se, nadaljuj, nadaljujte, naroči me, obnovi
    """,
    yes="da, ja, seveda, strinjam se, soglašam, potrjujem, da želim, z veseljem, v redu, sprejmem",
    no="ne, ne hvala, ne strinjam se, ne soglašam, ne zanima me, zdaj ne, zavračam, raje ne",
    info="""
        info, informacije, podatki, katere podatke imate, katere podatke imate o meni, kaj veste o meni, kdo
        ste, kdo je to, stanje, zasebnost
    """,
    help="""
        pomoč, na pomoč, kako se odjavim, kako se lahko odjavim, kako prenehati, kako to ustavim,
        kako deluje, meni, se lahko odjavim, kako se odjaviti
    """,
    polite="""
        prosim, lepo prosim, hvala, najlepša hvala, hvala lepa, živjo, zdravo, pozdravljeni, dober dan, dobro
        jutro, jaz, želim, želel bi, želela bi, hočem, rad bi, rada bi, me, mi, mene, meni, se, moj, mojo,
        moje, z, s, iz, od, vas, vaših, vaš, vašega, vaše, tega, te, ta, teh, to, več, zdaj, takoj, nemudoma,
        in, na, za, vsa, vseh, nadaljnjih, lep pozdrav, lp, svojo, svoje, v, bi, mu, k, o, si, tudi, že, ali
    """,
    request="lahko, ali lahko, a lahko, bi lahko, ali bi lahko, mi lahko",
    delete="""
        izbrišite moje podatke, izbriši moje podatke, izbrisati moje podatke, zbrišite moje podatke,
        odstranite moje podatke, izbrišite moj račun, pozabite me
    """,
    data="moji podatki",
    pause="premor, pavza, začasno ustavite",
    compounds="znak, motion",
)
