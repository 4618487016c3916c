"""French: STOP and "désabonner" are the field's words, the rest is what people write."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="fr",
    checked="2026-11-23",
    hard="""
        désabonner, désabonnez, désabonne, désabonnement, désinscrire, désinscrivez, désinscris,
        désinscription, me désabonner, se désabonner, résilier, résiliez
    """,
    leave="""
        arrêt, arrêter, arrêtez, arrête, cesser, cessez, cesse, résiliation, annuler, annulez, fin, terminer,
        terminez, assez, ça suffit, suffit, basta, y en a marre, j'en ai marre, marre, retirez, retirer,
        supprimez moi, supprimer, supprimez, enlevez, enlever, rayez, désactiver, désactivez, opposition,
        m'oppose, laissez moi tranquille, laisse moi tranquille, fichez moi la paix, foutez moi la paix,
        lâchez moi, plus intéressé, plus intéressée, n'envoyez plus, n'envoyez rien, n'envoyez pas, n'écrivez
        plus, n'écris plus, n'envoie plus, n'en veux plus, plus rien, plus jamais, plus de pub, plus de pubs,
        plus de publicité, plus de publicités, plus de spam, pas de pub, mauvais numéro stop, n'envoyez plus
        rien, ne m'envoyez plus rien
    """,
    leave_all="plus rien du tout",
    negation="ne, pas, aucun, aucune, jamais, n'arrêtez, n'arrête",
    doubtful="plus de, plus d'autres, en veux plus",
    send="""
        envoyer, envoyez, envoie, envoyé, m'envoyer, m'envoyez, m'envoie, d'envoyer, d'envoi, écrire,
        écrivez, écris, m'écrire, m'écrivez, m'écris, d'écrire, contacter, contactez, contacte, contacté,
        contactée, recevoir, déranger, dérangez, importuner, spammer, harceler, solliciter, relancer
    """,
    messages="""
        message, messages, texto, textos, pub, pubs, publicité, publicités, publicitaire, publicitaires,
        d'infolettre, infolettre, promos, promotion, promotions, offre, offres, notification, notifications,
        mails, courriel, courriels, alertes, actualités, actus, liste, abonnement, consentement, numéro,
        démarchage, spams, envois, diffusion, prospection, commerciaux, commerciales, contact
    """,
    everything="tout",
    begin="""
        start, recommencer, reprendre, reprenez, commencer, démarrer, réabonner, m'abonner, abonner,
        s'abonner, m'abonne, inscrire, m'inscrire, m'inscris, s'inscrire, inscription, inscrivez, rejoindre,
        réinscrire, envoyez de nouveau, envoyez à nouveau
    """,
    yes="""
        oui, ouais, d'accord, accepte, j'accepte, confirme, je confirme, volontiers, bien sûr, avec plaisir,
        oui je veux bien, je veux bien
    """,
    no="non, nan, pas intéressé, pas intéressée, refuse, je refuse, pas maintenant, sans façon",
    info="""
        info, infos, information, données, quelles données avez vous, quelles données avez vous sur moi, qui
        êtes vous, statut, mentions légales, confidentialité
    """,
    help="""
        aide, comment se désabonner, comment me désabonner, comment me désinscrire, comment se désinscrire,
        comment arrêter, comment faire, comment ça marche, comment arrêter les messages, aidez moi,
        puis je me désabonner
    """,
    polite="""
        s'il vous plaît, s'il te plaît, svp, stp, merci, merci beaucoup, bonjour, bonsoir, salut, madame,
        monsieur, je, j'aimerais, voudrais, veux, souhaite, désire, me, moi, de, d', des, du, les, le, la, l',
        à, mes, mon, ma, vos, votre, ces, cette, ce, toutes, tous, plus, maintenant, immédiatement, tout de
        suite, dès maintenant, désormais, par, sur, vous, nous, te, en, et, ça, cela, cordialement, d'avance,
        encore, toute, ici, autre, autres, vraiment, svp merci, l'envoi, bonne journée, au, à nouveau
    """,
    request="pouvez vous, pourriez vous, peux tu, pourrais tu, veuillez",
    delete="""
        supprimez mes données, supprimer mes données, effacez mes données, effacer mes données, supprimez mon
        compte, supprimer mon compte, oubliez moi
    """,
    data="mes données, mes informations",
    pause="pause, faire une pause, en pause, mettre en pause",
    compounds="panneau, pub mensongère, signe, feu",
)
