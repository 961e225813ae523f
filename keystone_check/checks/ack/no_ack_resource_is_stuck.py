"""No resource of ACK waits for a permission.

## Why it matters
ACK says what AWS answered in the resource's conditions: `ACK.Recoverable` where it tries again,
`ACK.Terminal` where it does not. Not every refusal looks like one:

- `Resource already exists`, `already exists but is not managed by ACK`: the resource was created, and a
  later call, such as tagging it or `RevokeSecurityGroupEgress`, was refused; the action is in the log alone
- `Unable to create the resource. Verify that you have permission to create service linked role`: the first
  database of the account
- a database with `manageMasterUserPassword` takes `secretsmanager:CreateSecret` and `kms:DescribeKey`,
  which `AmazonRDSFullAccess` does not grant
- a node group takes `iam:ListAttachedRolePolicies` and `ec2:DescribeSubnets`, asked in the caller's name
- a function from an image takes `ecr:BatchGetImage`, and the first from a repository
  `ecr:SetRepositoryPolicy`
- `IAM Role is not available`: no role is mapped to the namespace's account

## How to fix
Grant what the finding names, or what the log names; after a partial create adopt the resource, or delete it
in AWS.

## References
- https://github.com/aws-controllers-k8s/community/issues/2849
- https://github.com/aws-controllers-k8s/community/issues/2671
- https://github.com/aws-controllers-k8s/community/issues/2164
- https://github.com/aws-controllers-k8s/rds-controller/pull/251
- https://github.com/aws-samples/eks-workshop-v2/issues/1609
"""

import re
from collections.abc import Iterator

from keystone_check.checks.granting import Asker
from keystone_check.checks.reconciling import askers, by_hand
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import AckKind, Condition, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.running import Running, kinds_of
from keystone_check.operators.causes import of_ack

severity = Severity.MEDIUM
_REFUSED = re.compile(
    r"AccessDenied|Unauthorized|not authorized|permission|forbidden|\b403\b|credential|already exists"
    r"|IAM Role is not available",
    re.IGNORECASE,
)
_ACTION = re.compile(r"authorized to perform:? ([a-z0-9-]+:\w+)")
_EXISTS = "already exists"


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for each resource that is stuck, or one for a controller."""

    def judged(asker: Asker, one: Running) -> Iterator[Finding]:
        stuck = [
            _told(asker, one, found.kind, resource, condition)
            for _, found in kinds_of(one, ack_kinds)
            if isinstance(found, AckKind)
            for resource, condition in found.stuck
            if _REFUSED.search(f"{condition.message} {condition.reason}")
        ]
        gaps = [gap(name, it) for name, it in kinds_of(one, ack_kinds) if isinstance(it, Missing)]
        yield from (*gaps, *stuck) if gaps or stuck else (holds(one.name, _others(one, ack_kinds)),)

    yield from askers(operators, ack_kinds, role_map, permissions, caller, judged)


def _others(one: Running, ack_kinds: Subjects[AckKind]) -> str:
    """Resources that are stuck for something else, which is not judged here."""
    kinds = (it for _, it in kinds_of(one, ack_kinds) if isinstance(it, AckKind))
    names = [f"{it.kind} {resource}" for it in kinds for resource, _ in it.stuck]
    return f"stuck, for no permission: {', '.join(names[:3])}" if names else ""


def _told(asker: Asker, one: Running, kind: str, resource: str, condition: Condition) -> Finding:
    said = condition.message or condition.reason
    action = found[1] if (found := _ACTION.search(said)) else ""
    known = of_ack(one.service, said, action)
    why = f"; as others found: {known.cause} ({known.source})" if known else ""
    namespace, _, deployment = one.name.partition("/")
    return broken(
        f"{kind} {resource}",
        f"{condition.type} is True: {said}{_lacks(asker, kind, action, said)}{why}",
        Evidence(f"{kind} {resource}", f"{condition.type} not True", said),
        by_hand(
            "grant what is refused",
            "what is found above comes first, and some refusals name no action",
            f"kubectl -n {namespace} logs deployment/{deployment} names the action",
            *((f"others had to grant {', '.join(known.actions)}",) if known and known.actions else ()),
            "keystone-check --policy ack prints what the controller itself asks for",
        ),
    )


def _lacks(asker: Asker, kind: str, action: str, said: str) -> str:
    """What the role does not grant of it, where that is known."""
    missing = [it.need.action for it in asker.weighed().missing]
    if action:
        return f"; the role lacks {action}" if action in missing else ""
    of_kind = [it.need.action for it in asker.weighed().missing if it.need.why == kind]
    if _EXISTS in said.lower() and of_kind:
        return (
            f"; it was created, and a later call refused: the role lacks {', '.join(dict.fromkeys(of_kind))}"
        )
    return f"; the role lacks {', '.join(dict.fromkeys(of_kind[:6]))}" if of_kind else ""
