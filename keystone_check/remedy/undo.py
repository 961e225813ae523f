"""Taking back what an earlier run wrote, change by change from the last to the first."""

from collections.abc import Callable, Sequence

from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.change import Change, inverse
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.workload import RestartWorkload
from keystone_check.near import did_you_mean
from keystone_check.remedy.mend import Failure
from keystone_check.remedy.plan import Step
from keystone_check.remedy.runs import Run


def chosen(runs: Sequence[Run], id: str) -> Run:
    """The run of this id, or the last that can be undone; UsageError where there is none."""
    undoable = [run for run in runs if run.changes and not run.undone]
    if not id:
        if not undoable:
            raise UsageError(
                "no run of --fix wrote anything here that is not undone", "there is nothing to do"
            )
        return undoable[-1]
    for run in undoable:
        if run.id == id:
            return run
    if any(run.id == id for run in runs):
        raise UsageError(f"the run {id} is undone already, or wrote nothing", "there is nothing to do")
    ids = [run.id for run in undoable]
    raise UsageError(
        f"no run {id!r} wrote anything here", did_you_mean(id, ids) or "there is nothing to undo"
    )


def lasting(run: Run) -> tuple[RestartWorkload, ...]:
    """What the run did that nothing undoes."""
    changes = (written.change for written in run.changes)
    return tuple(change for change in changes if isinstance(change, RestartWorkload))


def steps(run: Run) -> tuple[Step, ...]:
    """What restores the state before the run. Workloads that it restarted go on as they are.

    UsageError for a run that did nothing else.
    """
    if run.changes and len(lasting(run)) == len(run.changes):
        what = ", ".join(f"{it.kind} {it.namespace}/{it.name}" for it in lasting(run))
        raise UsageError(
            f"a restart cannot be undone, and the run {run.id} did nothing else: it restarted {what}",
            "there is nothing to take back; an earlier run is taken back by its name: --undo RUN",
        )
    undone = (inverse(written.change) for written in reversed(run.changes))
    changes = tuple(change for change in undone if change is not None)
    repair = Repair(f"undo the run {run.id}", Safety.UNSAFE, "what that run mended is broken again", changes)
    return tuple(Step(change, repair, (f"what the run {run.id} changed",)) for change in changes)


def restore(
    wanted: Sequence[Step], write: Callable[[Change], None]
) -> tuple[tuple[Step, ...], tuple[Failure, ...]]:
    """Write each; one that is refused, since somebody has changed it meanwhile, does not stop the others."""
    done, failures = list[Step](), list[Failure]()
    for step in wanted:
        try:
            write(step.change)
        except KeystoneError as error:
            failures.append(Failure(step, error))
        else:
            done.append(step)
    return tuple(done), tuple(failures)
