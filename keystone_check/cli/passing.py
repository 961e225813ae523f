"""`--plan-out` and `--emit`: a plan that somebody else writes, from a file or in his own tools."""

from pathlib import Path

from keystone_check.cli.keeping import keep
from keystone_check.cli.options import Options
from keystone_check.cli.reaching import reporting
from keystone_check.cli.terminal import Terminal
from keystone_check.model.access import Access
from keystone_check.remedy.emit import emit
from keystone_check.remedy.mend import Mended
from keystone_check.remedy.owners import owners
from keystone_check.remedy.planfile import planned, text
from keystone_check.reports.mended import Repaired, render


def pass_on(options: Options, access: Access, mended: Mended, terminal: Terminal) -> int:
    """Keep or print what was rehearsed; the exit code is that of what is so now."""
    report = reporting(options, access.name)
    before = report(mended.before)
    if options.emit:
        terminal.stdout.write(emit(options.emit, mended.applied, mended.held_back))
        return before.exit_code
    note = f"There is nothing to plan, so {options.plan_out} was not written."
    if mended.applied:
        keep(Path(options.plan_out), text(planned(access.name, mended.before.world, mended.applied)))
        note = ""
    option = f"--apply {options.plan_out}{managed(options, mended)}"
    repaired = Repaired(before, report(mended.after), mended, True, option, note)
    terminal.stdout.write(render(repaired, options.format, terminal.screen()))
    return before.exit_code


def managed(options: Options, mended: Mended) -> str:
    """The option that lets whoever applies the plan write what something else manages; else nothing."""
    changes = [step.change for step in mended.applied]
    return " --managed" if options.managed and owners(mended.before.world, changes) else ""
