"""Which options a command line gives: those with another value than they have by themselves."""

from collections.abc import Iterator

from keystone_check.cli.options import Options

FIELDS = {"--count": "rounds", "--for": "release"}
"""Of the options that `Options` has under another name."""


def given(options: Options, *among: str) -> Iterator[str]:
    """Those of these options that are given, in this order."""
    for option in among:
        name = FIELDS.get(option, option.removeprefix("--").replace("-", "_"))
        if getattr(options, name) != options._field_defaults[name]:
            yield option
