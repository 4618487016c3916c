"""Polish: STOP, REZYGNUJĘ and WYPISZ are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="pl",
    checked="2026-11-23",
    hard="""
        wypisz, wypisz mnie, wypisać, wypiszcie, wypisać się, wypisuję się, wypisanie, rezygnuję, rezygnacja,
        rezygnować, zrezygnować, anuluj subskrypcję, anulować subskrypcję, odsubskrybuj, wyrejestruj,
        wyrejestrować, wyrejestrujcie
    """,
    leave="""
        koniec, dość, dosyć, wystarczy, przestań, przestańcie, przestać, proszę przestać, zatrzymaj,
        zatrzymać, zakończ, zakończyć, anuluj, anulować, anulujcie, usuń, usuńcie, usunąć, usuń mnie, skreśl,
        skreślcie, skreślić, wykreśl, wykreślcie, odwołuję, wycofuję, cofam, sprzeciw, sprzeciwiam się, wnoszę
        sprzeciw, dajcie spokój, daj spokój, dajcie mi spokój, daj mi spokój, zostawcie mnie w spokoju, zostaw
        mnie w spokoju, odczepcie się, odczep się, nigdy więcej, już nie chcę, nie chcę więcej, nic więcej,
        nie jestem już zainteresowany, nie jestem już zainteresowana, nie nękajcie, nie przeszkadzać, wyłącz,
        wyłączyć, wstrzymaj, wstrzymać, wstrzymajcie
    """,
    negation="nie, żadnych, żadnej, żadne, nigdy, bez, nie chcę",
    send="""
        wysyłać, wysyłaj, wysyłajcie, wysyłania, wysyłanie, wysłać, przysyłać, przysyłaj, przysyłajcie,
        przysyłania, pisać, pisz, piszcie, pisania, kontaktować, kontaktujcie, kontaktuj, otrzymywać,
        dostawać, spamować, spamujcie, nękać, zaczepiać, ślijcie, słać, wysyłkę, wysyłka, wysyłki
    """,
    messages="""
        wiadomość, wiadomości, wiadomosci, reklama, reklamy, reklam, reklamę, powiadomienia, powiadomień,
        oferty, ofert, newslettera, newsletterów, promocje, promocji, smsy, smsów, sms ów, maile, maili,
        lista, listy, bazy, subskrypcję, subskrypcji, subskrypcja, zgoda, zgodę, zgody, numer, numeru,
        informacji handlowych, spamu, mailingu
    """,
    everything="wszystko, wszystkiego",
    begin="""
        start, zacznij, rozpocznij, zapisz, zapisz mnie, zapisać, zapisuję się, subskrybuj, wznów, wznowić,
        kontynuuj, ponownie, dołącz, dołączam
    """,
    yes="""
        zgadzam się, wyrażam zgodę, potwierdzam, tak chcę, tak zgadzam się, jasne, oczywiście, chętnie,
        akceptuję, tak poproszę
    """,
    no="""
        nie, nie dziękuję, nie zgadzam się, nie wyrażam zgody, odmawiam, nie jestem zainteresowany,
        nie jestem zainteresowana, nie teraz, nie chcę
    """,
    info="""
        info, informacje, informacja, dane, jakie dane macie, jakie dane o mnie macie, co o mnie wiecie, kim
        jesteście, kto to, status, prywatność
    """,
    help="""
        pomoc, pomocy, jak się wypisać, jak mogę się wypisać, jak zrezygnować, jak mogę zrezygnować,
        jak to wyłączyć, jak to działa, czy mogę się wypisać, jak to zatrzymać
    """,
    polite="""
        proszę, prosze, poproszę, prosiłbym, prosiłabym, dziękuję, dzięki, dzień dobry, cześć, witam, hej,
        dobry wieczór, ja, chcę, chce, chciałbym, chciałabym, chciałbym się, życzę sobie, mnie, mi, do mnie,
        się, sobie, moją, mój, mojego, moja, z, ze, od, was, waszych, waszej, waszego, wasz, wasze, tej, ten,
        te, to, tych, tego, więcej, już, teraz, natychmiast, od razu, i, oraz, na, do, o, w, państwa,
        pozdrawiam, z poważaniem, wszystkie, wszystkich, dalszych, kolejnych, tą, tę, mam, o to, mną, ze mną
    """,
    request="""
        czy możecie, czy możesz, czy mogą państwo, możecie, możesz, czy moglibyście, czy mógłbyś, moglibyście
    """,
    delete="""
        usuń moje dane, usuńcie moje dane, usunąć moje dane, proszę usunąć moje dane, skasuj moje dane,
        skasujcie moje dane, usuń moje konto, usuńcie moje konto, zapomnijcie o mnie
    """,
    data="moje dane",
    pause="pauza, przerwa",
    compounds="znak, klatka, motion",
    yes_at_home="tak",
)
