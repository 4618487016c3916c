"""Turkish: RET and İPTAL are the field's words (a refusal answers "RET" to an İYS sender)."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="tr",
    checked="2026-11-23",
    hard="""
        abonelikten çık, abonelikten çıkar, abonelikten çıkmak, abonelikten çıkarın, aboneliği iptal et,
        aboneliğimi iptal et, aboneliğimi iptal edin, abonelik iptali, abonelik iptal, üyelikten çık,
        üyeliğimi iptal edin, listeden çıkar, listeden çıkarın, listenizden çıkarın, iptal edin
    """,
    leave="""
        ret, red, iptal, iptal et, iptal etmek, dur, durun, durdur, durdurun, durdurmak, durdurur musunuz,
        bitir, bitirin, son verin, kes, kesin artık, kes artık, yeter, yeter artık, artık yeter, bırak,
        bırakın, sil, silin, beni sil, beni silin, çıkar, çıkarın, çık, çıkış, çıkmak, beni çıkarın, beni
        rahat bırakın, rahat bırakın, beni rahat bırak, rahat bırak, izin iptal, iznimi iptal, geri çekiyorum,
        onayımı geri çekiyorum, itiraz, itiraz ediyorum, bir daha asla, göndermeyin, gönderme, göndermeyiniz,
        atmayın, atma, atmayınız, yollamayın, yollama, yazmayın, yazma, yazmayınız, almak istemiyorum,
        istemiyorum artık, artık istemiyorum, ilgilenmiyorum artık, artık ilgilenmiyorum, rahatsız etmeyin,
        rahatsız etme, iletişime geçmeyin, spam yapmayın, kapat, kapatın, çıkarır mısınız, iptal eder misiniz,
        siler misiniz, çıkarır mısın
    """,
    negation="""
        istemiyorum, istemiyoruz, istemem, hiçbir, asla, olmasın, gelmesin, durma, durmayın, durdurmayın,
        iptal etmeyin, iptal etme, silmeyin, çıkarmayın
    """,
    send="""
        gönder, gönderin, göndermek, göndermeyi, mesaj atmayı, atmayı, yollayın, yollamayı, yazmayı, almak,
        gönderilmesini, iletişim
    """,
    messages="""
        mesaj, mesajı, mesajlar, mesajları, mesajlarınızı, mesajınızı, reklam, reklamı, reklamlar,
        reklamları, bildirim, bildirimler, bildirimleri, kampanya, kampanyalar, kampanyaları, duyuru,
        duyurular, bülten, bülteni, bültenden, ileti, iletiler, ticari ileti, sms i, smsleri, liste,
        listeden, abonelik, abonelikten, üyelik, üyelikten, onay, onayımı, izin, iznimi, numaramı, numara,
        mail atmayın, tanıtım, gönderi
    """,
    everything="hepsini, hepsi, her şeyi, tümünü, herşeyi",
    begin="""
        start, başla, başlat, başlatın, devam, devam et, devam edin, yeniden, tekrar, abone ol, abone olmak,
        kaydol, katıl, kayıt ol
    """,
    yes="""
        evet, olur, tamam, kabul, kabul ediyorum, onaylıyorum, evet onaylıyorum, evet istiyorum, tabii, tabi,
        elbette
    """,
    no="""
        hayır, yok, kabul etmiyorum, onaylamıyorum, ilgilenmiyorum, istemiyorum, hayır istemiyorum,
        şimdi değil, olmaz
    """,
    info="""
        info, bilgi, hangi bilgilerim var, hakkımda ne biliyorsunuz, hangi verilerim sizde, kimsiniz, siz
        kimsiniz, durum, gizlilik, aydınlatma metni
    """,
    help="""
        yardım, imdat, nasıl iptal ederim, nasıl çıkarım, nasıl iptal edebilirim, abonelikten nasıl çıkarım,
        nasıl durdururum, nasıl çalışıyor, menü, komutlar, iptal edebilir miyim
    """,
    polite="""
        lütfen, rica ederim, rica ediyorum, teşekkürler, teşekkür ederim, sağol, sağolun, merhaba, selam,
        iyi günler, günaydın, ben, bana, beni, benim, istiyorum, isterim, bize, sizden, sizin, bu, bunu,
        bunları, şu, artık, daha, daha fazla, bir daha, fazla, şimdi, hemen, derhal, ve, da, de, tüm, bütün,
        başka, ile, bir, saygılarımla, kolay gelsin, ya, lan, be, bundan sonra, gelen, numarama,
        bundan böyle, olarak
    """,
    request="""
        misiniz, mısınız, musunuz, müsünüz, misin, mısın, eder misiniz, çıkarır mısınız, iptal eder misiniz,
        siler misiniz, çıkarır mısın
    """,
    delete="""
        verilerimi sil, verilerimi silin, bilgilerimi sil, bilgilerimi silin, hesabımı sil, hesabımı silin,
        beni unutun
    """,
    data="bilgilerim, verilerim",
    pause="ara ver, ara verin, duraklat, duraklatın, mola",
    compounds="tabelası, levhası, lambası, motion",
)
