"""Fixtures for all tests: nothing here reaches beyond the process."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.support.stack import Stack
from tests.support.stack import stack as made_stack
from tests.support.template import REGION


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """moto, started once: starting it for each test costs more than the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.delenv("AWS_PROFILE", raising=False)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        with mock_aws():
            yield


@pytest.fixture
def stack(aws: None) -> Stack:
    """A fresh stack of template.yaml in moto; see tests/support/stack.py."""
    mock_aws().reset()
    return made_stack()
