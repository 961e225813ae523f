"""`--rehearse`: a rotation on the facts of a cluster or a snapshot."""

from collections.abc import Callable
from dataclasses import replace

from keystone_check.cli.doors import Doors
from keystone_check.cli.filed import SNAPSHOT
from keystone_check.cli.options import Options
from keystone_check.cli.reaching import overrides
from keystone_check.cli.terminal import Terminal
from keystone_check.clusters import Overrides
from keystone_check.model.access import Access
from keystone_check.model.world import World
from keystone_check.rehearsal.asked import read
from keystone_check.rehearsal.rehearsal import Look, Rehearsal, rehearse, unlooked
from keystone_check.rehearsal.stage import Documents
from keystone_check.reports import as_json
from keystone_check.reports.rehearsal import as_markdown, as_object, as_text

PUBLISHED = frozenset({"discovery", "key_set"})
NEEDS = PUBLISHED | frozenset(
    {
        "accounts",
        "bucket",
        "caller",
        "chains",
        "cluster",
        "cluster_discovery",
        "cluster_keys",
        "injections",
        "issuer",
        "own_buckets",
        "pods",
        "provider_arns",
        "providers",
        "roles",
        "server_arguments",
        "servers",
        "templates",
        "tokens",
    }
)
Looking = Callable[[Access, frozenset[str], Doors, Terminal], Callable[[], World]]


def rehearsing(options: Options, doors: Doors, terminal: Terminal, looking: Looking) -> int:
    """Print the rehearsal and give its exit code."""
    asked = read(options.rehearse)
    earlier = _earlier(options, doors, terminal, looking)
    with doors.open(options.cluster, overrides(options)) as access:
        rehearsed = rehearse(
            access.name,
            looking(access, NEEDS, doors, terminal)(),
            asked,
            resume=options.resume is not None,
            earlier=earlier,
            look=_elsewhere(access, doors, terminal, looking),
        )
    terminal.stdout.write(_written(rehearsed, options.format, terminal))
    return rehearsed.exit_code


def _written(rehearsed: Rehearsal, format: str, terminal: Terminal) -> str:
    if format == "json":
        return as_json.dumps(as_object(rehearsed))
    return as_markdown(rehearsed) if format == "markdown" else as_text(rehearsed, terminal.screen())


def _earlier(options: Options, doors: Doors, terminal: Terminal, looking: Looking) -> World | None:
    if not options.resume:
        return None
    with doors.open(f"{SNAPSHOT}{options.resume}", Overrides()) as access:
        return looking(access, NEEDS, doors, terminal)()


def _elsewhere(access: Access, doors: Doors, terminal: Terminal, looking: Looking) -> Look:
    """What is published at another issuer; a snapshot holds one issuer's documents."""
    if access.snapshot:
        return unlooked

    def look(issuer: str) -> Documents:
        there = replace(access, expected=replace(access.expected, issuer=issuer))
        world = looking(there, PUBLISHED, doors, terminal)()
        return Documents(issuer, world.discovery, world.key_set)

    return look
