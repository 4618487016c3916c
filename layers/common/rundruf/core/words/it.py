"""Italian: STOP and CANCELLA, "disiscrivi" and "annulla iscrizione" are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="it",
    checked="2026-11-23",
    hard="""
        disiscrivi, disiscrivimi, disiscrivermi, disiscrivetemi, disiscriversi, disiscrizione, cancellami,
        cancellatemi, cancellarmi, mi cancello, mi disiscrivo, disdire, disdetta, annulla iscrizione,
        annullare iscrizione
    """,
    leave="""
        basta, smettila, smettetela, smettere, smetti, smettete, smetta, ferma, fermare, fermate, fermati,
        fermatevi, cancella, cancellate, cancellare, cancellazione, annulla, annullare, termina, terminare,
        rimuovi, rimuovimi, rimuovetemi, rimuovere, toglimi, toglietemi, togliermi, rimozione, elimina,
        eliminami, eliminatemi, esci, uscire, revoco, revocare, revoca, mi oppongo, opposizione,
        lasciami in pace, lasciatemi in pace, finiscila, finitela, mai più, non più, niente più,
        non disturbate, non disturbare, non mi interessa più, non sono più interessato,
        non sono più interessata, non voglio più niente, ritiro, non scocciate
    """,
    negation="non, nessun, nessuno, nessuna, mai, niente, senza",
    send="""
        inviare, inviate, inviarmi, inviatemi, invii, invia, inviarci, mandare, mandate, mandarmi, mandatemi,
        mandi, manda, scrivere, scrivete, scrivermi, scrivetemi, scrivi, contattare, contattate, contattarmi,
        contattatemi, ricevere, disturbare, ricevo
    """,
    messages="""
        messaggio, messaggi, messaggini, pubblicità, pubblicitari, pubblicitarie, promozione, promozioni,
        promozionali, offerta, offerte, notifica, notifiche, lista, iscrizione, abbonamento, consenso,
        numero, comunicazioni, avvisi, mailing list, rubrica, invio, commerciali, novità
    """,
    everything="tutto",
    begin="""
        start, inizia, iniziare, ricomincia, ricominciare, riprendi, riprendere, riprendete, iscrivimi,
        iscrivermi, iscriviti, iscrivetemi, mi iscrivo, attiva, riattiva, riattivare, abbonami, iscrivere
    """,
    yes="""
        sì, certo, va bene, accetto, confermo, d'accordo, sì accetto, volentieri, certamente, sono d'accordo
    """,
    no="""
        no, non accetto, rifiuto, non sono interessato, non sono interessata, non mi interessa, non ora,
        no grazie
    """,
    info="""
        info, informazioni, dati, quali dati avete, quali dati avete su di me, chi siete, chi sei, stato,
        privacy, note legali
    """,
    help="""
        aiuto, come mi cancello, come mi disiscrivo, come posso cancellarmi, come posso disiscrivermi,
        come funziona, aiutami, come faccio a cancellarmi, come si annulla, menù, posso cancellarmi
    """,
    polite="""
        per favore, perfavore, per piacere, per cortesia, cortesemente, grazie, grazie mille, ciao, salve,
        buongiorno, buonasera, io, voglio, vorrei, desidero, chiedo, mi, me, a me, ti, vi, ci, di, da, dal,
        dai, dalla, dalle, dei, il, lo, la, i, gli, le, l', un, una, questo, questa, questi, queste, vostro,
        vostra, vostri, vostre, tua, tuo, più, adesso, ora, subito, immediatamente, e, con, su, altri, altre,
        ulteriori, ancora, tutti, tutte, mio, mia, miei, cordiali saluti, saluti, d'ora in poi, che, essere,
        dell', al, il mio, qui, pure, a, dell'invio
    """,
    request="potete, può, puoi, potreste, potresti, potrebbe",
    delete="""
        cancella i miei dati, cancellate i miei dati, cancellare i miei dati, elimina i miei dati, eliminate i
        miei dati, eliminare i miei dati, cancella il mio account, cancellate il mio account
    """,
    data="i miei dati, miei dati",
    pause="pausa, metti in pausa, mettete in pausa, in pausa",
    compounds="cartello, segnale, motion",
    stop_at_home="fine",
)
