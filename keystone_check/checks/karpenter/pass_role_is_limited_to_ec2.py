"""Karpenter may pass the node roles to EC2, and no other role, to nothing else.

## Why it matters
Whoever may pass a role and start something with it has what that role may. A controller that passes any
role to EC2 lets everyone who may write an EC2NodeClass start a machine as an administrator; one that passes
the node role to other services lets them act as a node.

## How to fix
Name the node role as the statement's resource and `ec2.amazonaws.com` under `iam:PassedToService`, as
`keystone-check --policy karpenter` writes it.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from collections.abc import Iterator

from keystone_check.checks.granting import READ_BY, Asker, by_hand, narrow, untold
from keystone_check.checks.karpenting import askers
from keystone_check.iam.request import Request
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.granted import Granted, Law, Open
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.running import Around, Running
from keystone_check.operators.need import Need
from keystone_check.operators.weighed import as_far_as_read

severity = Severity.MEDIUM
TO = "iam:PassedToService"
ANOTHER = "lambda.amazonaws.com"
STRANGER = "a-role-that-no-node-gets"


def judge(
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass],
    node_pools: Subjects[NodePool] | Absent,
    node_roles: Subjects[NodeRole],
    instance_profiles: Subjects[InstanceProfile],
    keys: Subjects[Key],
    nodes: Subjects[Node],
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for a Karpenter."""
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller)
    yield from askers(operators, around, permissions, _judged)


def _judged(asker: Asker, one: Running, installed: Installation) -> Iterator[Finding]:
    passing = next((need for need in asker.needs if need.action == "iam:PassRole"), None)
    if passing is None:
        return
    law = Law(as_far_as_read(asker.permissions))
    untold_of: Open | None = None
    stranger = f"arn:{installed.partition}:iam::{installed.account}:role/{STRANGER}"
    for resource, service, what in (
        (stranger, "ec2.amazonaws.com", "any role to EC2"),
        (passing.resource, ANOTHER, f"the node role to other services, such as {ANOTHER}"),
    ):
        answer = law.answer(_asked(passing, resource, service))
        if isinstance(answer, Granted):
            yield broken(
                one.name,
                f"role {asker.role} may pass {what}: {answer.statement.name} allows it",
                Evidence(
                    f"{READ_BY} of {asker.role}", f"{passing.resource} alone, to EC2", f"it may pass {what}"
                ),
                narrow(asker, answer.statement.__eq__) or by_hand(asker, "iam:PassRole"),
            )
            return
        if isinstance(answer, Open):
            untold_of = untold_of or answer
    yield untold(asker, untold_of) if untold_of else holds(one.name)


def _asked(passing: Need, resource: str, service: str) -> Need:
    known = passing.request
    context = {**known.context, TO: service}
    return Need(Request(known.action, resource, known.principal, context, known.unknown), "", "", "")
