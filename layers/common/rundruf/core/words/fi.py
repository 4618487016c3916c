"""Finnish: LOPETA, PERUUTA and PERU are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="fi",
    checked="2026-11-23",
    hard="""
        peruuta tilaus, peru tilaus, peruuttaa tilauksen, perua tilauksen, peruutan tilauksen,
        perun tilauksen, uutiskirjeen peruutus, eroa listalta, poistu listalta, irtisano, lopeta tilaus
    """,
    leave="""
        lopeta, lopettakaa, lopettaa, lopetetaan, seis, pysäytä, pysäyttäkää, peruuta, peruuttakaa, peruuttaa,
        peru, perua, peruutus, poista, poistakaa, poistaa, poista minut, poistakaa minut, riittää, jo riittää,
        nyt riittää, loppu, loppui, eroa, poistu, jättäkää rauhaan, jätä rauhaan, jättäkää minut rauhaan, jätä
        minut rauhaan, kiellän, vastustan, ei enää, ei koskaan enää, ei kiinnosta enää, en ole enää
        kiinnostunut, en halua enää, ei mitään enää, älä häiritse, älkää häiritkö, painukaa, keskeytä,
        keskeyttäkää
    """,
    negation="ei, en, älä, älkää, ilman, en halua",
    send="""
        lähetä, lähettäkää, lähettäkö, lähettää, lähettämästä, lähettäminen, lähetelkö, laita, laittakaa,
        laittako, kirjoita, kirjoittako, kirjoittaa, vastaanottaa, saada, ottako yhteyttä, ota yhteyttä,
        yhteyttä, tekstata, viestitellä, haluta
    """,
    messages="""
        viesti, viestit, viestejä, viestien, viestiä, viesteistä, mainos, mainokset, mainoksia, mainosten,
        mainontaa, mainonta, mainosviestejä, tekstiviestejä, tekstareita, ilmoitukset, ilmoituksia,
        uutiskirje, uutiskirjettä, uutiskirjeitä, uutiskirjeen, tarjouksia, tarjoukset, lista, listalta,
        postituslistalta, tilaus, tilauksen, suostumus, suostumukseni, numero, numeroni, spämmiä, roskapostia
    """,
    everything="kaikki, kaiken",
    begin="""
        start, aloita, aloittaa, jatka, jatkaa, jatkakaa, tilaa, liity, liityn, uudelleen, ilmoittaudu,
        aloita uudelleen
    """,
    yes="kyllä, joo, juu, jees, kyllä kiitos, hyväksyn, suostun, vahvistan, sopii, totta kai, ilman muuta",
    no="ei, ei kiitos, en halua, en hyväksy, en suostu, ei kiinnosta, ei nyt, eipä, en ole kiinnostunut",
    info="""
        info, tiedot, mitä tietoja teillä on, mitä tietoja teillä on minusta, mitä tiedätte minusta, keitä
        olette, kuka olet, kuka tämä on, tila, tietosuoja
    """,
    help="""
        apua, ohje, ohjeet, apu, miten lopetan, miten peruutan, miten peruutan tilauksen,
        miten voin peruuttaa, miten tämä toimii, valikko, kuinka peruutan, miten pääsen pois listalta
    """,
    polite="""
        kiitos, kiitoksia, ole hyvä, olkaa hyvä, ystävällisesti, hei, moi, terve, huomenta, päivää, minä, mä,
        haluan, haluaisin, halua, toivon, minulle, mulle, minua, mua, minun, meille, teiltä, teidän, tämä,
        tämän, nämä, näitä, näiden, ne, se, lisää, enempää, enää, nyt, heti, välittömästi, ja, myös, tästä,
        pois, jo, jatkossa, numeroon, terveisin, yhtään, mitään, enempi, täältä, koskaan, saa, ihan, vaan,
        minut
    """,
    request="voitteko, voisitteko, voitko, voisitko, pyydän, saisinko",
    delete="""
        poista tietoni, poistakaa tietoni, poista kaikki tietoni, poistakaa kaikki tietoni, poista tilini,
        unohtakaa minut
    """,
    data="tietoni, omat tiedot, omat tietoni",
    pause="tauko, tauolle, pidä tauko",
    compounds="merkki, motion, tarra",
)
