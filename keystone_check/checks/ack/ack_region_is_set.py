"""Each ACK controller is told its region.

## Why it matters
A controller does not start without one, for it asks STS who it is: `Unable to create controller manager`.
In the umbrella chart values belong under `s3:`, not `s3-chart:`; under a wrong key they are dropped without
a word, and AWS_REGION stays empty: `no AWS_REGION found, even though the region is being passed`.

## How to fix
`aws.region` in the chart's values; in the umbrella chart `SERVICE.aws.region`.

## References
- https://github.com/aws-controllers-k8s/community/issues/1800
- https://aws-controllers-k8s.github.io/community/docs/user-docs/install/
"""

import re
from collections.abc import Iterator

from keystone_check.checks.reconciling import by_hand, unseen
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.operators import Operator
from keystone_check.operators.ack.running import running

severity = Severity.HIGH
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")


def judge(operators: Subjects[Operator]) -> Iterator[Finding]:
    """One finding for a controller."""
    yield from unseen(operators)
    for one in running(operators):
        if _REGION.fullmatch(one.region):
            yield holds(one.name)
            continue
        namespace, _, deployment = one.name.partition("/")
        yield broken(
            one.name,
            f"its region is {one.region!r}, which is none" if one.region else "no region is set for it",
            Evidence("its deployment", "AWS_REGION or --aws-region", one.region or "nothing"),
            by_hand(
                "tell it the region",
                "the deployment belongs to whatever installs it",
                f"aws.region in the chart's values, in the umbrella chart {one.service}.aws.region",
                f"at once: kubectl -n {namespace} set env deployment/{deployment} AWS_REGION=REGION",
            ),
        )
