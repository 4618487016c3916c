"""Vietnamese: TC and HUY, typed without accents, are the field's words; accents make other words."""

from rundruf.core.words import Phrases

PHRASES = Phrases(
    language="vi",
    checked="2026-11-23",
    hard="""
        hủy đăng ký, huỷ đăng ký, hủy đăng kí, huỷ đăng kí, ngừng đăng ký, bỏ đăng ký, hủy theo dõi,
        bỏ theo dõi, huy dang ky, huy dang ki, ngung dang ky, bo theo doi, huy theo doi, từ chối nhận,
        tu choi nhan
    """,
    leave="""
        ngừng, ngưng, dừng, dừng lại, ngừng lại, thôi, thôi đi, hủy, huỷ, hủy bỏ, từ chối, chấm dứt,
        kết thúc, đủ rồi, quá đủ rồi, xóa, xoá, xóa tôi, xóa số của tôi, gỡ, gỡ tôi, rút lại, phản đối,
        ngung, ngung lai, dung lai, huy, huy bo, tu choi, cham dut, ket thuc, du roi, tc, tuchoi, đừng gửi,
        đừng nhắn, đừng làm phiền, đừng làm phiền tôi, để tôi yên, để yên cho tôi, không nhận nữa,
        đừng liên lạc, đừng liên hệ, dung gui, dung nhan tin, dung lam phien, de toi yen, dung nhan tin nua,
        dung gui tin nua, không muốn nhận nữa, khong muon nhan nua, tắt, tat thong bao, không quan tâm nữa,
        đừng spam
    """,
    negation="đừng, không, chớ, khỏi, khong, ko, k, hông, chẳng, không muốn, không cần",
    doubtful="dung",
    send="""
        gửi, gởi, nhắn, nhận, liên lạc, liên hệ, làm phiền, viết, gui, goi tin, nhan, lien lac, lien he,
        lam phien, nhắn cho, spam tôi
    """,
    messages="""
        tin, tin nhắn, thông báo, quảng cáo, khuyến mãi, khuyến mại, bản tin, tin quảng cáo, danh sách, đăng
        ký, số, số của tôi, tin nhan, thong bao, quang cao, khuyen mai, ban tin, tin tuc, danh sach, dang ky,
        ưu đãi, uu dai, thư, thư rác, sự đồng ý, tin rác, số điện thoại, số điện thoại của tôi, khỏi danh
        sách, khoi danh sach
    """,
    everything="tất cả, hết, tat ca, het",
    begin="""
        start, bắt đầu, bắt đầu lại, đăng ký lại, tiếp tục, tham gia, bat dau, bat dau lai, dang ky lai,
        tiep tuc, tham gia lại, kích hoạt
    """,
    yes="""
        có, đồng ý, tôi đồng ý, vâng, dạ, dạ có, dạ vâng, được, xác nhận, chấp nhận, dong y, toi dong y,
        vang, xac nhan, đồng ý nhận tin
    """,
    no="""
        không, khong, không đồng ý, khong dong y, không cảm ơn, không muốn, không quan tâm, để sau, không cần
    """,
    info="""
        info, thông tin, thong tin, bạn có dữ liệu gì về tôi, các bạn là ai, bạn là ai, ai đây, trạng thái,
        quyền riêng tư
    """,
    help="""
        trợ giúp, giúp đỡ, giúp tôi, tro giup, giup toi, làm sao để hủy, làm sao để hủy đăng ký,
        làm thế nào để hủy, làm thế nào để hủy đăng ký, cách hủy, cach huy, hủy như thế nào,
        tôi có thể hủy không
    """,
    polite="""
        vui lòng, xin, xin vui lòng, làm ơn, cảm ơn, cám ơn, xin cảm ơn, xin chào, chào, tôi, mình, em, anh,
        chị, cho, cho tôi, của, đến, tới, từ, muốn, tôi muốn, nữa, ngay, bây giờ, ngay bây giờ, lập tức, này,
        những, các, và, với, thêm, nhé, nha, ạ, đi, lại, đây, việc, vui long, lam on, cam on, toi, minh,
        cho toi, muon, nua, ngay bay gio, cac, nay, nhe, a, bạn, ban, quý công ty, bên bạn, khác, giùm, dùm,
        giúp, mọi, tôi nữa, cua, den, di, lai, tự động, luôn, trên, qua, shop
    """,
    request="có thể, bạn có thể, có thể vui lòng, co the, hãy",
    delete="""
        xóa dữ liệu của tôi, xoá dữ liệu của tôi, xóa tất cả dữ liệu của tôi, xoa du lieu cua toi, xóa tài
        khoản của tôi, xoa tai khoan cua toi
    """,
    data="dữ liệu của tôi, thông tin của tôi",
    pause="tạm dừng, tạm ngừng, tam dung, tam ngung",
    compounds="motion",
    accents=True,
)
