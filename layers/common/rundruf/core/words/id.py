"""Indonesian: BERHENTI, STOP and UNREG are the field's words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="id",
    checked="2026-11-23",
    hard="""
        unreg, berhenti berlangganan, berhenti langganan, stop langganan, batal langganan,
        batalkan langganan, unsub
    """,
    leave="""
        berhenti, berhentilah, hentikan, setop, udahan, sudahi, cukup, sudah cukup, selesai, akhiri, keluar,
        keluarkan saya, batal, batalkan, hapus, hapus saya, hapus nomor saya, hapus nomor, cabut,
        saya keberatan, keberatan, menolak, tolak, jangan ganggu, jangan ganggu saya, jangan ganggu lagi,
        biarkan saya sendiri, tinggalkan saya, tidak mau lagi, gak mau lagi, tidak berminat lagi,
        tidak tertarik lagi, jangan hubungi saya, jangan hubungi, mengundurkan diri, bosan
    """,
    negation="""
        jangan, jgn, tidak, tdk, gak, ga, nggak, ngga, enggak, tanpa, belum, tolong jangan, tak mau, tak
        ingin, tak perlu, tidak mau, gak mau
    """,
    send="""
        kirim, kirimkan, kirimi, kirimin, mengirim, mengirimi, mengirimkan, pengiriman, dikirim, dikirimi,
        wa, chat saya, hubungi, menghubungi, terima, menerima, dapat, mendapat, mendapatkan, spam saya,
        menulis, tulis, ganggu
    """,
    messages="""
        pesan, pesan pesan, iklan, iklan iklan, promosi, notifikasi, pemberitahuan, penawaran, buletin,
        info promo, daftar, langganan, persetujuan, izin, nomor, sms sms, siaran, broadcast, pesan promosi,
        pesan iklan, daftar ini
    """,
    everything="semua, semuanya",
    begin="""
        start, mulai, mulai lagi, lanjut, lanjutkan, berlangganan, langganan lagi, gabung, bergabung,
        aktifkan, ikut
    """,
    yes="""
        iya, ya mau, ya saya mau, ya setuju, setuju, saya setuju, boleh, tentu, baik, oke, mau, ya boleh,
        siap
    """,
    no="""
        tidak, nggak, gak, enggak, tidak setuju, tidak mau, gak mau, tidak tertarik, tidak berminat,
        jangan sekarang, ogah
    """,
    info="""
        info, informasi, data apa saja, data apa yang kalian simpan, siapa ini, siapa kalian, siapa anda,
        privasi, status saya
    """,
    help="""
        bantuan, tolong bantu, bagaimana cara berhenti, cara berhenti, gimana cara berhenti,
        bagaimana berhenti berlangganan, cara berhenti langganan, cara unreg, bisa berhenti berlangganan
    """,
    polite="""
        tolong, mohon, silakan, terima kasih, terimakasih, makasih, trims, halo, hai, selamat pagi,
        selamat siang, selamat sore, selamat malam, saya, aku, gue, gua, kami, ingin, pengen, ke, kepada,
        dari, untuk, pada, di, dong, ya, lah, deh, kak, pak, bu, min, gan, sis, bang, ini, itu, anda, kalian,
        kamu, lagi, lebih, banyak, sekarang, segera, sekarang juga, dan, yang, dengan, lewat, mulai sekarang,
        aja, saja, tersebut, lain, apa pun, apapun, saya lagi, nya, sini
    """,
    request="bisa, bisakah, bisakah anda, bisa tolong, dapatkah, bisa gak",
    delete="hapus data saya, hapus semua data saya, hapus akun saya, lupakan saya",
    data="data saya",
    pause="jeda, tunda, tunda dulu",
    compounds="kontak, motion, lampu",
    yes_at_home="ya",
)
