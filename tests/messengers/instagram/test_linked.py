"""An Instagram account that is linked to a page speaks through the page."""

from dataclasses import replace

from rundruf.messengers import messenger
from tests.messengers.case import WEBHOOK
from tests.messengers.instagram.cases import LINKED, PAGE_ID
from tests.messengers.messenger.meta import OURS, error, ok
from tests.messengers.suite import told

GRAPH = "https://graph.facebook.com/v25.0"


def test_a_linked_account_is_checked_and_set_up_through_its_page() -> None:
    who, webhook = messenger("instagram").steps(LINKED, WEBHOOK)
    assert told(who.request) == ("GET", f"{GRAPH}/{OURS}?fields=id,username", {})
    assert told(webhook.request) == (
        "POST",
        f"{GRAPH}/{PAGE_ID}/subscribed_apps",
        {"subscribed_fields": ["messages"]},
    )
    assert who.read(ok(id=OURS, username="cafe_example")).ok
    assert not who.read(ok(id=PAGE_ID, username="cafe_example")).ok
    assert "instagram_manage_messages" in who.read(error(10)).detail


def test_a_server_in_its_place_stands_for_both_hosts() -> None:
    elsewhere = replace(LINKED, base_url="http://127.0.0.1:8101")
    who, _ = messenger("instagram").steps(elsewhere, WEBHOOK)
    assert who.request.url.startswith("http://127.0.0.1:8101/v25.0/")
