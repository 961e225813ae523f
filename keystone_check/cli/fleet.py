"""Several clusters looked at side by side, and one report of them all."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

from keystone_check.acceptance import accept
from keystone_check.cli.doors import Doors, Gather
from keystone_check.cli.options import Options
from keystone_check.cli.progress import Progress, progress
from keystone_check.cli.reaching import filing, overrides, reporting
from keystone_check.cli.reported import reported
from keystone_check.cli.targeting import upgraded, wanted
from keystone_check.cli.terminal import Terminal
from keystone_check.diagnosis import diagnose
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.world import World
from keystone_check.probes.limits import side_by_side
from keystone_check.reports.fleet.values import Fleet, Member, together
from keystone_check.reports.report import Report
from keystone_check.shard import share

Judge = Callable[[Access, World], Report]


def fleet(
    options: Options,
    needs: frozenset[str],
    checks: Sequence[Check],
    accepted: Sequence[Acceptance],
    doors: Doors,
    terminal: Terminal,
) -> int:
    """Look at each, report all, and give the worst exit code.

    A name that means nothing is refused before the first look; what cannot be reached costs no other cluster.
    """
    names = options.clusters or doors.configured()
    if not names:
        raise UsageError("the configuration describes no cluster", "add [clusters.NAME], or name some")
    judge = _judging(options, checks, accepted, doors)
    gather = doors.sharing() if doors.sharing else doors.gather
    with reported(options, terminal, filing(options, doors)) as write, ExitStack() as stack:
        opened = [
            stack.enter_context(doors.open(name, overrides(options))) for name in share(names, options.shard)
        ]
        with progress(terminal.stderr, terminal.screen()) as tell:
            members = side_by_side(partial(_member, gather, needs, judge, tell), opened)
        found = Fleet(together(members), options.shard)
        write(found)
    return found.exit_code


def _member(gather: Gather, needs: frozenset[str], judge: Judge, tell: Progress, access: Access) -> Member:
    def named(source: str, what: str) -> None:
        tell(f"{access.name}: {source}", what)

    try:
        return Member(access.name, judge(access, gather(access, needs, named)))
    except KeystoneError as error:
        return Member(access.name, None, error.message, error.hint)


def _judging(
    options: Options, checks: Sequence[Check], accepted: Sequence[Acceptance], doors: Doors
) -> Judge:
    targets = wanted(options, doors.targets())

    def judge(access: Access, world: World) -> Report:
        def accepting(diagnosis: Diagnosis) -> Diagnosis:
            return accept(diagnosis, accepted, access.name)

        report = reporting(options._replace(cluster=access.name), access.name)
        here = doors.seeable(checks, access)
        if targets:
            return upgraded(world, targets, here, accepting, report)
        return report(accepting(diagnose(world, here)))

    return judge
