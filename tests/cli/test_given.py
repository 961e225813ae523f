"""Which options a command line gives."""

import pytest

from keystone_check.cli.arguments import parse
from keystone_check.cli.given import given


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--undo",), ("--undo",)),
        (("--why", ""), ("--why",)),
        (("-A",), ("--namespace",)),
        (("--count", "3", "--wait"), ("--count", "--wait")),
        (("--count", "1"), ()),
        (("--policy", "ack", "--for", "ack-s3=Bucket"), ("--for",)),
        (("--context", ""), ()),
    ],
)
def test_an_option_is_given_where_its_value_is_another_than_without_it(
    argv: tuple[str, ...], said: tuple[str, ...]
) -> None:
    asked = ("--count", "--wait", "--undo", "--why", "--namespace", "--for", "--context")
    assert tuple(given(parse(argv), *asked)) == said
