"""What the checks of declarations share: each declaration that was read, and where it is written."""

from collections.abc import Iterator

from keystone_check.model.declared import HOST, MANIFESTS, NIX, Declared
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, broken, gap

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
