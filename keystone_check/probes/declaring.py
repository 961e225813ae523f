"""The fact `declared`, and what stands for facts of the cluster where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from keystone_check.model.access import Access
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.declared import HOST, MANIFESTS, NIX, Declared, accounts
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.probes import host, manifests, nix
from keystone_check.probes.limits import Limits
from keystone_check.probes.refusals import ReadError

NOT_GIVEN = "--nix, --host and --manifest were not given"
NO_CLUSTER = "no cluster was named: what is declared is judged alone"
T = TypeVar("T")


def given(access: Access) -> bool:
    """Whether anything is declared to us."""
    return bool(access.nix or access.host or access.manifests)


def declared(access: Access, limits: Limits) -> Subjects[Declared]:
    """What each of the three says that was given; a gap where it cannot be told."""
    return Subjects(tuple(_each(access, limits)))


def _each(access: Access, limits: Limits) -> Iterator[tuple[str, Declared | Missing]]:
    if access.nix:
        yield NIX, _read(NIX, lambda: nix.declared(access.nix, limits))
    if access.host:
        yield HOST, _read(HOST, lambda: host.declared(access.host))
    if access.manifests:
        yield MANIFESTS, _read(MANIFESTS, lambda: manifests.declared(access.manifests))


def _read(name: str, read: Callable[[], T]) -> T | Missing:
    try:
        return read()
    except ReadError as refusal:
        return refusal.missing(name)


def declared_issuer(declared: Subjects[Declared] | Absent) -> Issuer | Missing:
    """The first issuer that is declared: of options before that of arguments."""
    said = [] if isinstance(declared, Absent) else list(declared.seen())
    for name, one in said:
        if one.issuer:
            return Issuer(one.issuer, f"declared by {name}")
    for name, one in said:
        if one.names_issuer():
            return Issuer(one.arguments.issuers[0], f"declared by {name}")
    return Missing("issuer", _reason(declared, "no issuer is declared"))


def declared_accounts(declared: Subjects[Declared] | Absent) -> Subjects[ServiceAccount] | Missing:
    """The service accounts that are to have roles."""
    said = () if isinstance(declared, Absent) else declared.seen()
    found = dict(accounts(one for _, one in said))
    if not found:
        return Missing("accounts", _reason(declared, "no role is declared"))
    return Subjects(tuple(sorted(found.items())))


def _reason(declared: Subjects[Declared] | Absent, otherwise: str) -> str:
    if isinstance(declared, Absent):
        return declared.because
    return next((gap.because for _, gap in declared if isinstance(gap, Missing)), otherwise)
