"""The window transport against real servers on loopback: what may have left is never called "not sent"."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rundruf.aws.http import CurlHttp
from rundruf.flows.services import Steps, answered
from rundruf.messengers.contract import Answer, Failure, Request


class Speaker(BaseHTTPRequestHandler):
    """Answers by path and notes when each request came and over which connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((time.monotonic(), self.client_address, body))  # type: ignore[attr-defined]
        match self.path:
            case "/slow":
                time.sleep(1.5)
                self._say(200, b"{}")
            case "/drip":
                self.send_response(200)
                self.send_header("content-length", "1000")
                self.end_headers()
                for _ in range(20):
                    self.wfile.write(b".")
                    time.sleep(0.1)
            case "/cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "/chunked":
                self.send_response(200)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
            case "/huge":
                self._say(200, b"x" * 1_500_000)
            case "/moved":
                self.send_response(302)
                self.send_header("location", "/ok")
                self.send_header("content-length", "0")
                self.end_headers()
            case "/who":
                self._say(200, self.headers.get("authorization", "nobody").encode())
            case "/busy":
                self._say(429, b"{}", ("Retry-After", "7"))
            case _:
                self._say(200, b'{"got": "%s"}' % body)

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - the library's names

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


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Speaker) as running:
        running.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server: Server, path: str, body: bytes = b"hi") -> Request:
    url = f"http://127.0.0.1:{server.server_address[1]}{path}"
    return Request("POST", url, {"content-type": "application/json"}, body)


def one(server: Server, path: str, timeout: float = 3_000) -> Answer:
    (answer,) = CurlHttp().window([ask(server, path)], timeout=timeout)
    return answer


def test_answers_come_in_the_order_of_the_requests(server: Server) -> None:
    answers = CurlHttp().window([ask(server, "/ok", str(number).encode()) for number in range(32)])
    assert [answer.body for answer in answers] == [b'{"got": "%d"}' % number for number in range(32)]


def test_connections_are_kept_between_windows(server: Server) -> None:
    http = CurlHttp()
    for _ in range(5):
        http.window([ask(server, "/ok") for _ in range(4)])
    assert len({address for _, address, _ in server.seen}) <= 4  # type: ignore[attr-defined]


def test_a_kept_handle_is_told_other_headers_and_addresses(server: Server) -> None:
    http, told = CurlHttp(), []
    for headers in ({"authorization": "anna"}, {"authorization": "anna"}, {"authorization": "ben"}, {}):
        for path in ("/who", "/ok"):
            (answer,) = http.window([replace(ask(server, path), headers=headers)])
            told.append(answer.body.decode())
    assert told == ["anna", '{"got": "hi"}'] * 2 + ["ben", '{"got": "hi"}', "nobody", '{"got": "hi"}']


def test_starts_are_spaced(server: Server) -> None:
    CurlHttp().window([ask(server, "/ok") for _ in range(5)], spacing=60)
    came = [at for at, _, _ in server.seen]  # type: ignore[attr-defined]
    assert came[-1] - came[0] >= 0.2


def test_status_headers_and_body_of_any_framing_arrive(server: Server) -> None:
    busy = one(server, "/busy")
    assert (busy.status, busy.headers["retry-after"]) == (429, "7")
    assert one(server, "/chunked").body == b"hello!"


def test_redirects_are_answers_and_not_followed(server: Server) -> None:
    assert one(server, "/moved").status == 302
    assert len(server.seen) == 1  # type: ignore[attr-defined]


def test_a_refused_connection_is_definitely_not_sent() -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (answer,) = CurlHttp().window([Request("POST", f"http://127.0.0.1:{port}/", {}, b"")])
    assert answer.failure is Failure.NOT_SENT


def test_an_unknown_host_is_definitely_not_sent() -> None:
    (answer,) = CurlHttp().window([Request("POST", "http://nowhere.invalid/", {}, b"")])
    assert answer.failure is Failure.NOT_SENT


def test_a_server_that_does_not_speak_tls_is_definitely_not_sent(server: Server) -> None:
    port = server.server_address[1]
    (answer,) = CurlHttp().window([Request("POST", f"https://127.0.0.1:{port}/", {}, b"")], timeout=1_000)
    assert answer.failure is Failure.NOT_SENT
    assert server.seen == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/slow", "/cut", "/drip", "/huge"])
def test_what_may_have_arrived_is_ambiguous(server: Server, path: str) -> None:
    assert one(server, path, timeout=700).failure is Failure.AMBIGUOUS


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
def test_what_a_kept_connection_took_is_not_said_again(server: Server, method: str) -> None:
    """libcurl would, where the server ends the connection without an answer."""
    http = CurlHttp()

    def asked(path: str) -> Request:
        body = b"" if method == "GET" else b"hi"
        return Request(method, f"http://127.0.0.1:{server.server_address[1]}{path}", {}, body)

    assert [one.status for one in http.window([asked("/ok")])] == [200]
    (answer,) = http.window([asked("/cut")])
    assert answer.failure is Failure.AMBIGUOUS
    assert len(server.seen) == 2  # type: ignore[attr-defined]


def test_the_deadline_is_for_the_whole_window(server: Server) -> None:
    began = time.monotonic()
    answers = CurlHttp().window([ask(server, "/drip") for _ in range(3)], spacing=100, timeout=800)
    assert time.monotonic() - began < 1.5
    assert all(answer.failure is Failure.AMBIGUOUS for answer in answers)


def test_what_the_deadline_kept_from_starting_is_not_sent(server: Server) -> None:
    answers = CurlHttp().window([ask(server, "/ok") for _ in range(3)], spacing=400, timeout=500)
    assert [answer.failure for answer in answers] == [None, None, Failure.NOT_SENT]
    assert len(server.seen) == 2  # type: ignore[attr-defined]


def test_a_conversation_may_ask_something_in_its_midst(server: Server) -> None:
    """As a first message does that needs our keys while others are on their way."""
    http = CurlHttp()

    def asking(number: int) -> Steps[tuple[int, int]]:
        first = answered((yield ask(server, "/ok")))
        if number == 0:
            assert [one.status for one in http.window([ask(server, "/ok") for _ in range(3)])] == [200] * 3
        second = answered((yield ask(server, "/ok")))
        return first.status, second.status

    assert http.run([asking(number) for number in range(8)]) == [(200, 200)] * 8


def test_one_bad_request_harms_no_other(server: Server) -> None:
    http = CurlHttp()
    answers = http.window([ask(server, "/cut"), ask(server, "/ok"), ask(server, "/cut"), ask(server, "/ok")])
    assert [answer.status for answer in answers] == [0, 200, 0, 200]
    assert http.window([ask(server, "/ok")])[0].status == 200


def test_who_asks_for_more_gets_larger_answers(server: Server) -> None:
    http, huge = CurlHttp(), replace(ask(server, "/huge"), largest=2_000_000)
    answers = http.window([huge, ask(server, "/huge"), huge])
    assert [len(answer.body) for answer in answers] == [1_500_000, 0, 1_500_000]


def test_nothing_asked_is_nothing_answered() -> None:
    assert CurlHttp().window([]) == []


def test_a_conversation_goes_on_with_what_it_was_told(server: Server) -> None:
    def twice(number: int) -> Steps[bytes]:
        first = answered((yield ask(server, "/ok", b"%d" % number)))
        second = answered((yield ask(server, "/ok", first.body[9:10])))
        return second.body

    assert CurlHttp().run([twice(number) for number in range(5)]) == [
        b'{"got": "%d"}' % number for number in range(5)
    ]


def test_a_pause_holds_up_nobody_else(server: Server) -> None:
    def patient() -> Steps[str]:
        yield 400.0
        answered((yield ask(server, "/ok", b"late")))
        return "done"

    def hasty() -> Steps[str]:
        answered((yield ask(server, "/ok", b"early")))
        return "done"

    assert CurlHttp().run([patient(), hasty()]) == ["done", "done"]
    (early, _, first), (late, _, second) = server.seen  # type: ignore[attr-defined]
    assert (first, second) == (b"early", b"late")
    assert late - early >= 0.3


def test_after_the_deadline_a_conversation_is_told_that_nothing_was_sent(server: Server) -> None:
    def slow() -> Steps[Failure | None]:
        yield 300.0
        return answered((yield ask(server, "/ok"))).failure

    assert CurlHttp().run([slow()], timeout=200) == [Failure.NOT_SENT]
    assert server.seen == []  # type: ignore[attr-defined]


def test_a_call_may_take_less_than_the_whole(server: Server) -> None:
    def keyed() -> Steps[list[Failure | None]]:
        first = answered((yield replace(ask(server, "/slow"), within=300.0)))
        second = answered((yield ask(server, "/ok")))
        return [first.failure, second.failure]

    assert CurlHttp().run([keyed()], timeout=3_000) == [[Failure.AMBIGUOUS, None]]


def test_a_fault_in_one_conversation_ends_all_and_leaves_the_transport_usable(server: Server) -> None:
    class Fault(Exception):
        pass

    def faulty() -> Steps[None]:
        yield ask(server, "/ok")
        raise Fault

    def patient() -> Steps[None]:
        yield ask(server, "/slow")

    http = CurlHttp()
    began = time.monotonic()
    with pytest.raises(Fault):
        http.run([patient(), faulty()])
    assert time.monotonic() - began < 1
    assert http.window([ask(server, "/ok")])[0].status == 200


def test_a_call_without_a_body_does_not_send_that_of_the_one_before(server: Server) -> None:
    http = CurlHttp()
    http.window([ask(server, "/ok", b"first")])
    http.window([ask(server, "/ok", b"")])
    assert [body for _, _, body in server.seen] == [b"first", b""]  # type: ignore[attr-defined]
