"""What this room's tests share: everything is built once, and each environment is filled once."""

from pathlib import Path

import pytest

from tests.packaging.programs import ROOT, Home, build


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Wheel and source distribution; the wheel is built from the source distribution."""
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def wheel(distributions: tuple[Path, Path]) -> Path:
    return distributions[0]


@pytest.fixture(scope="session")
def source(distributions: tuple[Path, Path]) -> Path:
    return distributions[1]


@pytest.fixture(scope="session")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An empty environment with the wheel, without the sandbox's extra."""
    return Home.by_pip(tmp_path_factory.mktemp("plain"), str(wheel))


@pytest.fixture(scope="session")
def furnished(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same with the sandbox."""
    return Home.by_uv(tmp_path_factory.mktemp("furnished"), f"{wheel}[sandbox]")
