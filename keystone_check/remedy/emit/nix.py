"""What is set on the hosts, as options of NixOS: the one part of a plan that nobody can write from here."""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAcl,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetDefaultEncryption,
    SetOwnership,
    SetSessionDuration,
    SetThumbprints,
    SetTrustPolicy,
)
from keystone_check.model.creation import (
    CreateBucket,
    CreateProvider,
    CreateRole,
    DeleteBucket,
    DeleteProvider,
    DeleteRole,
)
from keystone_check.model.finding import Safety
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.remedy import describe
from keystone_check.remedy.emit import notes
from keystone_check.remedy.plan import HeldBack, Step

_ARGUMENT = re.compile(r"--kube-apiserver-arg=(?P<name>[a-z-]+)=(?P<value>[^\s\"';\]]+)")
_ISSUER = "service-account-issuer"


def render(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> str:
    """A module: the arguments of the API server that the steps to do by hand name, in their order."""
    return notes.text(_lines(steps, held_back))


def _lines(steps: Sequence[Step], held_back: Sequence[HeldBack]) -> Iterator[str]:
    yield "# A NixOS module; rebuild every server of the cluster with it, then look again"
    arguments = tuple(dict.fromkeys(_arguments(held_back)))
    issuers = [value for name, value in arguments if name == _ISSUER]
    yield "{"
    if issuers:
        # The first issuer signs; tokens of the others are accepted until they have expired.
        yield "  # for hosts that have this option; it stands for the first issuer below"
        yield f"  # keystone.cluster.oidc.issuerUrl = {_string(issuers[0])};"
    if arguments:
        yield "  services.k3s.extraFlags = ["
        yield from (f"    {_string(f'--kube-apiserver-arg={name}={value}')}" for name, value in arguments)
        yield "  ];"
    yield "}"
    if len(issuers) > 1:
        yield from notes.comment("drop the other issuers when the longest token of theirs has expired")
    for step in steps:
        yield from notes.comment(f"{where(step.change)}, not on a host: {describe.title(step.change)}")
    yield from notes.left(held_back)


def where(change: Change) -> str:
    """Where the change lies: none of them lies on a host."""
    match change:
        case CreateProvider() | DeleteProvider() | SetClientIds() | SetThumbprints() | SetTrustPolicy():
            return "in IAM"
        case CreateRole() | DeleteRole() | SetSessionDuration() | SetRolePolicy():
            return "in IAM"
        case PutDocument() | SetBucketPublicAccess() | SetAccountPublicAccess() | SetBucketPolicy():
            return "in S3"
        case SetOwnership() | SetAcl() | SetDefaultEncryption() | CreateBucket() | DeleteBucket():
            return "in S3"
        case SetAnnotation() | SetNamespaceSelector() | RestartWorkload():
            return "in the cluster"
    assert_never(change)


def _arguments(held_back: Sequence[HeldBack]) -> Iterator[tuple[str, str]]:
    """Of each step the first form alone: K3s and NixOS lines say the same."""
    for item in held_back:
        if item.repair.safety is Safety.MANUAL:
            for line in item.repair.steps:
                if "remove " not in line:
                    yield from ((found["name"], found["value"]) for found in _ARGUMENT.finditer(line))


def _string(text: str) -> str:
    """A Nix string: a dollar before a brace would start an expression."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return f'"{escaped}"'
