"""Completion in bash, zsh and fish: the options, and the names that they take."""

from collections.abc import Iterable, Mapping
from typing import Any


def complete() -> None:
    """Answer the shell and end, where it is a shell that asks; argcomplete reads its question."""
    from argcomplete import autocomplete

    from keystone_check.cli.arguments import options_parser

    asked = options_parser()
    for action in asked._actions:
        if names := _NAMES.get(action.dest):
            action.completer = names  # type: ignore[attr-defined]  # argcomplete's own contract
    autocomplete(asked, always_complete_options="long")


def script(shell: str) -> str:
    """What that shell has to read once."""
    from argcomplete.shell_integration import shellcode

    code: str = shellcode(["keystone-check"], shell=shell)
    return code


def _checks(**_: Any) -> Iterable[str]:
    from keystone_check.checks import index

    known = index()
    return (*dict.fromkeys(known.values()), *known)


def _ids(**_: Any) -> Iterable[str]:
    from keystone_check.checks import index

    return index()


def _clusters(**_: Any) -> Iterable[str]:
    from keystone_check.clusters import names

    return (*names().all(), "snapshot:")


def _contexts(**_: Any) -> Iterable[str]:
    from keystone_check.clusters import names

    return names().contexts


_NAMES: Mapping[str, Any] = {
    "only": _checks,
    "skip": _checks,
    "explain": _ids,
    "cluster": _clusters,
    "context": _contexts,
}
