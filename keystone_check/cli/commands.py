"""What the options ask for, done: a look and its report, a repair, or one of the texts instead of a look."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from keystone_check.acceptance import accept, vetted
from keystone_check.cli.accepting import accept_all
from keystone_check.cli.cleaning import cleanup
from keystone_check.cli.comparing import compared
from keystone_check.cli.completing import script
from keystone_check.cli.doors import Doors
from keystone_check.cli.events import events
from keystone_check.cli.fixes import fixes
from keystone_check.cli.fleet import fleet
from keystone_check.cli.gating import EVERY
from keystone_check.cli.leftover import mention
from keystone_check.cli.linting import lint
from keystone_check.cli.many import is_many
from keystone_check.cli.mending import fix, released
from keystone_check.cli.merging import merging
from keystone_check.cli.options import Options
from keystone_check.cli.pages import explain, listed, listing
from keystone_check.cli.pending import pending
from keystone_check.cli.permissions import NOTHING, permissions
from keystone_check.cli.planning import apply_plan
from keystone_check.cli.policies import NEEDS, policies
from keystone_check.cli.progress import Progress, progress
from keystone_check.cli.reaching import filing, overrides, reporting
from keystone_check.cli.rehearsing import rehearsing
from keystone_check.cli.reported import reported
from keystone_check.cli.rounds import Rounds, rounds
from keystone_check.cli.saving import ALL, saved
from keystone_check.cli.scope import narrowing, scope
from keystone_check.cli.selection import known, select
from keystone_check.cli.targeting import upgraded, wanted
from keystone_check.cli.terminal import Terminal
from keystone_check.cli.undoing import undo
from keystone_check.cli.wondering import why
from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.change import Change
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.mend import rehearsed
from keystone_check.reports import as_json
from keystone_check.reports.printable import printable
from keystone_check.reports.report import Report
from keystone_check.reports.schema import schema
from keystone_check.upgrading.foresee import judges

WHO_ASKS = frozenset({"cluster", "caller", "issuer"})
"""What the header shows, whichever checks are asked for."""
NAMING = frozenset({"caller", "issuer", "discovery", "servers"})
"""The facts that name the addresses of a run; reading them contacts nothing else."""


def perform(options: Options, doors: Doors, terminal: Terminal) -> int:
    """Do it and give the exit code."""
    if options.schema:
        terminal.stdout.write(as_json.dumps(schema()))
        return 0
    if options.completion:
        terminal.stdout.write(script(options.completion))
        return 0
    if options.explain:
        return _explain(options, doors, terminal)
    if options.why is not None:
        return why(options, doors, terminal, looking)
    if options.rehearse:
        return rehearsing(options, doors, terminal, looking)
    if options.merge:
        return merging(options, doors, terminal)
    checks = doors.load(select(doors.index(), options.only, options.skip))
    if options.lint_checks:
        said, code = lint(checks, options.format)
        terminal.stdout.write(said)
        return code
    if options.list:
        return _list(options, checks, doors, terminal)
    if options.cleanup:
        return _cleanup(options, doors, terminal)
    accepted = vetted(doors.accepted(options.accept), doors.index())
    if is_many(options):
        return fleet(options, _needs(checks), checks, accepted, doors, terminal)
    with doors.open(options.cluster, overrides(options)) as access:
        checks = doors.seeable(checks, access)
        if options.endpoints:
            return _endpoints(options, access, doors, terminal)
        if options.policy:
            world = looking(access, NEEDS, doors, terminal)()
            said = policies(world, options.policy, options.release, options.format, diff=options.diff)
            terminal.stdout.write(said)
            return 0
        if options.permissions:
            return _permissions(options, access, checks, doors, terminal)
        return _look(options, access, checks, accepted, doors, terminal)


def _look(
    options: Options,
    access: Access,
    checks: Sequence[Check],
    accepted: Sequence[Acceptance],
    doors: Doors,
    terminal: Terminal,
) -> int:
    writes = bool(options.fix or options.apply or options.list_fixes) or options.undo is not None
    needs = _needs(checks, whole=writes) | (ALL if options.save or options.compare else frozenset())
    look = looking(access, needs, doors, terminal)
    report = reporting(options, access.name)

    def accepting(diagnosis: Diagnosis) -> Diagnosis:
        return accept(diagnosis, accepted, access.name)

    def judge(world: World) -> Diagnosis:
        return accepting(diagnose(world, checks))

    if options.fix:
        return fix(options, access, checks, look, judge, doors, terminal)
    if options.apply:
        return apply_plan(options, access, checks, look, judge, doors, terminal)
    if options.list_fixes:
        terminal.stdout.write(fixes(judge(look()), options.format))
        return 0
    if options.undo is not None:
        return undo(options, access, look, judge, doors, terminal)
    targets = wanted(options, doors.targets())
    if options.compare:
        return compared(options, _keeping(options, look, terminal), judge, report, terminal)
    file = filing(options, doors)
    with reported(options, terminal, file) as write, events(options.events, terminal.stderr) as told:
        look = _keeping(options, looking(access, needs, doors, terminal, told.following), terminal)
        if targets:
            said = upgraded(look(), targets, checks, accepting, report)
        elif options.accept_all:
            said = report(accept_all(options, access.name, accepted, lambda: judge(look()), terminal))
        else:
            said = _rounds(options, lambda: report(judge(look())), doors, terminal)
        told.report(said)
        write(said)
    if not access.snapshot:
        mention(doors.unfinished, access, said.diagnosis.world, terminal)
    return said.exit_code


def _keeping(options: Options, look: Callable[[], World], terminal: Terminal) -> Callable[[], World]:
    """The same look; what it sees is kept where that is asked for."""
    if not options.save:
        return look

    def kept() -> World:
        world = saved(look, options.save, pseudonyms=options.pseudonyms)
        terminal.say([f"saved in {printable(options.save)}"])
        return world

    return kept


def _rounds(options: Options, look: Callable[[], Report], doors: Doors, terminal: Terminal) -> Report:
    if options.rounds == 1 and options.wait is None:
        return look()

    def tell(line: str) -> None:
        terminal.stderr.write(f"{printable(line)}\n")
        terminal.stderr.flush()

    plan = Rounds(options.rounds, options.every or EVERY, options.wait)
    return rounds(look, plan, doors.clock, doors.sleep, tell)


def looking(
    access: Access,
    needs: frozenset[str],
    doors: Doors,
    terminal: Terminal,
    following: Callable[[Progress], Progress] = lambda tell: tell,
) -> Callable[[], World]:
    """A function that gathers these facts afresh; `following` may listen to what is being read."""

    def look() -> World:
        with progress(terminal.stderr, terminal.screen()) as tell:
            return doors.gather(access, needs, following(tell))

    return look


def _needs(checks: Sequence[Check], *, whole: bool = False) -> frozenset[str]:
    """What these checks read and what the header shows; whole facts where a repair is to be rehearsed."""
    return WHO_ASKS.union(*(check.needs if whole else check.reads for check in checks))


def foreseen(
    options: Options, access: Access, checks: Sequence[Check], doors: Doors, terminal: Terminal
) -> tuple[Change, ...]:
    """What `--fix` would write now."""
    world = looking(access, _needs(checks, whole=True), doors, terminal)()
    return tuple(step.change for step in rehearsed(world, checks, released(options)).applied)


def _cleanup(options: Options, doors: Doors, terminal: Terminal) -> int:
    """With the cluster that is named; where none is and none can be found, on this machine alone."""
    with ExitStack() as stack:
        try:
            access: Access | UsageError = stack.enter_context(doors.open(options.cluster, overrides(options)))
        except UsageError as error:
            if options.cluster or options.context or options.kubeconfig:
                raise
            access = error
        return cleanup(options, access, doors, terminal)


def _explain(options: Options, doors: Doors, terminal: Terminal) -> int:
    ahead = [check for check in judges() if check.id == options.explain]
    (check,) = ahead or doors.load([known(doors.index(), options.explain)])
    terminal.stdout.write(explain(check, terminal.screen()))
    return 0


def _list(options: Options, checks: Sequence[Check], doors: Doors, terminal: Terminal) -> int:
    if options.format == "json":
        terminal.stdout.write(as_json.dumps(listed(checks)))
    else:
        terminal.stdout.write(listing(checks, doors.scenarios()))
    return 0


def _endpoints(options: Options, access: Access, doors: Doors, terminal: Terminal) -> int:
    with progress(terminal.stderr, terminal.screen()) as tell:
        known = doors.gather(access, NAMING, tell)
    addresses = list(doors.endpoints(access, known))
    if options.format == "json":
        terminal.stdout.write(as_json.dumps(addresses))
    else:
        terminal.stdout.write("".join(f"{printable(address)}\n" for address in addresses))
    return 0


def _permissions(
    options: Options, access: Access, checks: Sequence[Check], doors: Doors, terminal: Terminal
) -> int:
    needs = frozenset[str]().union(*(check.reads for check in checks))
    if options.fix and any(read.startswith("bucket") for read in needs):
        needs |= {"bucket.tags"}  # no check asks, but a repair asks who else manages the bucket
    with progress(terminal.stderr, terminal.screen()) as tell:
        known = doors.gather(access, narrowing(needs), tell)
    asks, actions = doors.rights(access, needs, known)
    plan = pending(foreseen(options, access, checks, doors, terminal)) if options.fix else NOTHING
    terminal.stdout.write(permissions(asks, actions, scope(access, known), options.format, plan))
    return 0
