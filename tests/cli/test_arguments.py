"""The command line, read."""

import pytest

from keystone_check.cli.arguments import parse
from keystone_check.cli.asking import Answered
from keystone_check.cli.options import Options
from keystone_check.errors import UsageError


def test_without_arguments_nothing_is_said() -> None:
    assert parse([]) == Options()


@pytest.mark.parametrize(
    "argv", [("--only", "a,b", "c"), ("--only", "a", "b", "c"), ("--only=a", "--only=b", "--only=c")]
)
def test_ids_may_be_given_in_every_usual_way(argv: tuple[str, ...]) -> None:
    assert parse(argv).only == ("a", "b", "c")


@pytest.mark.parametrize(("argv", "fix"), [((), ""), (("--fix",), "safe"), (("--fix=unsafe",), "unsafe")])
def test_fix_alone_is_the_safe_one(argv: tuple[str, ...], fix: str) -> None:
    assert parse(argv).fix == fix


@pytest.mark.parametrize(
    ("argv", "namespace"), [((), None), (("-A",), ""), (("-n", "app"), "app"), (("--namespace=app",), "app")]
)
def test_all_namespaces_is_not_the_same_as_none_named(argv: tuple[str, ...], namespace: str | None) -> None:
    assert parse(argv).namespace == namespace


@pytest.mark.parametrize(
    "argv",
    [
        ("-A", "-n", "app"),
        ("--color", "--no-color"),
        ("--list", "--permissions"),
        ("--explain", "x", "--fix"),
        ("--only",),
        ("--only", ","),
        ("--budget=0",),
        ("--budget=nan",),
        ("--request-timeout=inf",),
        ("--request-timeout=-1",),
        ("--fix=maybe",),
        ("--clust", "x"),
        ("-z",),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error_with_a_hint(argv: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as raised:
        parse(argv)
    assert raised.value.hint


def test_options_are_frozen() -> None:
    options = parse(["--list"])
    with pytest.raises(AttributeError):
        options.list = False  # type: ignore[misc]


OTHERWISE = {"all_namespaces": "-A", "rounds": "--count", "release": "--for", "clusters": "--cluster"}


def test_help_names_every_option_and_every_exit_code() -> None:
    with pytest.raises(Answered) as raised:
        parse(["--help"])
    text = str(raised.value)
    for field in Options._fields:
        option = OTHERWISE.get(field, f"--{field.replace('_', '-')}")
        assert option in text
    for code in range(5):
        assert f"\n  {code}  " in text
