"""`--cleanup`: remove what a killed run left, and nothing else."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from keystone_check import scratch
from keystone_check.cli.consent import NOBODY_TO_ASK, WAITS, is_mute
from keystone_check.cli.doors import Doors
from keystone_check.cli.guide import heard
from keystone_check.cli.options import Options
from keystone_check.cli.terminal import Terminal
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.access import Access
from keystone_check.model.trace import Kind, Trace
from keystone_check.remedy.runs import Run
from keystone_check.reports.as_json import dumps
from keystone_check.reports.printable import printable

UNSEEN = 3
QUESTION = "Remove these? [y]es, [n]o: "


def cleanup(options: Options, access: Access | UsageError, doors: Doors, terminal: Terminal) -> int:
    """Do it and give the exit code. Where no cluster can be named, this machine alone is looked at."""
    here = doors.left_here()
    there, unseen = _there(access, doors)
    found = (*there, *here)
    over = [trace for trace in found if trace.over]
    consent = _consent(over, options, terminal)
    told = [_done(trace, access, doors) if trace.over and consent else (trace, "") for trace in found]
    runs = doors.unfinished_runs(access if isinstance(access, Access) else None)
    terminal.stdout.write(_said(told, consent, runs, unseen, options, terminal))
    return _code(told, over, consent, unseen, options, terminal)


def _there(access: Access | UsageError, doors: Doors) -> tuple[tuple[Trace, ...], str]:
    """What is left in the cluster, and why it could not be looked at."""
    if isinstance(access, UsageError):
        return (), access.message
    try:
        return doors.left_in(access), ""
    except KeystoneError as error:
        return (), error.message


def _consent(over: Sequence[Trace], options: Options, terminal: Terminal) -> bool:
    if options.dry_run or not over or is_mute(options, terminal):
        return False
    if options.yes:
        return True
    terminal.say(f"- {printable(_line(trace))}" for trace in over)
    return heard(terminal.ask, QUESTION).lower()[:1] == "y"


def _done(trace: Trace, access: Access | UsageError, doors: Doors) -> tuple[Trace, str]:
    """The trace, and why it is still there; empty when it is gone."""
    try:
        doors.remove(access if isinstance(access, Access) else None, trace)
    except KeystoneError as error:
        return trace, error.message
    return trace, ""


def _said(
    told: Sequence[tuple[Trace, str]],
    removed: bool,
    runs: Sequence[Run],
    unseen: str,
    options: Options,
    terminal: Terminal,
) -> str:
    if options.format == "json":
        return dumps(
            {
                "left": [
                    {
                        "kind": trace.kind.value,
                        "name": trace.name,
                        "why": trace.why,
                        "over": trace.over,
                        "removed": trace.over and removed and not error,
                        "error": error,
                    }
                    for trace, error in told
                ],
                "unfinished": [run.id for run in runs],
                "unseen": unseen,
            }
        )
    lines = (*_lines(told, removed), *_runs(runs), *_rest(told, unseen, options, terminal))
    return "".join(f"{printable(line)}\n" for line in lines)


def _lines(told: Sequence[tuple[Trace, str]], removed: bool) -> Iterator[str]:
    for trace, error in told:
        state = "left alone" if not trace.over else "removed" if removed else "would be removed"
        yield f"{'not removed' if error else state}: {_line(trace)}{f': {error}' if error else ''}"
    if not told:
        yield "nothing was left behind"


def _line(trace: Trace) -> str:
    return f"{trace.kind.value} {trace.name} ({trace.why})"


def _runs(runs: Sequence[Run]) -> Iterator[str]:
    for run in runs:
        where = f"keystone-check --cluster {run.cluster}" if run.cluster else "keystone-check"
        yield (
            f"the run {run.id} did not come to its end; its record is kept: {where} --fix finishes it, "
            f"{where} --undo {run.id} takes it back"
        )


def _rest(
    told: Sequence[tuple[Trace, str]], unseen: str, options: Options, terminal: Terminal
) -> Iterator[str]:
    if unseen:
        yield f"the cluster was not looked at: {unseen}"
    if is_mute(options, terminal) and any(trace.over for trace, _ in told):
        yield NOBODY_TO_ASK


def _code(
    told: Sequence[tuple[Trace, str]],
    over: Sequence[Trace],
    consent: bool,
    unseen: str,
    options: Options,
    terminal: Terminal,
) -> int:
    if any(error for _, error in told) or (over and not consent and not options.dry_run):
        return WAITS
    return UNSEEN if unseen else 0


def local(places: Sequence[Path], now: float) -> tuple[Trace, ...]:
    """What killed processes left on this machine."""
    return tuple(
        Trace(Kind.FOLDER if left.path.is_dir() else Kind.FILE, str(left.path), left.why)
        for left in scratch.abandoned(places, now)
    )
