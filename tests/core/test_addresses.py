"""Which addresses files are fetched from, in every spelling that has fooled somebody."""

import pytest

from rundruf.core.addresses import Barred, foreign_host, origin, public

PRIVATE = (
    "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3 168.63.129.16 "
    "169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 "
    "192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 "
    "240.0.0.1 255.255.255.255 "
    ":: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:a9fe:a9fe ::ffff:0:127.0.0.1 64:ff9b::7f00:1 "
    "64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:10::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe:: "
    "3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1"
)
PUBLIC = (
    "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 "
    "172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 223.255.255.255 "
    "2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001:80b::200e"
)
NO_ADDRESS = ["", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "1.2.3.4.5", "１.１.１.１"]


@pytest.mark.parametrize("address", [*PRIVATE.split(), *NO_ADDRESS])
def test_what_is_not_the_public_net(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_what_is_the_public_net(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/a",
        "ftp://files.example/a",
        "file:///etc/passwd",
        "gopher://files.example:70/_",
        "//files.example/a",
        "files.example/a",
        "",
        "https://",
        "https:///a",
        "https://files.example:8443/a",
        "https://files.example:80/a",
        "https://files.example:99999/a",
        "https://files.example:x/a",
        "https://user@files.example/a",
        "https://user:password@files.example/a",
        "https://127.0.0.1@files.example/",
        "https://[::1]/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://[::1/a",
        "https://fi les.example/a",
        "https://files.example\\@127.0.0.1/",
        "https://files_.example/",
        "https://ｆiles.example/a",
        "https://-files.example/a",
        f"https://{'x' * 70}.example/",
    ],
)
def test_an_address_that_is_barred_by_its_words(url: str) -> None:
    with pytest.raises(Barred) as barred:
        foreign_host(url)
    assert "files" not in str(barred.value)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://files.example/a?b#c", "files.example"),
        ("https://Files.Example:443/a", "files.example"),
        ("https://files.example./a", "files.example"),
        ("https://2130706433/", "2130706433"),
        ("https://0x7f.1/", "0x7f.1"),
    ],
)
def test_a_host_to_be_resolved_and_then_checked(url: str, host: str) -> None:
    assert foreign_host(url) == host


def test_an_origin_has_one_spelling() -> None:
    assert origin("https://a.example/x") == origin("https://A.example:443") == "https://a.example:443"
    assert origin("http://a.example") != origin("https://a.example")
    assert origin("https://a.example:1") != origin("https://a.example:2")
    for none in ("", "a.example", "https://a.example:x/", "https://user@a.example/"):
        assert origin(none) == ""
