"""Hungarian: STOP, LEIRATKOZÁS and LEMONDÁS are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="hu",
    checked="2026-11-23",
    hard="""
        leiratkozás, leiratkozom, leiratkozni, leiratkoznék, leiratkozok, leiratkoztatás, iratkoztasson le,
        iratkoztassanak le, lemondás, lemondom, lemondani, feliratkozás törlése, leíratkozás, leíratkozom
    """,
    leave="""
        állj, álljon le, álljanak le, állítsa le, állítsák le, állítsd le, leállít, leállítás, leállítani,
        vége, elég, elég volt, ebből elég, elegem van, hagyja abba, hagyják abba, hagyd abba, hagyjátok abba,
        fejezze be, fejezzék be, fejezd be, fejezzétek be, befejezni, megszüntetés, törlés, törölje, töröljék,
        töröld, töröljetek, töröljön, töröljenek, vegyenek le, vegyen le, vegyetek le, hagyjanak békén,
        hagyjon békén, hagyj békén, hagyjatok békén, visszavonom, visszavonás, tiltakozom, tiltakozás, soha
        többet, többet ne, már nem érdekel, nem érdekel többet, nem kérek többet, többet nem kérek, ne
        zavarjanak, ne zavarjon, ne zavarj, semmit se küldjenek, ne zaklassanak, kikapcsolás, törölni,
        leiratkoztatni
    """,
    negation="ne, nem, nem kérek, semmi, soha, semmilyen, nélkül, nem szeretnék, nem kérem",
    send="""
        küldjenek, küldjön, küldj, küldjetek, küldjed, küldeni, küldését, küldése, küldözgessenek, küldés,
        írjanak, írjon, írj, írjatok, írni, írogassanak, kapni, kapjak, keressenek, keressen, keress,
        spammeljenek, zaklatni, küldjék
    """,
    messages="""
        üzenet, üzenetet, üzenetek, üzeneteket, üzenetküldés, reklám, reklámot, reklámok, reklámokat,
        hirdetés, hirdetést, hirdetéseket, értesítés, értesítést, értesítéseket, ajánlat, ajánlatot,
        ajánlatokat, hírlevél, hírlevelet, hírleveleket, hírlevélről, smst, sms t, sms eket, emailt,
        listáról, lista, feliratkozás, feliratkozást, feliratkozásomat, hozzájárulás, hozzájárulásomat,
        hozzájárulást, szám, számomat, akciót, promóciót
    """,
    everything="mindent, minden, mindenről",
    begin="""
        start, kezdés, indítás, újra, ismét, feliratkozom, feliratkozni, folytatás, folytassák, folytasd,
        újrakezdés, iratkoztasson fel
    """,
    yes="""
        igen, igen kérem, elfogadom, egyetértek, hozzájárulok, megerősítem, rendben, persze, természetesen,
        szívesen, jó
    """,
    no="""
        nem, nem köszönöm, köszönöm nem, nem fogadom el, nem járulok hozzá, nem érdekel, most nem, nem kérem,
        inkább nem, elutasítom
    """,
    info="""
        info, információ, adatok, milyen adatokat tárolnak, milyen adatokat tárolnak rólam, mit tudnak rólam,
        kik önök, ki ez, kik vagytok, állapot, adatvédelem
    """,
    help="""
        segítség, súgó, hogyan iratkozhatok le, hogyan tudok leiratkozni, hogy tudok leiratkozni,
        hogyan iratkozzak le, hogy iratkozhatok le, hogyan működik, menü, leiratkozhatok,
        hogyan állíthatom le
    """,
    polite="""
        kérem, kérlek, kérném, légyszíves, legyszi, szíveskedjenek, köszönöm, köszi, köszönöm szépen,
        jó napot, szia, sziasztok, helló, üdv, üdvözlettel, jó reggelt, én, szeretnék, szeretném, akarok,
        akarom, kívánok, kívánom, nekem, engem, a, az, ez, ezt, ezeket, ezek, ezen, több, többet, további,
        többé, most, azonnal, rögtön, és, is, önöktől, tőletek, önök, már, erre, erről, innen, le, magam,
        magamat, mostantól, minket, ebből, hogy, soha többé, nekünk, az önök, rá, az összes, összes, még
    """,
    request="tudnának, tudna, tudnál, tudnátok, lehetne, kérhetném, megtennék hogy",
    stay="elég jó, nem kaptam",
    delete="""
        töröljék az adataimat, törölje az adataimat, töröld az adataimat, adataim törlése, kérem az adataim
        törlését, töröljék a fiókomat, felejtsenek el
    """,
    data="adataim, az adataim",
    pause="szünet, szüneteltetés, szüneteltesse, szüneteltessék",
    compounds="tábla, motion",
)
