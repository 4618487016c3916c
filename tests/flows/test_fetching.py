"""A file that a person sent: asked of its messenger, within limits, called what it is."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from rundruf.core.addresses import Barred
from rundruf.core.message import MediaKind
from rundruf.flows.fetching import LIMIT, PATIENCE, NoFile, fetched
from rundruf.flows.renewing import Refused
from rundruf.flows.services import TooLarge, Unfinished
from rundruf.messengers.contract import Answer, Download, Failure, MediaIn, Request
from tests.support.pager import ACCOUNT, HOST, PAGER, registered, said
from tests.support.stack import Stack
from tests.support.world import World

PICTURE = MediaIn(MediaKind.IMAGE, "p1")
JPEG = b"\xff\xd8\xff\xe0rest"


@dataclass
class Files:
    """Plays the messenger's file server; remembers what it was asked and with which limits."""

    answers: list[Answer]
    asked: list[Request] = field(default_factory=list)
    limits: list[tuple[str, int, float]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def get(self, request: Request, own: str, limit: int, timeout: float) -> Answer:
        self.before()
        self.asked.append(request)
        self.limits.append((own, limit, timeout))
        return self.answers.pop(0)


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch)
    made = World(stack)
    made.accounts.put(ACCOUNT)
    tokens = iter("abcdef")
    made.messengers.script = lambda _number, _request: said(token=next(tokens), seconds=600)
    return made


def files(world: World, *answers: Answer) -> Files:
    made = Files(list(answers))
    object.__setattr__(world.services, "downloads", made)
    return made


def jpeg(kind: str = "image/jpeg", body: bytes = JPEG) -> Answer:
    return Answer(200, {"content-type": kind}, body)


def located(url: str) -> Answer:
    return Answer(200, body=b'{"url": "%s"}' % url.encode())


def test_a_file_that_the_messenger_gives_at_once(world: World) -> None:
    served = files(world, jpeg())
    found = fetched(PICTURE, ACCOUNT, world.services)
    assert (found.content, found.mime_type) == (JPEG, "image/jpeg")
    assert served.asked[0].headers == {"authorization": "Bearer a"}
    assert served.limits == [(HOST, LIMIT, PATIENCE)]


def test_a_file_that_lies_elsewhere(world: World) -> None:
    served = files(world, located("https://cdn.example/x?sig=1"), jpeg())
    assert fetched(PICTURE, ACCOUNT, world.services).content == JPEG
    assert [one.url for one in served.asked] == [f"{HOST}/files/p1", "https://cdn.example/x?sig=1"]
    assert served.asked[1].headers == {}


def test_all_calls_share_one_time(world: World) -> None:
    served = files(world, located("https://cdn.example/x"), jpeg())
    served.before = lambda: setattr(world, "at", world.at + 4_000)
    fetched(PICTURE, ACCOUNT, world.services, 1_000)
    assert [(limit, timeout) for _, limit, timeout in served.limits] == [
        (1_000, PATIENCE),
        (1_000, PATIENCE - 4_000),
    ]


def test_plain_http_elsewhere_is_asked_as_https(world: World) -> None:
    served = files(world, located("http://cdn.example/x"), jpeg())
    fetched(PICTURE, ACCOUNT, world.services)
    assert served.asked[1].url == "https://cdn.example/x"


def test_an_own_server_without_https_is_asked_as_it_is(world: World) -> None:
    own = replace(ACCOUNT, base_url="http://127.0.0.1:9")
    served = files(world, located("http://127.0.0.1:9/x"), jpeg())
    fetched(PICTURE, own, world.services)
    assert [one.url for one in served.asked] == ["http://127.0.0.1:9/files/p1", "http://127.0.0.1:9/x"]
    assert {one for one, _, _ in served.limits} == {"http://127.0.0.1:9"}


def test_a_token_that_ran_out_is_renewed(world: World) -> None:
    served = files(world, said(401), jpeg())
    assert fetched(PICTURE, ACCOUNT, world.services).content == JPEG
    assert [one.headers["authorization"] for one in served.asked] == ["Bearer a", "Bearer b"]


def test_without_another_token_there_is_no_file(world: World) -> None:
    files(world, said(401), said(401))
    with pytest.raises(NoFile):
        fetched(PICTURE, ACCOUNT, world.services)


@pytest.mark.parametrize("answer", [Answer(0, failure=one) for one in Failure])
def test_a_silent_server_is_to_be_asked_again(world: World, answer: Answer) -> None:
    files(world, answer)
    with pytest.raises(Unfinished):
        fetched(PICTURE, ACCOUNT, world.services)


@pytest.mark.parametrize("answers", [(said(404),), (located("https://cdn.example/x"), said(403))])
def test_a_file_that_is_gone(world: World, answers: tuple[Answer, ...]) -> None:
    files(world, *answers)
    with pytest.raises(NoFile) as none:
        fetched(PICTURE, ACCOUNT, world.services)
    assert "cdn.example" not in str(none.value)


@pytest.mark.parametrize("error", [TooLarge(), Barred("only https is fetched")])
def test_limits_and_barred_addresses_reach_the_caller(world: World, error: Exception) -> None:
    served = files(world)

    def refuse() -> None:
        raise error

    served.before = refuse
    with pytest.raises(type(error)):
        fetched(PICTURE, ACCOUNT, world.services)


def test_refused_credentials_reach_the_caller(world: World) -> None:
    world.messengers.script = lambda _number, _request: said(401)
    with pytest.raises(Refused):
        fetched(PICTURE, ACCOUNT, world.services)


def test_an_id_that_cannot_be_one_and_a_missing_credential_are_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad(*_: object) -> Request:
        raise ValueError("the file has no address")

    def missing(*_: object) -> Request:
        raise KeyError("page_id")

    for request, told in ((bad, "no address"), (missing, "page_id")):
        registered(monkeypatch, replace(PAGER, download=Download(request)))
        with pytest.raises(NoFile, match=told):
            fetched(PICTURE, ACCOUNT, world.services)


def test_a_messenger_without_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, replace(PAGER, download=None))
    with pytest.raises(NoFile):
        fetched(PICTURE, ACCOUNT, world.services)


@pytest.mark.parametrize(
    ("told", "body", "claimed", "kind"),
    [
        pytest.param("Image/PNG; charset=x", b"??", "", "image/png", id="as the server says"),
        pytest.param("application/octet-stream", JPEG, "", "image/jpeg", id="as it begins"),
        pytest.param("", b"RIFF1234WEBPVP8 ", "", "image/webp", id="webp"),
        pytest.param("", b"\0\0\0\x18ftypmp42", "", "video/mp4", id="mp4"),
        pytest.param("", b"OggS..", "", "audio/ogg", id="a voice note"),
        pytest.param("", b"??", "application/x-thing", "application/x-thing", id="as the event said"),
        pytest.param("text/html\r\nx: y", b"??", "no type", "application/octet-stream", id="nonsense"),
        pytest.param("", b"", "", "application/octet-stream", id="nothing known"),
    ],
)
def test_a_file_is_called_what_it_is(world: World, told: str, body: bytes, claimed: str, kind: str) -> None:
    files(world, jpeg(told, body))
    medium = MediaIn(MediaKind.FILE, "f1", claimed)
    assert fetched(medium, ACCOUNT, world.services).mime_type == kind


def test_the_bytes_are_not_in_its_repr(world: World) -> None:
    files(world, jpeg(body=b"private"))
    assert "private" not in repr(fetched(PICTURE, ACCOUNT, world.services))
