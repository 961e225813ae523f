"""`--lint-checks`: what the checks, ours and the user's, lack of what every check promises."""

import inspect
from collections.abc import Sequence

from keystone_check.contract import flaws
from keystone_check.model.outcome import Check
from keystone_check.reports.as_json import dumps
from keystone_check.reports.printable import printable


def lint(checks: Sequence[Check], format: str) -> tuple[str, int]:
    """The text and the exit code: 1 where anything is missing."""
    found = [(check, flaw) for check in checks for flaw in flaws(check, _source(check))]
    code = int(bool(found))
    if format == "json":
        said = [{"check": check.id, "origin": check.origin, "missing": flaw} for check, flaw in found]
        return dumps({"checks": len(checks), "missing": said}), code
    lines = [printable(f"{check.origin or check.id}: {flaw}") for check, flaw in found]
    number = "1 check" if len(checks) == 1 else f"{len(checks)} checks"
    lines.append(f"{number}, {len(found) or 'nothing'} missing")
    return "".join(f"{line}\n" for line in lines), code


def _source(check: Check) -> str:
    module = inspect.getmodule(check.judge)
    return inspect.getsource(module) if module else ""
