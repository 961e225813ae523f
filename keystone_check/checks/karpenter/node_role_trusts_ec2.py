"""The role that nodes get lets EC2 assume it.

## Why it matters
An instance gets the credentials of its role because EC2 assumes it. Where the trust policy names something
else, the instance starts without credentials: it cannot pull from ECR, the kubelet's user data cannot read
what it needs, and the node never registers.

## How to fix
Let the trust policy allow `sts:AssumeRole` to the service `ec2.amazonaws.com`.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html
- https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
"""

import json
from collections.abc import Iterator

from keystone_check.checks.karpenting import by_hand
from keystone_check.iam.evaluate import Allowed, Undecided, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import Request, Service
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, gap, holds
from keystone_check.model.launching import NodeRole

severity = Severity.HIGH
SERVICES = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn")


def judge(node_roles: Subjects[NodeRole]) -> Iterator[Finding]:
    """One finding for each role of nodes that exists."""
    for name, role in node_roles:
        if isinstance(role, Missing):
            yield gap(name, role)
        elif not isinstance(role, Absent):
            yield _judged(name, role)


def _judged(name: str, role: NodeRole) -> Finding:
    services = SERVICES[:1] if ":aws:" in role.arn else SERVICES
    asked = [Request("sts:AssumeRole", role.arn, Service(service), {}, ("*",)) for service in services]
    law = [read(role.trust, PolicyKind.TRUST)]
    decisions = [decide(law, request) for request in asked]
    if any(isinstance(it, Allowed) for it in decisions):
        return holds(name)
    if unknown := next((it for it in decisions if isinstance(it, Undecided)), None):
        return blocked(name, Missing(role.arn, str(unknown)))
    statement = {"Effect": "Allow", "Principal": {"Service": services[0]}, "Action": "sts:AssumeRole"}
    return broken(
        name,
        f"{role.arn} does not let EC2 assume it: instances start without credentials",
        Evidence("iam:GetRole", f"a trust policy that allows sts:AssumeRole to {services[0]}", role.trust),
        by_hand(
            "let EC2 assume it",
            "what else the role is used for is not known here",
            f"aws iam update-assume-role-policy --role-name {name.rpartition('/')[2]} "
            "--policy-document FILE, with:",
            json.dumps(statement),
        ),
    )
