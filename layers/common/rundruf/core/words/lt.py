"""Lithuanian: STOP, ATSISAKYTI and ATSISAKAU are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="lt",
    checked="2026-11-23",
    hard="""
        atsisakyti, atsisakau, atsisakymas, atsisakyti prenumeratos, atsisakau prenumeratos, išsiregistruoti,
        išregistruokite, išregistruoti, atšaukti prenumeratą, atšaukite prenumeratą
    """,
    leave="""
        stabdyti, stabdykite, sustabdyti, sustabdykite, sustabdyk, baigti, baikite, baik, nutraukti,
        nutraukite, nutrauk, pabaiga, gana, užteks, pakanka, užtenka, atšaukti, atšaukite, atšaukiu,
        pašalinti, pašalinkite, pašalink, ištrinti, ištrinkite, ištrink, išbraukite, išbraukti, išimkite,
        palikite mane ramybėje, palik mane ramybėje, atstokite, atstok, prieštarauju, nesutinku gauti,
        daugiau niekada, nebenoriu, nebenoriu gauti, nebesiųskite, nebesiųsk, neberašykite, neberašyk,
        nesiųskite, nesiųsk, nerašykite, nerašyk, nesiųsti, nebesidomiu, nebedomina, netrukdykite,
        nenoriu gauti, nepageidauju, nepageidauju gauti
    """,
    negation="nenoriu, nereikia, jokių, jokios, jokio, be, nenutraukite, nestabdykite",
    send="""
        siųsti, siųskite, siųsk, rašyti, rašykite, rašyk, gauti, susisiekti, susisiekite, kontaktuoti,
        atsiųsti
    """,
    messages="""
        žinutė, žinutės, žinutes, žinučių, žinutę, pranešimas, pranešimai, pranešimus, pranešimų, reklama,
        reklamos, reklamą, reklamas, reklamų, naujienlaiškis, naujienlaiškio, naujienlaiškį, naujienlaiškių,
        pasiūlymai, pasiūlymus, pasiūlymų, laiškai, laiškus, laiškų, sąrašas, sąrašo, sąrašą, prenumerata,
        prenumeratą, prenumeratos, sutikimas, sutikimą, numeris, numerį, naujienų, naujienas
    """,
    everything="viską, viskas, visko",
    begin="""
        start, pradėti, pradėkite, pradėk, tęsti, tęskite, atnaujinti, atnaujinkite, prenumeruoti,
        užsiregistruoti, prisijungti, iš naujo, vėl
    """,
    yes="taip, sutinku, patvirtinu, taip sutinku, žinoma, mielai, gerai, taip prašau",
    no="ne, nesutinku, ne ačiū, nedomina, ne dabar, nenoriu, nesidomiu",
    info="""
        info, informacija, duomenys, kokius duomenis turite, kokius duomenis apie mane turite, ką apie mane
        žinote, kas jūs, kas jūs esate, kas čia, būsena, privatumas
    """,
    help="""
        pagalba, padėkite, kaip atsisakyti, kaip man atsisakyti, kaip galiu atsisakyti, kaip sustabdyti,
        kaip tai veikia, meniu, ar galiu atsisakyti, kaip išsiregistruoti
    """,
    polite="""
        prašau, prašom, prašyčiau, ačiū, dėkui, dėkoju, labas, laba diena, sveiki, labas rytas,
        labas vakaras, aš, noriu, norėčiau, pageidauju, man, mane, mano, iš, apie, jūsų, jums, šią, šios,
        šias, šiuos, šį, šio, tų, daugiau, dabar, tuoj pat, nedelsiant, iškart, ir, taip pat, su pagarba,
        pagarbiai, visų, visus, visas, nuo, į, savo, tos, jokiu, per, dėl, nuo šiol
    """,
    request="ar galite, ar galėtumėte, galėtumėte, gal galite, gal galėtumėte, ar gali, ar galėtum",
    delete="""
        ištrinkite mano duomenis, ištrinti mano duomenis, ištrink mano duomenis, pašalinkite mano duomenis,
        ištrinkite mano paskyrą, pamirškite mane
    """,
    data="mano duomenys",
    pause="pauzė, pristabdyti, pristabdykite",
    compounds="ženklas, motion",
)
