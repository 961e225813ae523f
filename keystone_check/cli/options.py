"""What was asked for, as a frozen value."""

from typing import NamedTuple

from keystone_check.shard import Shard


class Options(NamedTuple):
    """What was asked for. Empty strings and None: not said.

    No dataclass: importing those costs two thirds of an empty Python.
    """

    cluster: str = ""
    """The only one that is named."""
    clusters: tuple[str, ...] = ()
    """All that are named."""
    all: bool = False
    shard: Shard | None = None
    merge: tuple[str, ...] = ()
    """Files of results, and buckets."""
    max_age: float | None = None
    """Hours."""
    context: str = ""
    kubeconfig: str = ""
    namespace: str | None = None
    """An empty string means all namespaces."""
    selector: str = ""
    profile: str = ""
    region: str = ""
    budget: float | None = None
    request_timeout: float | None = None
    live: bool = False
    cloudtrail: bool = False
    second_opinion: bool = False
    nix: str = ""
    host: str = ""
    manifest: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    format: str = "text"
    output: str = ""
    """The report's file."""
    events: str = ""
    """A file for what a run does while it does it; `-` is standard error."""
    color: bool | None = None
    exit_zero: bool = False
    fail_on: str = "low"
    accept: tuple[str, ...] = ()
    """Files of accepted findings, beside the configuration."""
    accept_all: str = ""
    until: str = ""
    reason: str = ""
    save: str = ""
    pseudonyms: bool = False
    rounds: int = 1
    """Good ones in a row. (A tuple has a `count` already.)"""
    every: float | None = None
    wait: float | None = None
    fix: str = ""
    """`safe`, `unsafe`, or empty for none."""
    restart: bool = False
    """Whether workloads may be restarted whose pods have not what they should."""
    dry_run: bool = False
    yes: bool = False
    undo: str | None = None
    """A run's id; an empty string means the last one that wrote something."""
    cleanup: bool = False
    managed: bool = False
    """Whether to write, too, what something else manages."""
    unfinished: str = ""
    """`finish` or `undo`: what to do about a run that was killed on its way."""
    plan_out: str = ""
    apply: str = ""
    """A plan's file."""
    emit: str = ""
    list_fixes: bool = False
    explain: str = ""
    list: bool = False
    permissions: bool = False
    policy: str = ""
    """`karpenter`, `ack`, or the name of an operator's role."""
    release: str = ""
    """`--for`: the release of Karpenter, or the kinds of an ACK controller, to write the policy for."""
    diff: bool = False
    endpoints: bool = False
    checks: tuple[str, ...] = ()
    """Folders of the user's own checks."""
    lint_checks: bool = False
    schema: bool = False
    completion: str = ""
    """A shell that is to complete the command."""
    why: str | None = None
    """A message to explain; `-` reads it from standard input."""
    target: tuple[str, ...] = ()
    compare: str = ""
    """A snapshot's file."""
    rehearse: str = ""
    resume: str | None = None
    """A snapshot of before; an empty string: without one."""
