"""A run that was killed: said by the next, and finished or undone as somebody wishes."""

import json
from pathlib import Path

import pytest

from keystone_check.cli.leftover import Wish, answered
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.model.change import Change, SetClientIds
from keystone_check.model.world import World
from keystone_check.remedy.mend import Quit
from keystone_check.remedy.runs import Run
from tests.cli.build import AUDIENCE, Outside, audience_check, command
from tests.reports.build import PROVIDER

ADDED = SetClientIds(PROVIDER, ("foo",), ("foo", AUDIENCE))
REMOVED = SetClientIds(PROVIDER, ("foo", AUDIENCE), ("foo",))


class Dying(Outside):
    """The process dies before or after its first write."""

    before = False

    def write(self, access: Access, change: Change) -> None:
        if not self.before:
            super().write(access, change)
        raise KeyboardInterrupt


class DyingBefore(Dying):
    before = True


def killed(kind: type[Dying] = Dying) -> Outside:
    """What stands after such a run."""
    outside = kind([audience_check()])
    command(outside, "--fix", "--yes")
    return Outside([audience_check()], outside.world, journal=outside.journal)


def events(outside: Outside) -> list[str]:
    return [json.loads(line)["event"] for line in outside.journal]


@pytest.mark.parametrize(
    ("letters", "wish"), [(["f"], Wish.FINISH), (["U"], Wish.UNDO), (["", "x", "finish"], Wish.FINISH)]
)
def test_a_letter_says_what_is_to_be_done(letters: list[str], wish: Wish) -> None:
    said: list[str] = []
    assert answered(lambda question: letters.pop(0), said.extend) is wish
    assert letters == []


def test_quitting_leaves_it() -> None:
    with pytest.raises(Quit):
        answered(lambda question: "q", list[str]().extend)


def test_at_a_terminal_it_is_offered_with_what_it_wrote() -> None:
    outside = killed()
    ran = command(outside, "--fix", stdin="q\n")
    assert "[f]inish it, [u]ndo it, [q]uit" in ran.err
    words = " ".join(ran.err.split())
    assert (
        f"add client id '{AUDIENCE}' of {PROVIDER} (begun, and nobody knows whether it took effect)" in words
    )
    assert outside.written == []
    assert "finished" not in events(outside)


def test_undone_at_the_terminal_it_is_no_longer_offered() -> None:
    outside = killed()
    ran = command(outside, "--fix", stdin="u\ny\n")
    assert outside.written == [REMOVED]
    assert "undid" in events(outside)
    assert ran.code == 1
    assert "did not come to its end" not in command(outside, "--fix", stdin="n\n").err


@pytest.mark.parametrize("kind", [Dying, DyingBefore], ids=["it was written", "it was not written"])
def test_finished_it_is_whole_and_no_longer_offered(kind: type[Dying]) -> None:
    outside = killed(kind)
    ran = command(outside, "--fix", stdin="f\ny\n")
    assert ran.code == 0
    assert outside.written == ([ADDED] if kind is DyingBefore else [])
    assert "finished" in events(outside)
    assert "did not come to its end" not in command(outside, "--fix", stdin="").err


@pytest.mark.parametrize(
    ("options", "written"), [((), []), (("--unfinished=finish",), []), (("--unfinished=undo",), [REMOVED])]
)
def test_without_questions_the_option_says_it(options: tuple[str, ...], written: list[Change]) -> None:
    outside = killed()
    command(outside, "--fix", "--yes", *options)
    assert outside.written == written


@pytest.mark.parametrize("options", [(), ("--fix",), ("--fix", "--dry-run")])
def test_whoever_only_looks_is_told_and_nothing_is_written(options: tuple[str, ...]) -> None:
    outside = killed()
    before = list(outside.journal)
    assert "did not come to its end" in command(outside, *options).err
    assert outside.journal == before


def test_the_option_goes_with_fix_alone() -> None:
    ran = command(Outside([audience_check()]), "--unfinished", "undo")
    assert ran.code == 2
    assert "add --fix" in ran.err


class Damaged(Outside):
    """The journal cannot be read."""

    def unfinished(self, access: Access, world: World) -> Run | None:
        raise KeystoneError("line 1 of the journal cannot be read")


def test_a_damaged_journal_spoils_no_look() -> None:
    ran = command(Damaged([audience_check()]))
    assert ran.code == 1
    assert "line 1 of the journal cannot be read" in ran.err


@pytest.fixture
def plan(tmp_path: Path) -> str:
    """A plan of somebody else."""
    path = tmp_path / "plan"
    command(Outside([audience_check()]), "--fix", "--plan-out", str(path))
    return str(path)


@pytest.mark.parametrize(
    ("options", "stdin", "written"),
    [
        (("--yes",), None, [ADDED]),
        (("--yes", "--unfinished=undo"), None, []),
        ((), "l\ny\n", [ADDED]),
        ((), "q\n", []),
    ],
    ids=["yes", "undone by an option", "left", "quit"],
)
def test_beside_a_plan_from_a_file_it_is_left_or_undone(
    plan: str, options: tuple[str, ...], stdin: str | None, written: list[Change]
) -> None:
    outside = killed(DyingBefore)
    ran = command(outside, "--apply", plan, *options, stdin=stdin)
    assert "did not come to its end" in ran.err
    assert [change for change in outside.written if change != REMOVED] == written
    assert ("undid" in events(outside)) == ("--unfinished=undo" in options)
    assert "finished" not in events(outside)


def test_a_plan_from_a_file_finishes_no_other_run(plan: str) -> None:
    ran = command(killed(), "--apply", plan, "--unfinished=finish")
    assert ran.code == 2
    assert "finish it first: keystone-check --fix" in ran.err
