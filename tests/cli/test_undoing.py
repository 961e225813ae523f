"""`--undo`: what a run of --fix wrote is taken back, and what somebody has changed since is not."""

import json

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.access import Access
from keystone_check.model.change import Change, SetClientIds
from keystone_check.model.workload import RestartWorkload
from tests.cli.build import AUDIENCE, Outside, audience_check, command
from tests.reports.build import PROVIDER
from tests.worlds import NOW

ADDED = SetClientIds(PROVIDER, ("foo",), ("foo", AUDIENCE))
REMOVED = SetClientIds(PROVIDER, ("foo", AUDIENCE), ("foo",))


def mended() -> Outside:
    outside = Outside([audience_check()])
    assert command(outside, "--fix", "--yes").code == 0
    return outside


def run_of(outside: Outside) -> str:
    run: str = json.loads(outside.journal[0])["run"]
    return run


def test_undo_writes_back_what_stood_there_and_ends_as_the_look_says() -> None:
    outside = mended()
    ran = command(outside, "--undo", "--yes")
    assert outside.written == [ADDED, REMOVED]
    assert "✓ written: remove client id 'sts.amazonaws.com' of" in ran.out
    assert ran.code == 1


def test_a_run_is_undone_once() -> None:
    outside = mended()
    command(outside, "--undo", run_of(outside), "--yes")
    ran = command(outside, "--undo", run_of(outside), "--yes")
    assert ran.code == 2
    assert "is undone already" in ran.err
    assert outside.written == [ADDED, REMOVED]


def test_undoing_can_itself_be_undone() -> None:
    outside = mended()
    command(outside, "--undo", "--yes")
    ran = command(outside, "--undo", "--yes")
    assert outside.written == [ADDED, REMOVED, ADDED]
    assert ran.code == 0


def test_where_nothing_was_written_there_is_nothing_to_undo() -> None:
    ran = command(Outside([audience_check()]), "--undo", "--yes")
    assert ran.code == 2
    assert "no run of --fix wrote anything here" in ran.err


def test_a_mistyped_run_is_answered_with_a_near_one() -> None:
    outside = mended()
    ran = command(outside, "--undo", run_of(outside)[:-1], "--yes")
    assert ran.code == 2
    assert run_of(outside) in ran.err


@pytest.mark.parametrize(
    ("options", "code"), [(("--dry-run",), 0), ((), 1)], ids=["dry run", "nobody to ask"]
)
def test_without_consent_nothing_is_taken_back_and_what_would_be_is_shown(
    options: tuple[str, ...], code: int
) -> None:
    outside = mended()
    ran = command(outside, "--undo", *options)
    assert outside.written == [ADDED]
    assert f"    -{AUDIENCE}\n" in ran.out
    assert "1 change would be written; nothing was." in ran.out
    assert ran.code == code


def test_at_a_terminal_each_change_is_asked_for() -> None:
    outside = mended()
    ran = command(outside, "--undo", stdin="n\n")
    assert outside.written == [ADDED]
    assert "– declined: remove client id" in ran.out
    assert command(outside, "--undo", stdin="y\n").code == 1
    assert outside.written == [ADDED, REMOVED]


class Changed(Outside):
    """Somebody has changed what the run had written."""

    def write(self, access: Access, change: Change) -> None:
        if change == REMOVED:
            raise ApplyError("it is not what the plan was made for", "look again", unchanged=True)
        super().write(access, change)


def test_what_was_changed_since_is_refused_and_the_run_stays_to_be_undone() -> None:
    outside = Changed([audience_check()])
    command(outside, "--fix", "--yes")
    ran = command(outside, "--undo", "--yes")
    assert "✗ not written: remove client id" in ran.out
    assert command(outside, "--undo", "--dry-run").code == 0


def test_fix_and_undo_exclude_each_other() -> None:
    ran = command(Outside([audience_check()]), "--fix", "--undo")
    assert ran.code == 2
    assert "--fix writes and --undo takes back" in ran.err


class Killed(Outside):
    """The process dies while it writes."""

    def write(self, access: Access, change: Change) -> None:
        super().write(access, change)
        raise KeyboardInterrupt


def test_a_run_that_was_killed_is_said_by_the_next_and_can_be_undone() -> None:
    outside = Killed([audience_check()])
    command(outside, "--fix", "--yes")
    again = Outside([audience_check()], outside.world, journal=outside.journal)
    told = " ".join(command(again, "--fix", "--yes").err.split())
    assert f"The run {run_of(outside)} did not come to its end" in told
    assert f"keystone-check --undo {run_of(outside)} takes back what it wrote" in told
    command(again, "--undo", "--yes")
    assert again.written == [REMOVED]


RESTART = RestartWorkload("deployment", "app", "api", "2026-11-25T20:35:06Z")


def restarted(*others: Change) -> Outside:
    """After a run that wrote these, and restarted a workload."""
    outside = Outside([audience_check()])
    for change in others:
        outside.write(Access("prod"), change)
    journal = outside.opened_journal()
    journal.begin(NOW, "prod")
    for change in (*others, RESTART):
        journal.writing(change)
        journal.written()
    journal.end()
    return outside


@pytest.mark.parametrize("options", [("--yes",), ("--dry-run",), ()])
def test_a_run_that_only_restarted_cannot_be_undone_and_says_so(options: tuple[str, ...]) -> None:
    outside = restarted()
    ran = command(outside, "--undo", *options)
    assert (ran.code, outside.written) == (2, [])
    assert "a restart cannot be undone" in ran.err
    assert "did nothing else: it restarted deployment app/api" in ran.err


def test_of_a_run_with_a_restart_the_rest_is_undone_and_what_stays_is_said() -> None:
    outside = restarted(ADDED)
    ran = command(outside, "--undo", "--yes")
    assert outside.written == [ADDED, REMOVED]
    assert "A restart cannot be undone: deployment app/api keeps the pods" in " ".join(ran.err.split())
    assert command(outside, "--undo", run_of(outside), "--yes").code == 2
