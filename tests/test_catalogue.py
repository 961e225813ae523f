"""The user's own checks beside ours: found, read, refused with file and line."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from keystone_check import checks
from keystone_check.catalogue import GROUP, catalogue
from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.model.finding import Severity, Status
from tests.worlds import world

MINE = '''\
"""The issuer is one of ours.

## Why it matters
Somebody else's issuer is not ours to trust.

## How to fix
Set it.

## References
- https://example.org/issuers
"""

from collections.abc import Iterator

from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.world import Expected

severity = Severity.MEDIUM


def judge(expected: Expected) -> Iterator[Finding]:
    if expected.issuer.endswith(".example.org"):
        yield holds(expected.issuer)
    else:
        yield broken(expected.issuer, "not ours", Evidence("configuration", "ours", expected.issuer))
'''


def put(folder: Path, text: str = MINE, name: str = "cluster/issuer_is_ours.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def refusal(*folders: Path) -> UsageError:
    with pytest.raises(UsageError) as raised:
        catalogue(folders, ())
    return raised.value


def test_a_check_of_a_links_folder_is_read_like_ours(tmp_path: Path) -> None:
    (mine,) = catalogue([put(tmp_path)], ()).own
    assert (mine.id, mine.link, mine.severity) == ("issuer_is_ours", "cluster", Severity.MEDIUM)
    assert mine.title == "The issuer is one of ours"
    assert mine.origin == str(tmp_path / "cluster" / "issuer_is_ours.py")


def test_a_check_may_name_its_link_itself(tmp_path: Path) -> None:
    (mine,) = catalogue([put(tmp_path, f'{MINE}\nlink = "role"\n', "mine.py")], ()).own
    assert (mine.id, mine.link) == ("mine", "role")


def test_it_stands_in_its_link_after_ours_and_is_loaded_with_them(tmp_path: Path) -> None:
    known = catalogue([put(tmp_path)], ())
    index = list(known.index())
    ours = [id for id, link in checks.index().items() if link == "cluster"]
    assert index[: len(ours) + 1] == [*ours, "issuer_is_ours"]
    assert [check.id for check in known.load()] == index
    assert [check.id for check in known.load(["issuer_is_ours", ours[0]])] == [ours[0], "issuer_is_ours"]


def test_it_is_judged_like_ours(tmp_path: Path) -> None:
    (outcome,) = diagnose(world(), catalogue([put(tmp_path)], ()).own).outcomes
    assert outcome.status is Status.BROKEN


def test_nothing_but_checks_is_read(tmp_path: Path) -> None:
    for name in ("_shared.py", "conftest.py", "test_mine.py", "cluster/__init__.py", "notes.md", ".git/x.py"):
        put(tmp_path, "raise SystemExit", name)
    assert catalogue([tmp_path], ()).own == ()


def test_one_of_ours_cannot_be_replaced(tmp_path: Path) -> None:
    error = refusal(put(tmp_path, name="role/role_exists.py"))
    assert error.message == f"{tmp_path / 'role' / 'role_exists.py'}: role_exists is a check of ours"


def test_two_of_one_name_are_refused_with_both_files(tmp_path: Path) -> None:
    error = refusal(put(tmp_path / "a"), put(tmp_path / "b", name="token/issuer_is_ours.py"))
    assert str(tmp_path / "a") in error.message
    assert str(tmp_path / "b") in error.message


def test_the_same_folder_twice_is_one(tmp_path: Path) -> None:
    assert len(catalogue([put(tmp_path), tmp_path], ()).own) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\nimport nothing_of_this_name\n", "line 2: ModuleNotFoundError"),
        ("x = 1\n\ny = (\n", "line 3: SyntaxError"),
        ("def f():\n    1 / 0\n\n\nf()\n", "line 2: ZeroDivisionError"),
        ("import sys\nsys.exit(0)\n", "line 2: SystemExit"),
        ("", "it has no docstring"),
        (MINE.replace("severity = Severity.MEDIUM", ""), "it sets no severity"),
        (MINE.replace("expected: Expected", "expcted: Expected"), "did you mean expected"),
    ],
)
def test_a_module_that_is_no_check_is_a_usage_error_naming_file_and_line(
    tmp_path: Path, text: str, said: str
) -> None:
    error = refusal(put(tmp_path, text))
    assert str(tmp_path / "cluster" / "issuer_is_ours.py") in error.message
    assert said in error.message


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("clustr/mine.py", MINE, "'clustr' is no link of the chain"),
        ("mine.py", MINE, "it names no link"),
        ("mine.py", f'{MINE}\nlink = "rolle"\n', "'rolle' is no link"),
    ],
)
def test_a_check_of_no_link_is_a_usage_error(tmp_path: Path, name: str, text: str, said: str) -> None:
    assert said in refusal(put(tmp_path, text, name)).message


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert "is no folder of checks" in refusal(tmp_path / "none").message


def test_a_package_is_read_by_its_entry_point(on_path: Path) -> None:
    put(on_path / "acme_checks")
    (mine,) = catalogue((), [EntryPoint("acme", "acme_checks", GROUP)]).own
    assert mine.origin == str(on_path / "acme_checks" / "cluster" / "issuer_is_ours.py")


def test_an_entry_point_that_leads_nowhere_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="names acme_nowhere, which is no package"):
        catalogue((), [EntryPoint("acme", "acme_nowhere", GROUP)])


@pytest.fixture
def on_path(tmp_path: Path) -> Iterator[Path]:
    """A folder that packages are imported from."""
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))


@pytest.mark.parametrize(
    "judge",
    [
        "    raise LookupError('no such key')\n    yield\n",
        "    raise SystemExit(0)\n    yield\n",
        "    yield 'it is broken'\n",
        "    return None\n",
    ],
)
def test_a_judge_that_raises_costs_no_other_check_and_is_said_to_be_the_users(
    tmp_path: Path, judge: str
) -> None:
    text = MINE[: MINE.index("    if expected")] + judge
    (outcome,) = diagnose(world(), catalogue([put(tmp_path, text)], ()).own).outcomes
    assert outcome.status is Status.CRASHED
    assert f"in the check itself ({outcome.check.origin}, line " in outcome.finding.message
