"""What the person at the terminal is told of the demo's entry points."""

from local.show import ways


def test_there_is_one_way_into_each_messenger_in_the_order_of_the_page() -> None:
    entries = [
        {"name": "Table", "messenger": "telegram", "link": "t", "code": "A", "typed_code": False},
        {"name": "Table", "messenger": "teams", "link": "m", "code": "B", "typed_code": True},
        {"name": "Table", "messenger": "whatsapp", "link": "w", "code": "C", "typed_code": False},
        {"name": "Window", "messenger": "whatsapp", "link": "x", "code": "D", "typed_code": False},
    ]
    assert list(ways(entries)) == [
        ("Table, WhatsApp", "w"),
        ("Table, Telegram", "t"),
        ("Table, Microsoft Teams", "m  then write B"),
    ]
