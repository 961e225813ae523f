"""The reality tier's fixtures: real servers, built once and started once a session."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.reality.admission import Endpoint, registered, webhook
from tests.reality.apiserver import ApiServer, Settings, serve, serve_beside
from tests.reality.asking import set_up
from tests.reality.build import Binaries, binaries
from tests.reality.place import Place, placed
from tests.reality.webhook import VARIABLE, program, serve_webhook


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without the go tool the tier skips; in CI it has to run, so there the build's error stands."""
    if item.get_closest_marker("reality") and not shutil.which("go") and os.environ.get("CI") != "true":
        pytest.skip("the reality tier builds its servers with the go tool, and there is none")


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest) -> Binaries:
    """The built servers. A first build takes minutes, so what it says is not captured."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        return binaries()


@pytest.fixture(scope="session")
def apiserver(built: Binaries) -> Iterator[ApiServer]:
    """A real API server with K3s's flags, holding the recordings' setting. Leave it as you found it."""
    with serve() as server:
        set_up(server)
        yield server


@pytest.fixture(scope="session")
def second_apiserver(apiserver: ApiServer) -> Iterator[ApiServer]:
    """One more API server of the same cluster, which signs with a key that the first does not know."""
    with serve_beside(apiserver, Settings()) as server:
        yield server


@pytest.fixture(scope="module")
def place(built: Binaries) -> Iterator[Place]:
    """A real API server with the sandbox's AWS behind it. Leave it as you found it."""
    with placed() as it:
        yield it


@pytest.fixture(scope="session")
def identity(apiserver: ApiServer) -> Iterator[Endpoint]:
    """The pod identity webhook that clusters run; a test that needs it is left out where there is none."""
    path = program()
    if path is None:
        pytest.skip(f"{VARIABLE} names no amazon-eks-pod-identity-webhook")
    with serve_webhook(apiserver, path) as endpoint:
        yield endpoint


@pytest.fixture
def identity_webhook(apiserver: ApiServer, identity: Endpoint) -> Iterator[Endpoint]:
    """The same, registered as its own manifest has it."""
    with registered(apiserver, webhook(identity)):
        yield identity
