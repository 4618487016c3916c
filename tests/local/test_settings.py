"""What the local run understands, and what it refuses."""

import socket
from pathlib import Path

import pytest

from local.children import bound, free_port
from local.engine import environment
from local.settings import HOST, PORT, Refused, Settings


def test_flags_win_over_the_environment() -> None:
    told = {"RUNDRUF_PORT": "9000", "RUNDRUF_DATA": "/somewhere", "RUNDRUF_API_KEY": " abc "}
    settings = Settings.read(["--port", "0", "--fresh"], told)
    assert settings.port == 0
    assert settings.data == Path("/somewhere")
    assert settings.key == "abc"
    assert settings.fresh


def test_the_defaults_are_those_of_the_manual() -> None:
    settings = Settings.read([], {})
    assert settings.port == PORT == 8000
    assert settings.data.name == ".rundruf"
    assert settings.sandbox
    assert not settings.auth


def test_once_takes_the_rest_of_the_line() -> None:
    settings = Settings.read(["--auth", "--once", "pytest", "-q", "--fresh"], {})
    assert settings.once == ("pytest", "-q", "--fresh")
    assert not settings.fresh


@pytest.mark.parametrize(
    ("name", "value"),
    [("RUNDRUF_PORT", "http"), ("RUNDRUF_PORT", "70000"), ("RUNDRUF_SANDBOX", "maybe")],
)
def test_nonsense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Refused, match=name):
        Settings.read([], {name: value})


def test_a_taken_port_is_refused_with_the_way_out() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"port {port} .*RUNDRUF_PORT"):
            bound(port, "RUNDRUF_PORT")
        assert free_port(port) != port


def test_functions_see_nothing_of_this_machines_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(name, "secret")
    given = environment(Settings.read([], {}), 4567)
    assert "secret" not in given.values()
    assert given["BIND_HOST"] == HOST
    assert given["AUTH"] == "false"
