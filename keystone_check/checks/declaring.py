"""What the checks of declarations share: each declaration that was read, and where it is written."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from keystone_check.model.declared import HOST, MANIFESTS, NIX, Declared
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, broken, gap, holds

D = TypeVar("D")
L = TypeVar("L")

SOURCES = {NIX: "the Nix profile", HOST: "the files of the host", MANIFESTS: "the manifests"}
_ROLLED_OUT = {
    NIX: "nixos-rebuild switch --flake FLAKE#HOST on every server, or declare in the profile what runs",
    HOST: "systemctl restart k3s on every server, one after the other, or write into the files what runs",
    MANIFESTS: "kubectl apply -f FILE, or helm upgrade with these values, or write into them what runs",
}


def unseen(declared: Subjects[Declared]) -> Iterator[Finding]:
    """Declarations that could not be read."""
    for name, one in declared:
        if isinstance(one, Missing):
            yield gap(name, one)


def compared(
    declared: Subjects[Declared],
    live: Subjects[L],
    kind: str,
    named: Callable[[Declared], Mapping[str, D]],
    differing: Callable[[str, str, D, L], Iterator[Finding]],
) -> Iterator[Finding]:
    """Each object that is declared beside the one of its name that is there.

    `differing(source, name, declared, live)` says where the two differ; nothing from it: they agree.
    """
    yield from unseen(declared)
    there = dict(live)
    for source, one in declared.seen():
        for name, wanted in named(one).items():
            found = there.get(name)
            if isinstance(found, Absent | Missing):
                yield gap(name, found)
            elif found is None:
                yield apart(name, source, f"{kind} {name}", "that it is there", f"no such {kind}")
            else:
                yield from tuple(differing(source, name, wanted, found)) or (holds(name),)


def apart(subject: str, source: str, what: str, declared: str, live: str) -> Finding:
    """What is declared is not what runs."""
    return broken(
        subject,
        f"{what}: {SOURCES[source]} say{'' if source != NIX else 's'} {declared}, and {live} is there",
        Evidence(SOURCES[source], f"{what}: {declared}", live),
        by_hand(
            "roll out what is declared",
            _ROLLED_OUT[source],
            "then look again with keystone-check",
        ),
    )


def by_hand(title: str, *steps: str) -> Repair:
    """Done where the declaration is written."""
    reason = "which of the two is meant is known to whoever wrote the declaration"
    return Repair(title, Safety.MANUAL, reason, steps=steps)


def listed(values: tuple[str, ...] | list[str]) -> str:
    """Several values as one."""
    return ", ".join(values) or "nothing"
