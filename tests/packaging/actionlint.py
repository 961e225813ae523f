"""actionlint, built from its Go module, once."""

import os
import shutil
from pathlib import Path

import pytest

from tests.packaging.programs import said
from tests.reality.build import cache_folder

VERSION = "v1.7.12"


def actionlint() -> Path:
    """The program; skips without the go tool, but not in CI."""
    folder = cache_folder().parent / f"actionlint-{VERSION}"
    if not (folder / "actionlint").exists():
        if not shutil.which("go") and os.environ.get("CI") != "true":
            pytest.skip("actionlint is built with the go tool, and there is none")
        module = f"github.com/rhysd/actionlint/cmd/actionlint@{VERSION}"
        said(["go", "install", module], environ=os.environ | {"GOBIN": str(folder), "CGO_ENABLED": "0"})
    return folder / "actionlint"
