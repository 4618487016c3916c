"""Maltese: WAQQAF and NEĦĦI; many people write English or Italian, so little is needed."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="mt",
    checked="2026-11-23",
    hard="ħassarni, neħħini, neħħuni, iddiżabbona, iddiżabbonani, tneħħija mil-lista",
    leave="""
        waqqaf, waqqfu, ieqaf, ieqfu, nieqaf, tmiem, spiċċa, biżżejjed, daqshekk, ħassar, ħassru, ikkanċella,
        ikkanċellaw, neħħi, neħħu, irtira, nirtira, noġġezzjona, noġġezzjonja, ħalluni bi kwieti,
        ħallini bi kwieti, ħalluni, qatt iżjed, mhux iżjed, ma nixtieqx aktar, ma rridx aktar,
        ma rrid xejn aktar, mhux interessat aktar, tiddisturbawnix, tibagħtulix, tibgħatulix, tibgħatlix,
        tiktbulix, tiktiblix, tikkuntattjawnix
    """,
    negation="""
        ma, mhux, ebda, l-ebda, xejn, qatt, bla, mingħajr, ma rridx, ma nixtieqx, tieqafx, tieqfux, twaqqafx,
        twaqqfux
    """,
    send="""
        tibgħatu, tibgħat, tibagħtu, tibgħatuli, ibgħat, ibagħtu, tiktbu, tikteb, tiktbuli, nirċievi,
        tikkuntattjaw, tibgħatli, tibagħtuli, nieħu
    """,
    messages="""
        messaġġ, messaġġi, messaġġ ieħor, reklam, reklami, riklam, riklami, avviżi, notifiki, offerti, lista,
        abbonament, kunsens, il-kunsens, numru, il-messaġġi, l-messaġġi, ir-riklami, l-lista, mil-lista,
        promozzjonijiet, is-sms
    """,
    everything="kollox",
    begin="start, ibda, erġa ibda, kompli, komplu, abbonani, irreġistra, irreġistrani, mill-ġdid",
    yes="iva, naqbel, iva naqbel, naċċetta, nikkonferma, mela, sewwa, iva grazzi, żgur",
    no="le, le grazzi, ma naqbilx, ma naċċettax, mhux interessat, mhux interessata, mhux issa, nirrifjuta",
    info="info, informazzjoni, x'data għandkom fuqi, x'tafu fuqi, min intom, status, privatezza",
    help="""
        għajnuna, għinuni, kif nieqaf, kif nitneħħa, kif inneħħi ruħi, kif taħdem, menu,
        kif inwaqqaf il-messaġġi
    """,
    polite="""
        jekk jogħġbok, jekk jogħġobkom, grazzi, grazzi ħafna, bonġu, bonswa, hello, jien, irrid, nixtieq,
        lili, lil, minn, mil, mill, tal, ta, il, l, ir, is, id, in, dan, din, dawn, tiegħi, tagħkom, aktar,
        iżjed, issa, minnufih, u, kollha, fuq, b, bl, lejja, oħra, ieħor, ruħi, d, gdid
    """,
    request="tista, tistgħu, tistgħux, tistax",
    delete="""
        ħassar id data tiegħi, ħassru l-kont tiegħi, insewni, ħassru d data tiegħi, ħassar d data tiegħi,
        neħħu d data tiegħi
    """,
    data="id data tiegħi, data tiegħi",
    pause="pawsa, waqfa",
    compounds="sinjal, motion",
)
