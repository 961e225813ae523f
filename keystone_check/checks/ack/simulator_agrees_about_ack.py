"""IAM's policy simulator answers about the roles of ACK's controllers as their policies say.

## Why it matters
keystone-check weighs the policies that it can read. AWS has all of them: service control policies that only
the organization's own accounts may read, and a policy language that we may have read wrongly. With
`--second-opinion` IAM's own policy simulator judges the very same requests, and where both differ one of us
is wrong. Seen first in `ACK.Recoverable` of a resource: `is not authorized to perform: s3:CreateBucket on
resource: … with an explicit deny in a service control policy`, although the role's policies grant it.

It is asked with `--second-opinion` only, many requests in one question, and it calls nothing. The right is
`iam:SimulatePrincipalPolicy`. AWS itself says that its results can differ from the live environment:

- Policies of resources (keys, queues, buckets) are not weighed for roles, neither there nor in this check.
- A condition key that nobody told it counts as missing. Such refusals are told as not compared; but of a
  service control policy's conditions the simulator did not tell which key it lacked, and for years it left
  such policies out.
- Resource control policies, and the policies of VPC endpoints, are not part of it.

What could not be compared is told in a line of its own, which neither passes nor fails.

## How to fix
Believe the layer that AWS names: have the organization except the role, or widen the boundary. Where AWS
allows what is refused here, and a real call works, keep a snapshot (`--save FILE`) and report it.

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
- https://github.com/aws/aws-sdk/issues/102
- https://github.com/aws/aws-cli/issues/10525
"""

from collections.abc import Iterator

from keystone_check.checks.granting import Asker
from keystone_check.checks.opining import second_opinion
from keystone_check.checks.reconciling import askers
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.opinion import Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.running import Running

severity = Severity.MEDIUM


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    opinions: Subjects[Opinions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each action about which both disagree, or one for each controller otherwise."""

    def judged(asker: Asker, _: Running) -> Iterator[Finding]:
        yield from second_opinion(asker, opinions[asker.name])

    yield from askers(operators, ack_kinds, role_map, permissions, caller, judged)
