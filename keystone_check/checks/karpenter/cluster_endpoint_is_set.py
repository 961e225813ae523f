"""Karpenter is told the address of the API server.

## Why it matters
Without CLUSTER_ENDPOINT Karpenter asks EKS, which knows no cluster of one's own: `failed detecting cluster
endpoint`, before 1.0 `unable to detect the cluster endpoint, failed to resolve cluster endpoint,
AccessDeniedException: … is not authorized to perform: eks:DescribeCluster`, and it ends, again and again.
Granting `eks:DescribeCluster` does not help: there is no such cluster.

## How to fix
Set `settings.clusterEndpoint` to the address that new nodes join at.

## References
- https://github.com/aws/karpenter-provider-aws/issues/6024
- https://github.com/aws/karpenter-provider-aws/issues/5737
- https://karpenter.sh/docs/reference/settings/
"""

from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, karpenters, self_hosted, setting, unseen
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.operators import Operator

severity = Severity.HIGH
SETTING = "CLUSTER_ENDPOINT"


def judge(operators: Subjects[Operator], cluster: Cluster) -> Iterator[Finding]:
    """One finding for a Karpenter of a cluster that is not EKS's."""
    yield from unseen(operators)
    for name, operator in karpenters(operators):
        if not self_hosted(cluster):
            continue
        endpoint = operator.settings.get(SETTING, "")
        if endpoint.startswith("https://") and len(endpoint) > len("https://"):
            yield holds(name)
            continue
        said = f"{SETTING} is {endpoint}, which is no https address" if endpoint else f"{SETTING} is not set"
        yield broken(
            name,
            f"{said}: Karpenter asks EKS for the endpoint, and EKS does not know this cluster",
            Evidence("its deployment", f"{SETTING}=https://…", endpoint or "nothing"),
            by_hand(
                "tell it the address that nodes join at",
                "the address that new nodes reach need not be the one that answers here",
                *setting(name, f"{SETTING}=https://ADDRESS:6443"),
            ),
        )
