from collections.abc import Iterator

import pytest

from tests.sandbox.harness import Receiver, Sandbox, running


@pytest.fixture(scope="session")
def hooks_address() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory, hooks_address: Receiver) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), hooks_address.url) as sandbox:
        yield sandbox


@pytest.fixture
def receiver(hooks_address: Receiver) -> Receiver:
    hooks_address.clear()
    return hooks_address


@pytest.fixture
def sandbox(process: Sandbox, receiver: Receiver) -> Sandbox:
    """The one sandbox of the session, as at its first start."""
    process.api("POST", "/api/reset")
    process.switch("whatsapp", sent_ms=[1, 5], delivered_ms=[10, 20], read_ms=[30, 40])
    receiver.clear()
    return process


@pytest.fixture
def anna(sandbox: Sandbox) -> str:
    """A WhatsApp phone whose reply window is open."""
    sandbox.does("whatsapp/491713920001", "text", text="Hallo")
    return "whatsapp/491713920001"


@pytest.fixture
def jonas(sandbox: Sandbox) -> str:
    """A Telegram phone that has started the bot."""
    phone = sandbox.phone("telegram", user="5300000017", name="Jonas Keller")
    sandbox.does(phone, "open", link="https://t.me/testcafe_bot?start=code_1")
    return phone
