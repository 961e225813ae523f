"""Karpenter's CustomResourceDefinitions are those of the release that runs.

## Why it matters
Helm installs CRDs once and never upgrades them, so a controller often runs over the CRDs of a former
release: fields that are new to it are dropped without a word, and a kind that is missing ends it at start:
`no matches for kind "NodePool" in version "karpenter.sh/v1"`. From 1.1 `v1beta1` is not served any more:
objects that are still stored in it (`status.storedVersions`) keep the CRD from being upgraded.

## How to fix
Install the chart `karpenter-crd` of the same version, and upgrade it before the controller.

## References
- https://karpenter.sh/docs/upgrading/upgrade-guide/
- https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, unseen
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, gap, holds
from keystone_check.model.operators import Crd, Operator
from keystone_check.operators.karpenter.compatible import Defined, definitions
from keystone_check.operators.karpenter.running import Running, running
from keystone_check.operators.version import Version

severity = Severity.HIGH
OLD, WITHOUT_OLD = "v1beta1", Version(1, 1)


def judge(operators: Subjects[Operator], crds: Subjects[Crd]) -> Iterator[Finding]:
    """One finding for each CRD that does not fit, or one for a Karpenter whose CRDs do."""
    yield from unseen(operators)
    for one in running(operators):
        amiss = [found for defined in definitions(one.release) if (found := _judged(one, defined, crds))]
        if amiss:
            yield from amiss
        elif one.doubt:
            yield blocked(one.name, Missing("crds", f"{one.doubt}: which CRDs belong to it is not known"))
        else:
            yield holds(one.name)


def _judged(one: Running, defined: Defined, crds: Subjects[Crd]) -> Finding | None:
    known = dict(crds)
    found = known.get(defined.name)
    if isinstance(found, Missing):
        return gap(f"{one.name} {defined.name}", found)
    if found is None or isinstance(found, Absent):
        gated = defined.gate and f"{defined.gate}=true" not in one.operator.settings.get("FEATURE_GATES", "")
        return None if gated else _amiss(one, defined, f"{defined.kind} is not defined", "no such CRD")
    if defined.version not in found.served:
        served = ", ".join(found.served)
        return _amiss(one, defined, f"{defined.name} serves {served}, not {defined.version}", served)
    if OLD in found.stored and defined.version != OLD and one.release >= WITHOUT_OLD:
        stored = ", ".join(found.stored)
        return _amiss(one, defined, f"objects of {defined.name} may still be stored in {OLD}", stored)
    return None


def _amiss(one: Running, defined: Defined, message: str, seen: str) -> Finding:
    return broken(
        f"{one.name} {defined.name}",
        f"{message}, and Karpenter {one.release} reads {defined.version}",
        Evidence(
            f"customresourcedefinition {defined.name}", f"{defined.version} served and stored alone", seen
        ),
        by_hand(
            "install the CRDs of the release that runs",
            "CRDs belong to whatever installs them",
            "helm upgrade --install karpenter-crd oci://public.ecr.aws/karpenter/karpenter-crd "
            f"--version {one.release}",
            f"stored in {OLD}: write every object again (kubectl get KIND -o json | kubectl replace -f -), "
            f"then take {OLD} out of status.storedVersions",
        ),
    )
