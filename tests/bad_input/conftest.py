"""One healthy sandbox for all that is wrong on the way to it."""

import socket
from collections.abc import Iterator

import pytest

from keystone_check.sandbox.serve import Serving
from tests.bad_input.looking import served


@pytest.fixture(scope="session")
def serving() -> Iterator[Serving]:
    with served() as each:
        yield each


@pytest.fixture
def hole() -> Iterator[int]:
    """The port of a host that takes every connection and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield listening.getsockname()[1]
