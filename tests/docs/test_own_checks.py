"""docs/own-checks.md: its example is a check, in the command and under pytest."""

import io
import json
import os
import re
from pathlib import Path

import pytest

from keystone_check.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "own-checks.md"
ID = "roles_are_in_our_account"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example as the page says where it goes."""
    text = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    path: Path = tmp_path / re.findall(r"`(my_checks/\S+\.py)`", text)[0]
    path.parent.mkdir(parents=True)
    path.write_text(example, encoding="utf-8")
    return path.parents[1]


def command(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err, environ=os.environ), out.getvalue(), err.getvalue()


def test_it_lacks_nothing(folder: Path) -> None:
    code, out, _ = command("--checks", str(folder), "--lint-checks", "--only", ID)
    assert (code, out) == (0, "1 check, nothing missing\n")


def test_it_is_listed_with_its_file_and_explained(folder: Path) -> None:
    _, listed, _ = command("--checks", str(folder), "--list")
    assert f"({folder / 'binding' / ID}.py)" in listed
    _, explained, _ = command("--checks", str(folder), "--explain", ID)
    assert explained.startswith("Service accounts are bound to roles of the account that we look at\n")


def test_it_judges_beside_ours(folder: Path) -> None:
    code, out, _ = command("--cluster=sandbox", "--checks", str(folder), "--only", "binding", "--format=json")
    checks = {outcome["check"]: outcome["origin"] for outcome in json.loads(out)["outcomes"]}
    assert code == 0
    assert checks[ID] == str(folder / "binding" / f"{ID}.py")
    assert "" in checks.values()


def test_it_is_a_pytest_item(folder: Path, pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(
        "-p",
        "no:hypothesispytest",
        "--keystone-cluster=sandbox",
        f"--keystone-checks={folder}",
        "-v",
        "-k",
        ID,
    )
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"keystone::binding::{ID}[[]app/api[]] PASSED*"])


def test_a_configuration_can_name_the_folder(folder: Path, pytester: pytest.Pytester) -> None:
    (pytester.path / "keystone-check.toml").write_text(f"checks = [{json.dumps(str(folder))}]\n")
    result = pytester.runpytest_subprocess(
        "-p", "no:hypothesispytest", "--keystone-cluster=sandbox", "-k", ID, "-n", "1"
    )
    assert result.ret == pytest.ExitCode.OK


def test_one_that_cannot_be_imported_is_a_usage_error_in_both(
    folder: Path, pytester: pytest.Pytester
) -> None:
    path = folder / "binding" / f"{ID}.py"
    path.write_text("x = 1\nimport nothing_of_this_name\n")
    code, out, err = command("--cluster=sandbox", "--checks", str(folder))
    assert (code, out) == (2, "")
    assert f"{path}, line 2: ModuleNotFoundError" in err
    result = pytester.runpytest_subprocess(
        "-p", "no:hypothesispytest", "--keystone-cluster=sandbox", f"--keystone-checks={folder}"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"{path}, line 2: ModuleNotFoundError" in result.stderr.str()
