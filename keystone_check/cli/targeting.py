"""`--target`: the look judged as what it would be."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from keystone_check.cli.options import Options
from keystone_check.diagnosis import diagnose
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.world import World
from keystone_check.reports.report import Report
from keystone_check.upgrading.asked import Asked, asked_for
from keystone_check.upgrading.foresee import foresee


def wanted(options: Options, configured: Sequence[str]) -> tuple[Asked, ...]:
    """What the command line asks for; the configuration's targets where it asks for none and merely looks."""
    looks = options.rounds == 1 and options.wait is None and not (options.accept_all or options.compare)
    return asked_for(options.target, configured if looks else ())


def upgraded(
    world: World,
    targets: Sequence[Asked],
    checks: Sequence[Check],
    accept: Callable[[Diagnosis], Diagnosis],
    report: Callable[[Diagnosis], Report],
) -> Report:
    """The report of what would be, with the way there beside it."""
    found = foresee(accept(diagnose(world, checks)), targets, checks)
    then = accept(found.then)
    return replace(report(then), foreseen=replace(found, then=then))
