"""`--why`: what a message means, and with a cluster named, which of its causes hold there."""

from collections.abc import Callable
from typing import TextIO

from keystone_check.cli.doors import Doors
from keystone_check.cli.options import Options
from keystone_check.cli.reaching import overrides
from keystone_check.cli.terminal import Terminal
from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.model.access import Access
from keystone_check.model.world import World
from keystone_check.reports import as_json
from keystone_check.reports.why import as_object, as_text
from keystone_check.why.answer import Answer, answer, on_cluster

LONGEST = 1_000_000
"""Characters that are looked at, of a longer text its last: a log ends with what went wrong."""
WHO_ASKS = frozenset({"cluster", "caller", "issuer"})
Look = Callable[[Access, frozenset[str], Doors, Terminal], Callable[[], World]]


def why(options: Options, doors: Doors, terminal: Terminal, looking: Look) -> int:
    """Explain it and give the exit code. A current context alone is no cluster that was named."""
    said = answer(_text(options, terminal))
    if said.messages and (options.cluster or options.context):
        said = _looked(said, options, doors, terminal, looking)
    if options.format == "json":
        terminal.stdout.write(as_json.dumps(as_object(said)))
    else:
        terminal.stdout.write(as_text(said, terminal.screen()))
    return said.exit_code


def _looked(said: Answer, options: Options, doors: Doors, terminal: Terminal, looking: Look) -> Answer:
    ids = {id for cause in said.causes for id in cause.checks}
    checks = doors.load([id for id in doors.index() if id in ids])
    needs = WHO_ASKS.union({"accounts"}, *(check.reads for check in checks))
    with doors.open(options.cluster, overrides(options)) as access:
        world = looking(access, needs, doors, terminal)()
        return on_cluster(said, diagnose(world, checks), access.name)


def _text(options: Options, terminal: Terminal) -> str:
    text = options.why or ""
    if text == "-":
        text = _piped(terminal.stdin) if terminal.stdin else ""
    if not text.strip():
        raise UsageError("--why was given no message", "keystone-check --why 'the error message'")
    if len(text) > LONGEST:
        terminal.stderr.write(f"only the last {LONGEST:,} of {len(text):,} characters are looked at\n")
    return text[-LONGEST:]


def _piped(stdin: TextIO) -> str:
    """What is piped in; a log may hold bytes that are no text, and what is around them still counts."""
    if raw := getattr(stdin, "buffer", None):
        return bytes(raw.read()).decode("utf-8", "replace")
    return stdin.read()
