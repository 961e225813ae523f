"""The cluster's Kubernetes is one that this release of Karpenter is made for.

## Why it matters
Out of its range Karpenter logs `karpenter is not compatible with kubernetes version` once and goes on: what
is new in Kubernetes it does not know, and nobody has tested the two together. The project says the range in
three places, which differ: the constants in the code, the compatibility matrix, and the table in the docs.
The code of the release that runs decides; where another place says otherwise the finding says so.

## How to fix
Upgrade Karpenter before Kubernetes.

## References
- https://karpenter.sh/docs/upgrading/compatibility/
- https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/providers/version/version.go
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, unseen
from keystone_check.knowledge.store import minors
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, holds
from keystone_check.model.operators import Operator
from keystone_check.operators.karpenter.compatible import in_code, in_docs
from keystone_check.operators.karpenter.running import Running, running
from keystone_check.operators.version import Version, version

severity = Severity.MEDIUM


def judge(operators: Subjects[Operator], cluster: Cluster) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from unseen(operators)
    kubernetes = version(cluster.version)
    for one in running(operators):
        if kubernetes is None:
            because = f"{cluster.version} is no version of Kubernetes that can be compared"
            yield blocked(one.name, Missing("cluster", because))
        else:
            yield _judged(one, kubernetes)


def _judged(one: Running, kubernetes: Version) -> Finding:
    code = None if one.doubt else in_code(one.release)
    if code is None:
        because = one.doubt or f"the patch {one.release} is not known here"
        return blocked(one.name, Missing("operators", f"{because}: its range is not known"))
    others = ", ".join(f"{it.source} says {it}" for it in in_docs(one.release) if str(it) != str(code))
    differ = f"; {others}" if others else ""
    if code.holds(kubernetes):
        return holds(one.name, f"Kubernetes {kubernetes.line} is within {code}{differ}")
    newest = tuple(minors())[-1]
    return broken(
        one.name,
        f"Karpenter {one.release} is made for Kubernetes {code}, and this is {kubernetes.line}{differ}",
        Evidence("version", f"Kubernetes {code}", kubernetes.line),
        by_hand(
            "upgrade Karpenter",
            "an upgrade is for whoever runs it, and the role may have to grant more first",
            f"keystone-check --policy karpenter --for karpenter={newest} --diff says what it lacks",
        ),
    )
