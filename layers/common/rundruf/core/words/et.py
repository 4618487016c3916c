"""Estonian: STOPP, LÕPETA and LOOBU are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="et",
    checked="2026-11-23",
    hard="""
        loobu, loobun, loobuda, loobumine, tühista tellimus, tühistage tellimus, tühistada tellimus,
        lõpeta tellimus
    """,
    leave="""
        lõpeta, lõpetage, lõpetada, lõpp, peata, peatage, peatada, seis, aitab, piisab, küllalt, tühista,
        tühistage, tühistada, eemalda, eemaldage, eemaldada, kustuta, kustutage, katkesta, katkestage,
        jätke mind rahule, jäta mind rahule, jätke rahule, jäta rahule, võtan tagasi, vaidlen vastu,
        esitan vastuväite, mitte kunagi enam, ei taha enam, ei soovi enam, ei huvita enam,
        ei ole enam huvitatud, mitte midagi enam, ärge segage, ära sega
    """,
    negation="ei, ära, ärge, mitte, ühtegi, ilma, ei soovi, ei taha",
    send="""
        saada, saatke, saatma, saatmine, saatmast, saatmise, kirjuta, kirjutage, kirjutada, saada mulle,
        võtke ühendust, võta ühendust, ühendust, saaks, tülita, tülitage, tülitada, spämmi, spämmige
    """,
    messages="""
        sõnum, sõnumid, sõnumeid, sõnumite, sõnumit, reklaam, reklaami, reklaame, reklaamid, reklaamide,
        uudiskiri, uudiskirja, uudiskirju, uudiskirjast, pakkumine, pakkumisi, pakkumised, teavitused,
        teavitusi, teateid, teated, kirju, kirjad, nimekiri, nimekirjast, listist, tellimus, tellimuse,
        tellimusest, nõusolek, nõusoleku, number, numbri, rämpsposti, sõnumitest
    """,
    everything="kõik",
    begin="""
        start, alusta, alustage, alustada, jätka, jätkake, telli, tellin, liitu, liitun, uuesti, taasta,
        registreeri
    """,
    yes="jah, jaa, nõus, olen nõus, nõustun, kinnitan, jah palun, muidugi, hea meelega",
    no="""
        ei, ei aitäh, ei soovi, ei taha, ei ole nõus, pole nõus, ei ole huvitatud, pole huvitatud,
        praegu mitte, keeldun
    """,
    info="""
        info, teave, andmed, mis andmed teil on, mis andmed teil minu kohta on, mida te minust teate, kes te
        olete, kes see on, olek, privaatsus
    """,
    help="""
        abi, appi, kuidas loobuda, kuidas lõpetada, kuidas ma loobun, kuidas saan loobuda, kuidas see töötab,
        menüü, kas ma saan loobuda, kuidas tühistada
    """,
    polite="""
        palun, aitäh, tänan, suur tänu, tere, tere päevast, hei, tere hommikust, ma, mina, soovin, sooviksin,
        tahan, tahaks, tahaksin, soovi, taha, mulle, mind, minu, mu, meile, teie, teilt, see, seda, need,
        neid, selle, nende, rohkem, enam, nüüd, kohe, koheselt, viivitamatult, ja, ka, edaspidi,
        lugupidamisega, tervitades, siit, enda, siis, veel, oma, saada rohkem, lihtsalt, kunagi
    """,
    request="kas te saaksite, kas saaksite, kas saaksid, kas te võiksite, kas võiksite, kas sa saaksid",
    delete="""
        kustuta minu andmed, kustutage minu andmed, kustuta mu andmed, kustutage mu andmed, kustuta minu
        konto, kustutage minu konto, unustage mind
    """,
    data="minu andmed, mu andmed",
    pause="paus, pausile, peata ajutiselt",
    compounds="märk, motion",
)
