"""Romanian: STOP, DEZABONARE and RENUNȚ are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="ro",
    checked="2026-11-23",
    hard="""
        dezabonare, dezabonați, dezabonați mă, dezabonează mă, dezabonează, mă dezabonez, dezabonez,
        dezabonarea, dezabona, să mă dezabonez, dezabonati ma, dezaboneaza ma, renunț la abonament,
        anulare abonament
    """,
    leave="""
        oprește, opriți, oprire, opriți vă, oprește te, oprit, opresc, încetați, încetează, termină,
        terminați, gata, ajunge, destul, e destul, suficient, anulează, anulați, anulare, anulez, renunț,
        renunțare, șterge, ștergeți, șterge mă, ștergeți mă, elimină, eliminați, eliminați mă, scoate mă,
        scoateți mă, scoateți, retrag, retrag consimțământul, revoc, mă opun, obiecție, lasă mă în pace,
        lăsați mă în pace, lasați ma in pace, niciodată, nu mai vreau, nimic mai mult, nu mă mai interesează,
        nu mai sunt interesat, nu mai sunt interesată, nu deranjați, nu mă deranjați, nu mă mai deranjați,
        mai scutiți mă, sfârșit, să nu mai, nu mai vreau nimic
    """,
    negation="nu, nici un, niciun, nicio, fără, nu mai, nu vreau",
    send="""
        trimite, trimiteți, trimiți, trimiteți mi, mi trimiteți, mi trimite, să trimiteți, trimis,
        trimiterea, scrie, scrieți, scrieți mi, contacta, contactați, contactez, contactați mă, primesc,
        să primesc, primi, a primi, spamați
    """,
    messages="""
        mesaj, mesaje, mesajele, mesajelor, reclamă, reclame, reclamele, publicitate, notificări, notificare,
        notificările, oferte, ofertele, buletin, promoții, promoțiile, emailuri, emailurile, lista, listă,
        abonament, abonamentul, abonarea, consimțământul, acordul, consimțământ, număr, numărul, sms uri,
        smsuri, sms urile, spamul, comerciale
    """,
    everything="tot, totul, toate",
    begin="""
        start, începe, începeți, reia, reluați, reluare, continuă, continuați, abonare, mă abonez,
        abonează mă, abonați mă, din nou, iar, înscrie mă, vreau să mă abonez
    """,
    yes="""
        da, sigur, accept, sunt de acord, de acord, confirm, da vreau, desigur, bineînțeles, cu plăcere,
        da accept
    """,
    no="""
        nu, nu mulțumesc, nu accept, nu sunt de acord, nu sunt interesat, nu sunt interesată,
        nu mă interesează, nu acum, refuz, nu vreau
    """,
    info="""
        info, informații, date, ce date aveți, ce date aveți despre mine, ce știți despre mine, cine sunteți,
        cine e, cine este, stare, confidențialitate
    """,
    help="""
        ajutor, cum mă dezabonez, cum mă pot dezabona, cum pot să mă dezabonez, cum opresc,
        cum opresc mesajele, cum funcționează, meniu, pot să mă dezabonez, cum renunț
    """,
    polite="""
        vă rog, te rog, rog, va rog frumos, vă rog frumos, mulțumesc, mersi, vă mulțumesc, bună ziua, bună,
        salut, buna ziua, bună seara, eu, vreau, aș vrea, doresc, aș dori, îmi, mi, mie, mă, pe mine, să, de,
        de la, din, la, dumneavoastră, voi, acest, această, aceste, astea, ăsta, asta, mai, mai multe, acum,
        imediat, și, cu, pe, un, o, alte, meu, mea, cu stimă, pentru, le, acum mai, vă, cel, al, ale, a,
        acestea, în viitor, de acum înainte, ce, atât
    """,
    request="puteți, poți, ați putea, ai putea, puteți vă rog",
    delete="""
        șterge datele mele, ștergeți datele mele, ștergeți mi datele, ștergerea datelor mele, ștergeți contul
        meu, ștergeți mi contul, uitați mă
    """,
    data="datele mele",
    pause="pauză, întrerupere temporară",
    compounds="semn, indicator, motion, cadru",
)
