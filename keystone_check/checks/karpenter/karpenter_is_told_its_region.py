"""Karpenter is told a region, and it is that of the cluster's own nodes.

## Why it matters
Karpenter's chart sets no AWS_REGION. The pod identity webhook gives it one; without both the pod asks the
instance metadata service, which pods often cannot reach, and ends: `unable to determine region from IMDS`.
An empty value keeps the webhook from setting a better one. In another region than the nodes' it finds
neither subnets nor queue.

## How to fix
Set `controller.env` in the chart's values: AWS_REGION with the region's name.

## References
- https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/operator/operator.go
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""

import re
from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand, karpenters, setting, unseen
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.operators import Node, Operator
from keystone_check.operators.karpenter.running import on_aws

severity = Severity.HIGH
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")


def judge(operators: Subjects[Operator], nodes: Subjects[Node]) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    yield from unseen(operators)
    zones = {node.provider_id.split("/")[3] for _, node in nodes.seen() if on_aws(node) and not node.pool}
    for name, operator in karpenters(operators):
        region = operator.settings.get("AWS_REGION")
        if region is None:
            yield holds(name, "AWS_REGION is not in its template: the webhook or the node has to tell it")
        elif not _REGION.fullmatch(region):
            yield _amiss(name, f"AWS_REGION is {region!r}, which is no region", "a region", region)
        elif zones and not any(zone.startswith(region) for zone in zones):
            said = ", ".join(sorted(zones))
            yield _amiss(name, f"AWS_REGION is {region}, and the nodes are in {said}", said, region)
        else:
            yield holds(name)


def _amiss(name: str, message: str, expected: str, seen: str) -> Finding:
    return broken(
        name,
        message,
        Evidence("its deployment", f"AWS_REGION: {expected}", f"AWS_REGION: {seen!r}"),
        by_hand(
            "tell it the region",
            "the deployment belongs to whatever installs it",
            *setting(name, "AWS_REGION=REGION"),
        ),
    )
