"""Options of plans that contradict one another are refused with the way out."""

import pytest

from keystone_check.cli.arguments import parse
from keystone_check.errors import UsageError


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--plan-out", "f"), "--plan-out says what to do with a plan, and none is made"),
        (("--emit", "shell"), "--emit says what to do with a plan, and none is made"),
        (("--emit", "perl", "--fix"), "invalid choice: 'perl'"),
        (("--fix", "--plan-out", "f", "--yes"), "--plan-out writes nothing to the cluster"),
        (("--fix", "--emit", "nix", "--dry-run"), "--emit writes nothing to the cluster"),
        (("--fix", "--emit", "nix", "--plan-out", "f"), "--plan-out keeps a plan and --emit prints it"),
        (("--fix", "--apply", "f"), "--apply writes what its plan says and nothing else"),
        (("--undo", "--apply", "f"), "--apply writes what its plan says and nothing else"),
        (("--list-fixes", "--fix"), "--list-fixes looks and writes nothing"),
        (("--fix", "--list"), "--fix looks and writes"),
        (("--list-fixes", "--list"), "--list-fixes goes with a look"),
        (("--apply", "f", "--wait"), "--apply goes with one look"),
    ],
)
def test_what_cannot_be_is_refused(argv: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(argv)
    assert said in told.value.message


def test_permissions_may_be_asked_for_with_a_pending_repair() -> None:
    assert parse(("--permissions", "--fix")).permissions


def test_a_plan_is_applied_without_asking_when_told_so() -> None:
    assert parse(("--apply", "f", "--yes")).apply == "f"
