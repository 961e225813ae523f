"""The options as the command that would look again."""

import pytest

from keystone_check.cli.arguments import parse
from keystone_check.cli.reaching import again, overrides
from keystone_check.clusters import Overrides


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ((), "keystone-check"),
        (("--cluster=sandbox:x", "--fix", "--yes", "--format=json"), "keystone-check --cluster sandbox:x"),
        (("-A", "--context=a b"), "keystone-check --context 'a b' -A"),
        (("-n", "app", "--only", "x", "y"), "keystone-check -n app --only x,y"),
    ],
)
def test_the_command_reaches_the_same_and_asks_for_nothing_else(argv: tuple[str, ...], command: str) -> None:
    assert again(parse(argv)) == command


def test_the_command_says_the_same_when_it_is_read_again() -> None:
    said = parse(
        ["--cluster=p", "-A", "-l", "a=b", "--profile=q", "--region=r", "--budget=9", "--request-timeout=2"]
    )
    assert parse(again(said).split()[1:]) == said


def test_nothing_said_overrides_nothing() -> None:
    assert overrides(parse([])) == Overrides()
