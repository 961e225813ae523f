"""YAML documents of a text. Nothing of the text is quoted where it is none: it may hold secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keystone_check.probes.refusals import ReadError

LONGEST = 5_000_000
"""Characters. What is longer is no manifest."""


def documents(text: str, where: str) -> Sequence[Any]:
    """Every document that is not empty; ReadError, with the line, where it is no YAML."""
    import yaml  # a dependency of kubernetes; only what reads files pays for it

    if len(text) > LONGEST:
        raise ReadError(f"{where} is longer than {LONGEST} characters")
    try:
        return [found for found in yaml.safe_load_all(text) if found is not None]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise ReadError(f"{where} is no YAML{line}") from None  # the original quotes lines of the file
