"""Portuguese of Portugal and Brazil: SAIR, PARAR, CANCELAR and REMOVER are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="pt",
    checked="2026-11-23",
    hard="""
        cancelar inscrição, cancelar subscrição, cancelar assinatura, descadastrar, descadastre,
        me descadastre, desinscrever, desinscrevam, desinscreva, desinscrição, anular subscrição,
        anular inscrição
    """,
    leave="""
        sair, parar, pare, parem, para, cancelar, cancele, cancela, cancelem, anular, anulem, fim, terminar,
        termina, chega, basta, já chega, suficiente, remover, remova, removam, remove, retirar, retire,
        retirem, tirem, tire, tira, apagar, apaguem, excluir, exclua, excluam, deixe de, deixem de, deixa de,
        parem de, pare de, me deixe em paz, me deixem em paz, deixem me em paz, deixe me em paz, revogar,
        revogo, oponho me, me oponho, oposição, nunca mais, não mais, já não quero, nada mais,
        não tenho mais interesse, já não tenho interesse, não quero mais, não quero mais nada, não incomodem,
        não incomode, não perturbem, desativar, retiro
    """,
    negation="não, nao, nunca, nenhum, nenhuma, jamais, sem",
    send="""
        enviar, envie, enviem, envia, enviarem, me envie, me enviem, enviar me, mandar, mande, mandem, manda,
        mandarem, escrever, escreva, escrevam, contactar, contactem, contacte, contatar, contatem, contate,
        receber, chatear, perturbar, mensagear
    """,
    messages="""
        mensagem, mensagens, publicidade, propaganda, propagandas, anúncio, anúncios, promoção, promoções,
        oferta, ofertas, notificação, notificações, lista, assinatura, subscrição, inscrição, consentimento,
        número, avisos, comunicações, novidades, publicitárias, comerciais, contacto, contato, envio, emails,
        lista de contactos
    """,
    everything="tudo",
    begin="""
        start, iniciar, começar, recomeçar, retomar, voltar, subscrever, inscrever, inscrever me,
        me inscrever, inscreva me, aderir, assinar, reativar, cadastrar, me cadastrar
    """,
    yes="sim, aceito, confirmo, claro, de acordo, concordo, está bem, com certeza, sim aceito, pode ser",
    no="""
        não, não aceito, não estou interessado, não estou interessada, recuso, agora não, não tenho interesse
    """,
    info="""
        info, informação, informações, dados, que dados têm, que dados vocês têm, quem são, quem são vocês,
        quem é, estado, privacidade, aviso legal
    """,
    help="""
        ajuda, como cancelo, como cancelar, como faço para sair, como posso sair, como paro, como sair,
        como funciona, como posso cancelar, como me descadastro, ajude me, posso cancelar
    """,
    polite="""
        por favor, pf, pfv, porfavor, obrigado, obrigada, muito obrigado, olá, oi, bom dia, boa tarde,
        boa noite, eu, quero, queria, gostaria, gostava, desejo, pretendo, me, mim, a mim, meu, minha, o meu,
        a minha, te, lhe, de, do, da, dos, das, o, a, os, as, um, uma, este, esta, estes, estas, essas,
        esses, isto, isso, vosso, vossa, vossas, vossos, sua, suas, seu, seus, mais, já, agora,
        imediatamente, e, em, por, com, todas, todos, vocês, você, cumprimentos, atenciosamente, outras,
        outros, que, daqui, desta, deste, dessa, ser, tantas, aqui, lá, na, no, pra
    """,
    request="podem, pode, podes, poderiam, poderia, podias",
    delete="""
        apagar os meus dados, apaguem os meus dados, apagar meus dados, apaguem meus dados, excluir meus
        dados, excluam meus dados, eliminar os meus dados, eliminem os meus dados, apagar a minha conta,
        excluir minha conta
    """,
    data="os meus dados, meus dados",
    pause="pausa, pausar, em pausa",
    compounds="sinal, placa, motion",
)
