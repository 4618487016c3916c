"""Irish: STAD and DÍLIOSTÁIL; most people write STOP in English, so little is needed."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="ga",
    checked="2026-11-23",
    hard="díliostáil, díliostáil mé, díchláraigh, díchláraigh mé, díchlárú",
    leave="""
        stad, stadaigí, stop anois, éirigh as, éirígí as, deireadh, críoch, críochnaigh, cuir deireadh,
        cuir deireadh le, cealaigh, bain, bain amach, bain mé, bain mé den, scrios, is leor sin, leor,
        go leor, fág mé, fág i mo shuaimhneas mé, lig dom, cuirim i gcoinne, tarraingím siar,
        níos mó ná leor, ní theastaíonn níos mó uaim, níl suim agam a thuilleadh, ná cuir isteach orm
    """,
    negation="ná, ní, níl, gan, ní theastaíonn, níl uaim, níor mhaith liom",
    send="""
        seol, seolaigí, cuir, cuirigí, chuir, scríobh, scríobhaigí, ag seoladh, ag cur, teagmháil, fháil,
        a fháil, sheoladh
    """,
    messages="""
        teachtaireacht, teachtaireachtaí, teachtaireachtaí seo, fógra, fógraí, fógraíocht, ríomhphost, téacs,
        téacsanna, nuachtlitir, nuachtlitreacha, liosta, síntiús, toiliú, mo thoiliú, uimhir, tairiscintí,
        turscar, na teachtaireachtaí, na fógraí, na téacsanna, na ríomhphoist
    """,
    everything="gach rud, uile",
    begin="""
        start, tosaigh, tosaigh arís, cláraigh, cláraigh mé, liostáil, atosaigh, arís, lean ar aghaidh,
        lean ort
    """,
    yes="""
        sea, is ea, tá, ba mhaith, ba mhaith liom, aontaím, toilím, tá go maith, cinnte, glacaim leis,
        tá fáilte
    """,
    no="ní hea, níl, níor mhaith liom, ní aontaím, ní thoilím, diúltaím, níl suim agam, ní anois",
    info="eolas, sonraí, cad atá ar eolas agaibh fúm, cé sibh, cé sibhse, stádas, príobháideachas",
    help="""
        cabhair, cabhraigh liom, conas a stadaim, conas stopadh, conas díliostáil, conas a dhíliostálaim,
        roghchlár
    """,
    polite="""
        le do thoil, más é do thoil é, go raibh maith agat, go raibh maith agaibh, dia duit, dia dhaoibh, a
        chara, mé, mise, chugam, dom, uaim, uaibh, ó, ón, an, le, ag, ar, as, seo, sin, do, bhur, mo, anois,
        láithreach, agus, níos mó, a thuilleadh, arís eile, ar bith, is mian liom, teastaíonn uaim, slán, den,
        ó seo amach, liom, tuilleadh, aon
    """,
    request="an féidir libh, an féidir leat, an bhféadfá, an bhféadfadh sibh",
    delete="scrios mo chuid sonraí, scrios mo shonraí, scrios mo chuntas, déan dearmad orm",
    data="mo shonraí, mo chuid sonraí",
    pause="sos, sos le do thoil, cuir ar sos",
    compounds="comhartha",
)
