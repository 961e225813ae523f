"""`--fix` at a terminal, without one, with --yes and as a dry run."""

import json

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.access import Access
from keystone_check.model.change import Change, SetClientIds
from keystone_check.model.finding import Safety
from tests.cli.build import AUDIENCE, Outside, audience_check, command, world
from tests.reports.build import PROVIDER

ADDED = SetClientIds(PROVIDER, ("foo",), ("foo", AUDIENCE))


def broken(safety: Safety = Safety.SAFE) -> Outside:
    return Outside([audience_check(safety)])


def test_yes_writes_without_asking_and_ends_as_the_second_look_says() -> None:
    outside = broken()
    ran = command(outside, "--fix", "--yes")
    assert (ran.code, outside.written) == (0, [ADDED])
    assert "✓ written: add client id 'sts.amazonaws.com' of" in ran.out
    assert "Every link holds: 1 judgement by 1 check." in ran.out
    assert ran.out.endswith("1 change written.\n")


@pytest.mark.parametrize("format", ["text", "short", "json"])
def test_a_dry_run_writes_nothing_and_ends_as_the_truth_is_now(format: str) -> None:
    outside = broken()
    ran = command(outside, "--fix", "--dry-run", "--yes", "--format", format)
    assert (ran.code, outside.written) == (1, [])
    assert ran.out


def test_a_dry_run_shows_the_difference_and_the_report_that_would_follow() -> None:
    ran = command(broken(), "--fix", "--dry-run")
    _, after = ran.out.split("The report would then be\n")
    assert after.startswith("Every link holds: 1 judgement by 1 check.\n")
    assert f"    +{AUDIENCE}\n" in ran.out
    assert "1 change would be written; nothing was.\nnext: keystone-check --fix\n" in ran.out


def test_a_dry_run_in_json_holds_both_reports_and_the_change_as_data() -> None:
    printed = json.loads(command(broken(), "--fix", "--dry-run", "--format=json").out)
    mending = printed["mending"]
    assert (printed["exit_code"], mending["before"]["exit_code"], mending["after"]["exit_code"]) == (1, 1, 0)
    assert mending["rehearsed"] is True
    (step,) = mending["steps"]
    assert (step["state"], step["change"]["kind"]) == ("planned", "SetClientIds")


def test_without_a_terminal_nothing_is_written_and_it_says_so() -> None:
    outside = broken()
    ran = command(outside, "--fix")
    assert (ran.code, outside.written) == (1, [])
    assert "There is no terminal to ask at; --yes writes without asking." in " ".join(ran.out.split())
    assert ran.out.endswith("next: keystone-check --fix --yes\n")


@pytest.mark.parametrize(
    ("answer", "code"), [("y\n", 0), ("a\n", 0), ("n\n", 1), ("\n", 1), ("q\n", 1), ("", 1)]
)
def test_at_a_terminal_only_a_yes_writes(answer: str, code: int) -> None:
    outside = broken()
    ran = command(outside, "--fix", stdin=answer)
    assert (ran.code, bool(outside.written)) == (code, code == 0)
    assert "Write this?" in ran.err
    assert f"+{AUDIENCE}" in ran.err


def test_what_was_declined_is_said_and_still_broken() -> None:
    out = command(broken(), "--fix", stdin="n\n").out
    assert "– declined: add client id" in out
    assert "Nothing was written." in out


@pytest.mark.parametrize(("option", "code"), [("--fix", 1), ("--fix=safe", 1), ("--fix=unsafe", 0)])
def test_an_unsafe_repair_is_held_back_until_it_is_released(option: str, code: int) -> None:
    outside = broken(Safety.UNSAFE)
    ran = command(outside, option, "--yes")
    assert (ran.code, bool(outside.written)) == (code, code == 0)
    assert ("release   --fix=unsafe" in ran.out) is bool(code)


def test_with_nothing_broken_nothing_is_asked_or_written() -> None:
    outside = Outside([audience_check()], world((AUDIENCE,)))
    ran = command(outside, "--fix", stdin="")
    assert (ran.code, outside.written) == (0, [])
    assert "Write this?" not in ran.err
    assert ran.out.endswith("Nothing was written: nothing is broken.\n")


class Refusing(Outside):
    """A writer that is refused."""

    def write(self, access: Access, change: Change) -> None:
        raise ApplyError("iam:AddClientIDToOpenIDConnectProvider: AccessDenied", "ask for that action")


def test_a_refused_write_is_told_with_its_next_step_and_leaves_the_verdict_to_the_look() -> None:
    ran = command(Refusing([audience_check()]), "--fix", "--yes")
    assert ran.code == 1
    assert "✗ not written: add client id" in ran.out
    words = " ".join(ran.out.split())
    assert "because iam:AddClientIDToOpenIDConnectProvider: AccessDenied; next: ask for that action" in words


def test_the_short_form_sums_up_what_was_done() -> None:
    lines = command(broken(), "--fix", "--yes", "--format=short").out.splitlines()
    assert lines[-2].startswith("WRITTEN add client id 'sts.amazonaws.com' of arn:")
    assert lines[-1] == "1 change written."
