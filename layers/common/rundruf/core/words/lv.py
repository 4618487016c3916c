"""Latvian: STOP, STOPĒT and ATTEIKTIES are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="lv",
    checked="2026-11-23",
    hard="""
        atteikties, atsakos, atteikšanās, atrakstīties, atrakstos, atrakstiet, atraksti, atrakstīšanās,
        anulēt abonementu
    """,
    leave="""
        stopēt, beigt, beidziet, beidz, beigas, beidzat, pārtraukt, pārtrauciet, pārtrauc, apturēt, apturiet,
        apturi, pietiek, diezgan, atcelt, atceliet, atcel, izbeigt, izbeidziet, noņemt, noņemiet, noņem,
        izņemiet, izņemt, dzēst, dzēsiet, dzēs, izdzēst, izdzēsiet, izdzēs, lieciet mani mierā,
        liec mani mierā, liecieties mierā, lieciet mierā, atsaucu, atsaukt, iebilstu, iebildums, nekad vairs,
        vairs ne, vairs neinteresē, netraucējiet, netraucē, nerakstiet, neraksti, nesūtiet, nesūti, nesūtīt,
        nevēlos saņemt, negribu saņemt, vairs nevēlos, vairs negribu
    """,
    negation="nevēlos, negribu, nevajag, nekādu, nekādas, nekādus, neviens, bez",
    send="""
        sūtīt, sūtiet, sūti, rakstīt, rakstiet, raksti, saņemt, sazināties, sazinieties, kontaktēt, atsūtīt,
        spamot
    """,
    messages="""
        ziņa, ziņas, ziņu, ziņām, ziņojums, ziņojumi, ziņojumus, ziņojumu, īsziņas, īsziņu, reklāma,
        reklāmas, reklāmu, jaunumi, jaunumus, jaunumu, piedāvājumi, piedāvājumus, paziņojumi, paziņojumus,
        paziņojumu, vēstules, saraksts, saraksta, sarakstu, abonements, abonementu, abonēšana, abonēšanu,
        piekrišana, piekrišanu, numurs, numuru, vēstuļu, sūtīšanu
    """,
    everything="visu, viss",
    begin="""
        start, sākt, sāciet, sāc, atsākt, atsāciet, turpināt, turpiniet, pieteikties, piesakos, abonēt,
        pierakstīties, atkal, no jauna
    """,
    yes="jā, piekrītu, apstiprinu, jā lūdzu, labprāt, protams, esmu ar mieru, jā piekrītu",
    no="nē, nepiekrītu, nē paldies, neinteresē, ne tagad, nevēlos, negribu, noraidu",
    info="""
        info, informācija, dati, kādi dati jums ir, kādi dati jums ir par mani, ko jūs par mani zināt, kas jūs
        esat, kas tas ir, statuss, privātums
    """,
    help="""
        palīdzība, palīgā, palīdziet, kā atteikties, kā atrakstīties, kā es varu atteikties, kā apturēt,
        kā tas strādā, izvēlne, vai es varu atteikties, kā pārtraukt
    """,
    polite="""
        lūdzu, paldies, liels paldies, labdien, sveiki, čau, labrīt, labvakar, es, vēlos, gribu, vēlētos,
        gribētu, man, mani, mans, manu, no, par, jūsu, jums, šo, šīs, šos, šis, tās, to, vairs, vairāk, tagad,
        nekavējoties, tūlīt, un, arī, turpmāk, ar cieņu, visas, visus, visu laiku, jūs, uz, savu, ar, tālāk,
        no jums, nekad, jaunumiem
    """,
    request="vai varat, vai jūs varat, vai varētu, vai jūs varētu, vai vari",
    stay="nepārtrauciet, nebeidziet",
    delete="""
        dzēsiet manus datus, dzēst manus datus, izdzēsiet manus datus, izdzēst manus datus, izdzēsiet manu
        kontu, dzēst manu kontu, aizmirstiet mani
    """,
    data="mani dati, manus datus",
    pause="pauze, apturēt uz laiku, pauzēt",
    compounds="zīme, motion",
)
