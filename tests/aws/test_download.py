"""Files from servers on loopback: limits, redirects, and addresses that must see not one byte."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pycurl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from rundruf.aws import download
from rundruf.aws.download import CurlDownloads, resolved
from rundruf.core.addresses import Barred
from rundruf.flows.services import TooLarge
from rundruf.messengers.contract import Answer, Failure, Request

LIMIT = 100_000
PUBLIC = "93.184.215.14"
HERE = ("127.0.0.1",)
TOKEN = {"authorization": "Bearer secret"}


@dataclass
class Seen:
    path: str
    headers: dict[str, str]


@dataclass
class Files:
    """A file server; ``seen`` is what it was asked, ``moved`` where its redirects lead."""

    url: str
    port: int
    seen: list[Seen] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)


class Speaker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: Files

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.files.seen.append(Seen(self.path, headers))
        if self.path in self.files.moved:
            return self._say(302, b"", ("Location", self.files.moved[self.path]))
        match self.path:
            case "/picture":
                self._say(200, b"\xff\xd8\xffpicture", ("Content-Type", "image/jpeg"))
            case "/large":
                self._say(200, b"x" * (LIMIT + 1))
            case "/exact":
                self._say(200, b"x" * LIMIT)
            case "/endless":
                self.send_response(200)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for _ in range(10_000):
                    self.wfile.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
            case "/lying":
                self.send_response(200)
                self.send_header("content-length", "50")
                self.end_headers()
                self.wfile.write(b"short")
                self.close_connection = True
            case "/drip":
                self.send_response(200)
                self.send_header("content-length", "1000")
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b".")
                    time.sleep(0.05)
            case _:
                self._say(404, b"none")

    def _say(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that has gone away is what some tests want."""


def running(context: ssl.SSLContext | None = None) -> Iterator[Files]:
    class Here(Speaker):
        pass

    with Server(("127.0.0.1", 0), Here) as server:
        port = server.server_address[1]
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        Here.files = Files(f"http{'s' if context else ''}://127.0.0.1:{port}", port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Here.files
        server.shutdown()
        thread.join()


@pytest.fixture
def files() -> Iterator[Files]:
    yield from running()


@pytest.fixture
def other() -> Iterator[Files]:
    yield from running()


def get(
    files: Files, path: str, own: str | None = None, timeout: float = 3_000, resolve: Sequence[str] = ()
) -> Answer:
    request = Request("GET", files.url + path if path.startswith("/") else path, TOKEN, b"")
    downloads = CurlDownloads(lambda _: resolve)
    return downloads.get(request, files.url if own is None else own, LIMIT, timeout)


def test_the_accounts_own_server_is_asked_with_our_credentials(files: Files) -> None:
    answer = get(files, "/picture")
    assert (answer.status, answer.headers["content-type"], answer.body[:3]) == (
        200,
        "image/jpeg",
        b"\xff\xd8\xff",
    )
    assert files.seen[0].headers["authorization"] == "Bearer secret"


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(files: Files) -> None:
    assert len(get(files, "/exact").body) == LIMIT
    with pytest.raises(TooLarge):
        get(files, "/large")


def test_a_file_without_end_is_left_at_the_limit(files: Files) -> None:
    begun = time.monotonic()
    with pytest.raises(TooLarge):
        get(files, "/endless")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("path", ["/drip", "/lying"])
def test_a_slow_or_broken_file_is_a_failure_in_time(files: Files, path: str) -> None:
    begun = time.monotonic()
    assert get(files, path, timeout=500).failure is Failure.AMBIGUOUS
    assert time.monotonic() - begun < 1.5


def test_nothing_is_asked_when_the_time_is_over(files: Files) -> None:
    assert get(files, "/picture", timeout=0).failure is Failure.NOT_SENT
    assert files.seen == []


def test_a_redirect_within_the_own_server_keeps_what_the_request_carries(files: Files) -> None:
    files.moved = {"/a": "/b", "/b": f"{files.url}/picture"}
    assert get(files, "/a").status == 200
    assert [one.headers.get("authorization") for one in files.seen] == ["Bearer secret"] * 3


def test_the_sixth_redirect_is_one_too_many(files: Files) -> None:
    files.moved = {f"/{number}": f"/{number + 1}" for number in range(6)}
    with pytest.raises(Barred):
        get(files, "/0")
    assert [one.path for one in files.seen] == ["/0", "/1", "/2", "/3", "/4", "/5"]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/picture",
        "https://127.0.0.1:{port}/picture",
        "https://localhost/picture",
        "https://127.0.0.1/picture",
        "//127.0.0.1:{port}/picture",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_x",
    ],
)
def test_a_redirect_to_another_private_server_reaches_nobody(files: Files, other: Files, target: str) -> None:
    files.moved = {"/a": target.format(port=other.port)}
    with pytest.raises(Barred):
        get(files, "/a", resolve=["127.0.0.1"])
    assert other.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://localhost/",
        "https://localhost./",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_private_addresses_are_barred_in_every_spelling(url: str) -> None:
    request = Request("GET", url, {}, b"")
    with pytest.raises(Barred):
        CurlDownloads(resolved).get(request, "https://api.messenger.example", LIMIT, 2_000)


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["169.254.169.254", PUBLIC],
        ["::1"],
        ["2606:4700::1", "fd00::1"],
        ["::ffff:127.0.0.1"],
    ],
)
def test_a_name_with_any_private_address_is_barred(found: list[str]) -> None:
    with pytest.raises(Barred) as barred:
        CurlDownloads(lambda _: found).get(
            Request("GET", "https://files.example/x", {}, b""), "", LIMIT, 2_000
        )
    assert "files.example" not in str(barred.value)


def test_a_name_without_address_is_not_asked() -> None:
    answer = CurlDownloads(lambda _: ()).get(Request("GET", "https://a.example/", {}, b""), "", LIMIT, 2_000)
    assert answer.failure is Failure.NOT_SENT


def test_a_name_that_changes_its_address_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """``localhost`` was public when it was asked for; libcurl connects to that and asks nobody again."""
    wanted: list[object] = []

    class Watched(download._Sockets):
        def open(self, purpose: int, told: tuple[int, int, int, tuple[object, ...]]) -> int:
            wanted.append(told[3])
            return int(pycurl.SOCKET_BAD)

    monkeypatch.setattr(download, "_Sockets", Watched)
    request = Request("GET", "https://localhost/", {}, b"")
    answer = CurlDownloads(lambda _: [PUBLIC]).get(request, "", LIMIT, 2_000)
    assert answer.failure is Failure.NOT_SENT
    assert wanted == [(PUBLIC, 443)]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254"])
def test_a_socket_opens_to_no_other_address(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sockets = download._Sockets([PUBLIC])
    assert sockets.open(0, (family, socket.SOCK_STREAM, 6, (address, 443))) == pycurl.SOCKET_BAD
    assert sockets._opened == []


@pytest.mark.parametrize("url", ["https://2130706433/", "https://127.1/"])
def test_what_libcurl_reads_as_a_number_is_still_not_connected(url: str) -> None:
    """Its own reading of such a host passes by what it is told of names; the socket does not."""
    answer = CurlDownloads(lambda _: [PUBLIC]).get(Request("GET", url, {}, b""), "", LIMIT, 1_500)
    assert answer.failure is Failure.NOT_SENT


class TestAnotherServer:
    """A foreign https server, played on loopback by letting the policy take that one address for public."""

    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "files.example")])
        today = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("files.example")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "server.pem"
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + made.public_bytes(Encoding.PEM)
        )
        return file

    @pytest.fixture
    def foreign(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = running(context)
        made, built = next(server), download._handle

        def here(*given: Any) -> pycurl.Curl:
            handle = built(*given)
            if given[-1] is not None:
                handle.setopt(pycurl.CONNECT_TO, [f"files.example:443:127.0.0.1:{made.port}"])
                handle.setopt(pycurl.CAINFO, str(certificate))
            return handle

        monkeypatch.setattr(download, "_handle", here)
        monkeypatch.setattr(download, "public", lambda _: True)
        yield made
        next(server, None)

    def test_a_redirect_takes_no_credentials_along(self, files: Files, foreign: Files) -> None:
        files.moved = {"/a": "https://files.example/picture"}
        assert get(files, "/a", resolve=HERE).status == 200
        assert "authorization" in files.seen[0].headers
        assert "authorization" not in foreign.seen[0].headers

    def test_what_the_request_itself_carries_is_sent(self, files: Files, foreign: Files) -> None:
        assert get(files, "https://files.example/picture", resolve=HERE).status == 200
        assert foreign.seen[0].headers["authorization"] == "Bearer secret"
        assert files.seen == []

    def test_it_cannot_send_us_to_the_accounts_own_server(self, files: Files, foreign: Files) -> None:
        foreign.moved = {"/a": f"{files.url}/picture"}
        with pytest.raises(Barred):
            get(files, "https://files.example/a", resolve=HERE)
        assert files.seen == []

    def test_its_certificate_must_be_for_its_name(self, files: Files, foreign: Files) -> None:
        answer = get(files, "https://elsewhere.example/picture", resolve=HERE, timeout=800)
        assert answer.failure is not None
        assert foreign.seen == []
