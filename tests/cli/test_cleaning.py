"""`--cleanup`: shows what was left, asks, removes what is over, and says what it did not touch."""

import json

import pytest

from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.model.trace import Kind, Trace
from tests.cli.build import Outside, audience_check, command
from tests.cli.test_leftover import killed

FOLDER = Trace(Kind.FOLDER, "/tmp/keystone-check-abc", "its process is gone")
OLD = Trace(Kind.ACCOUNT, "app/old", "its end was 2027-01-15T08:00:00Z")
YOUNG = Trace(Kind.ACCOUNT, "app/young", "a run may need it until 2027-01-15T09:00:00Z", over=False)


def left() -> Outside:
    return Outside([audience_check()], traces=[FOLDER, OLD, YOUNG], here=1)


def test_yes_removes_what_is_over_and_leaves_what_may_be_needed() -> None:
    outside = left()
    ran = command(outside, "--cleanup", "--yes")
    assert (ran.code, outside.removed) == (0, [OLD, FOLDER])
    assert ran.out == (
        "removed: service account app/old (its end was 2027-01-15T08:00:00Z)\n"
        "left alone: service account app/young (a run may need it until 2027-01-15T09:00:00Z)\n"
        "removed: folder /tmp/keystone-check-abc (its process is gone)\n"
    )
    assert outside.needs == []


@pytest.mark.parametrize(
    ("options", "stdin", "code"),
    [(("--dry-run",), None, 0), ((), None, 1), ((), "n\n", 1), ((), "", 1)],
    ids=["dry run", "nobody to ask", "no", "Ctrl-D"],
)
def test_without_a_yes_nothing_is_removed(options: tuple[str, ...], stdin: str | None, code: int) -> None:
    outside = left()
    ran = command(outside, "--cleanup", *options, stdin=stdin)
    assert (ran.code, outside.removed) == (code, [])
    assert "would be removed: service account app/old" in ran.out


def test_at_a_terminal_it_shows_them_and_asks_once() -> None:
    outside = left()
    ran = command(outside, "--cleanup", stdin="y\n")
    assert (ran.code, outside.removed) == (0, [OLD, FOLDER])
    assert ran.err.count("Remove these?") == 1
    assert "- folder /tmp/keystone-check-abc" in ran.err
    assert "young" not in ran.err


def test_with_nothing_left_nothing_is_asked() -> None:
    ran = command(Outside([audience_check()]), "--cleanup", stdin="")
    assert (ran.code, ran.out, ran.err) == (0, "nothing was left behind\n", "")


class Refusing(Outside):
    """Nothing can be removed."""

    def remove(self, access: Access | None, trace: Trace) -> None:
        raise KeystoneError("delete serviceaccounts app/old: 403")


class Blind(Outside):
    """The cluster does not answer."""

    def left_in(self, access: Access) -> tuple[Trace, ...]:
        raise KeystoneError("list serviceaccounts: no answer")


def test_what_could_not_be_removed_is_said() -> None:
    ran = command(Refusing([audience_check()], traces=[OLD]), "--cleanup", "--yes")
    assert ran.code == 1
    assert "not removed: service account app/old" in ran.out
    assert "delete serviceaccounts app/old: 403" in ran.out


def test_a_cluster_that_does_not_answer_hinders_nothing_here() -> None:
    outside = Blind([audience_check()], traces=[FOLDER], here=1)
    ran = command(outside, "--cleanup", "--yes")
    assert (ran.code, outside.removed) == (3, [FOLDER])
    assert "the cluster was not looked at: list serviceaccounts: no answer" in ran.out


def test_an_unfinished_run_keeps_its_record_and_is_named() -> None:
    outside = killed()
    before = list(outside.journal)
    ran = command(outside, "--cleanup", "--yes")
    assert "did not come to its end; its record is kept" in ran.out
    assert outside.journal == before


def test_for_machines_it_is_an_object() -> None:
    told = json.loads(command(left(), "--cleanup", "--yes", "--format", "json").out)
    assert [one["removed"] for one in told["left"]] == [True, False, True]


def test_it_is_no_repair() -> None:
    ran = command(left(), "--cleanup", "--fix")
    assert ran.code == 2
