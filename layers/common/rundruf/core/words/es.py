"""Spanish: BAJA is the field's word in Spain and much of America, beside STOP, ALTO, PARAR and SALIR."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="es",
    checked="2026-11-23",
    hard="""
        baja, darme de baja, dar de baja, darse de baja, dame de baja, deme de baja, denme de baja,
        darnos de baja, me doy de baja, desuscribir, desuscribirme, desuscribirse, desuscripción,
        desapuntarme, desapúntame, anular suscripción, cancelar suscripción
    """,
    leave="""
        alto, parar, pare, paren, parad, para, para ya, salir, cancelar, cancela, cancele, cancelen, anular,
        anula, fin, terminar, finalizar, basta, basta ya, ya basta, suficiente, eliminar, elimina, eliminen,
        elíminame, elimíname, elimínenme, borrar, borra, bórrame, bórrenme, bórreme, borradme, quitar,
        quítame, quítenme, quitadme, sácame, sáquenme, sacadme, deja de, deje de, dejen de, dejad de,
        déjame en paz, déjenme en paz, dejadme en paz, déjeme en paz, revocar, revoco, me opongo, oposición,
        ya no, nada más, no más, retirar, retiro, dejar de recibir, ya no me interesa,
        ya no estoy interesado, ya no estoy interesada, no molesten, no molestar, no molestes, no moleste,
        no quiero nada, no envíen nada, no me envíen nada
    """,
    negation="no, nunca, ningún, ninguno, ninguna, jamás, sin",
    send="""
        enviar, envíen, envíe, envíes, enviéis, envíeis, enviarme, enviándome, mandar, manden, mande, mandes,
        mandéis, mandarme, mandando, escribir, escriban, escriba, escribas, escribáis, escribirme, contactar,
        contacten, contacte, contactarme, recibir, recibiendo, llegar, mensajear, spamear
    """,
    messages="""
        mensaje, mensajes, publicidad, anuncio, anuncios, promoción, promociones, oferta, ofertas, correo,
        correos, notificación, notificaciones, boletín, boletines, lista, suscripción, consentimiento,
        número, avisos, propaganda, comunicaciones, novedades, publicitarios, comerciales,
        información comercial, textos, difusión
    """,
    everything="todo",
    begin="""
        start, empezar, comenzar, iniciar, reanudar, alta, darme de alta, dar de alta, suscribirme,
        suscribir, suscribirse, suscríbeme, apuntarme, apúntame, volver a, unirme, volver a recibir,
        reactivar
    """,
    yes="""
        sí, acepto, confirmo, claro, claro que sí, de acuerdo, vale, por supuesto, sí acepto,
        estoy de acuerdo
    """,
    no="""
        no, nop, no acepto, no estoy interesado, no estoy interesada, no me interesa, ahora no, no gracias,
        rechazo
    """,
    info="""
        info, información, datos, qué datos tienen, qué datos tenéis, qué datos tienen sobre mí, quiénes son,
        quién es, quiénes sois, estado, privacidad, aviso legal
    """,
    help="""
        ayuda, cómo me doy de baja, cómo darme de baja, cómo puedo darme de baja, cómo cancelo,
        cómo funciona, menú, cómo cancelar, cómo dejo de recibir mensajes, cómo paro esto, ayúdame,
        puedo darme de baja
    """,
    polite="""
        por favor, porfavor, porfa, xfa, gracias, muchas gracias, hola, buenos días, buenas tardes,
        buenas noches, buenas, yo, quiero, quisiera, deseo, me gustaría, querría, solicito, necesito, me, mi,
        mis, a mí, mí, te, les, de, del, la, el, los, las, lo, esta, este, esto, estos, estas, su, sus, tu,
        tus, vuestra, vuestro, vuestros, ya, ahora, ahora mismo, inmediatamente, más, y, en, por, con, un,
        una, todos, todas, los mensajes de, que, saludos, un saludo, atentamente, usted, ustedes, otra vez,
        vez, tantos, tantas, a, señores, es, aquí, al, favor
    """,
    request="pueden, puede, puedes, podéis, podrían, podría, podrías, podríais",
    delete="""
        borrar mis datos, borren mis datos, borra mis datos, eliminar mis datos, eliminen mis datos, elimina
        mis datos, eliminar mi cuenta, borrar mi cuenta, olvídenme
    """,
    data="mis datos",
    pause="pausa, pausar, en pausa",
    compounds="señal, disco, motion",
)
