"""The kinds that each ACK controller reconciles are defined in the cluster.

## Why it matters
A controller watches every kind of its service that it is to reconcile. One that is not defined ends it at
start: `no matches for kind "Bucket" in version "s3.services.k8s.aws/v1alpha1"`. Helm never upgrades CRDs: a
kind that came with a later release is not there after an upgrade.

## How to fix
`kubectl apply -f` the CRDs of the chart that runs, or leave the kind out by `reconcile.resources`.

## References
- https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
- https://aws-controllers-k8s.github.io/community/docs/user-docs/install/
"""

from collections.abc import Iterator
from typing import Any

from keystone_check.checks.reconciling import by_hand, unseen
from keystone_check.knowledge.store import facts
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import Crd, Operator
from keystone_check.operators.ack.running import Running, running

severity = Severity.MEDIUM


def judge(operators: Subjects[Operator], crds: Subjects[Crd]) -> Iterator[Finding]:
    """One finding for each kind that is not defined, or one for a controller."""
    yield from unseen(operators)
    defined = dict(crds)
    for one in running(operators):
        if one.known:
            amiss = [found for name, kind in _kinds(one) if (found := _judged(one, name, kind, defined))]
            yield from amiss or [holds(one.name)]


def _kinds(one: Running) -> Iterator[tuple[str, str]]:
    """Those of the service that it is set to reconcile, by CRD and kind."""
    known: dict[str, Any] = facts("ack", one.service)["kinds"]
    wanted = {
        it.strip() for it in one.operator.settings.get("RECONCILE_RESOURCES", "").split(",") if it.strip()
    }
    for kind, told in known.items():
        if not wanted or kind in wanted:
            yield f"{told['plural']}.{told['group']}", kind


def _judged(one: Running, name: str, kind: str, defined: dict[str, Crd | Absent | Missing]) -> Finding | None:
    found = defined.get(name)
    if isinstance(found, Crd):
        return None
    if isinstance(found, Missing):
        return gap(f"{one.name} {kind}", found)
    return broken(
        f"{one.name} {kind}",
        f"{kind} is not defined in the cluster, and the controller is set to reconcile it",
        Evidence("customresourcedefinitions", name, "no such CRD"),
        by_hand(
            "define it, or leave it out",
            "CRDs belong to whatever installs them",
            f"helm show crds oci://public.ecr.aws/aws-controllers-k8s/{one.service}-chart"
            " | kubectl apply -f -",
            "or: reconcile.resources in the chart's values, without it",
        ),
    )
