"""`--merge`: reports that are there, joined into one."""

from keystone_check.cli.doors import Doors
from keystone_check.cli.options import Options
from keystone_check.cli.reaching import filing, overrides
from keystone_check.cli.reported import reported
from keystone_check.cli.terminal import Terminal
from keystone_check.model.access import Access
from keystone_check.reports.fleet.merge import MAX_AGE, Result, merge


def merging(options: Options, doors: Doors, terminal: Terminal) -> int:
    """Report them and give the worst exit code."""
    access = overrides(options).over(Access("results"))
    expected = doors.configured() if options.all else options.clusters
    with reported(options, terminal, filing(options, doors)) as write:
        found = [
            Result(where, content) for name in options.merge for where, content in doors.results(name, access)
        ]
        joined = merge(found, int(doors.now()), options.max_age or MAX_AGE, expected)
        write(joined)
    return joined.exit_code
