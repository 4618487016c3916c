"""What WeChat permits an Official Account."""

from datetime import date

from rundruf.core.message import MediaKind
from rundruf.core.rules import Advertising, Counted, Rules

TITLE = "WeChat"
TEMPLATE_LIMIT = 30  # values in one template of ours; WeChat's own templates have fewer
TAP_WINDOW = 60  # seconds that a tap, a scan or a new subscription lets us reply (since 2023-06-12)
MASS_CALLS = {"service": 100, "subscription": 1}  # successful mass calls a day
ZONE = "Asia/Shanghai"  # in which a day begins

RULES = Rules(
    source="https://developers.weixin.qq.com/doc/service/guide/product/message/",
    checked=date(2026, 11, 22),
    advertising=Advertising.BATCH,
    business_may_open=False,
    window_hours=48,
    templates=True,
    # No page tells it; it is what clients have met. Texts are not split: each part would cost one of the
    # few replies of a window, and of the one mass message a day.
    text_limit=2048,
    counted=Counted.BYTES,
    caption_limit=0,
    media=frozenset(MediaKind),  # as links in the text
    buttons=10,
    button_label_limit=60,  # no limit is told, nor for what a button carries
    button_payload_bytes=64,
    link_buttons=10,
    rate=20.0,  # no limit is told but 500,000 a day
    receipts=frozenset(),  # templates have some, mass messages only sums
    block_signal=True,
    gather=10_000,
    group_rate=1.0,  # 60 a minute
    retry_key=True,
    metered="day",
    quota_codes=frozenset({"45009", "45028", "45040", "45093", "45104", "45026", "43100"}),
    echoes=False,
    note=(
        "Newsletters leave by mass send only: one call a day for a subscription account, 100 for a service "
        "account, of which a person gets 4 a month. A single recipient is sent WeChat's preview of it, up to "
        "100 a day. Files are sent as links."
    ),
)
