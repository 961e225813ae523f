"""Karpenter's role grants no whole services, and no ending of instances that it did not start.

## Why it matters
Whoever can make Karpenter do something, or has its token, has what its role may. `AdministratorAccess`,
`ec2:*` or a deletion without the cluster's tag lets a fault in one cluster end the machines of another.
Actions of the release's own template that nothing here needs (`eks:DescribeCluster` on a cluster of one's
own) are information, and no fault.

## How to fix
Attach what `keystone-check --policy karpenter` prints, and detach the rest; `--diff` says what that is.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
- https://karpenter.sh/docs/reference/cloudformation/
"""

from collections.abc import Iterator

from keystone_check.checks.granting import READ_BY, Asker, narrow, own_gap, untold
from keystone_check.checks.karpenting import askers, by_hand
from keystone_check.checks.overgranting import grants, named, too_wide
from keystone_check.iam.request import Request
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Severity, blocked, broken, holds
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.granted import Granted, Law, Open
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.running import Around, Running
from keystone_check.operators.need import Need
from keystone_check.operators.weighed import as_far_as_read

severity = Severity.LOW
ENDS = "ec2:TerminateInstances"


def judge(
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent,
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


def _judged(asker: Asker, one: Running, _: Installation) -> Iterator[Finding]:
    wide = [f"{wide} ({policy})" for policy, it in grants(asker.permissions) if (wide := too_wide(it))]
    if wide:
        mends = narrow(asker, lambda it: bool(too_wide(it)))
        yield _amiss(asker, f"grants {'; '.join(wide)}", "; ".join(wide), mends)
        return
    ending = next((need for need in asker.needs if need.action == ENDS), None)
    answer = Law(as_far_as_read(asker.permissions)).answer(_of_anybody(ending)) if ending else None
    if isinstance(answer, Granted):
        said = f"may end instances that have no tag of this cluster: {answer.statement.name}"
        yield _amiss(asker, said, answer.statement.name, narrow(asker, answer.statement.__eq__))
        return
    if unread := own_gap(asker.permissions):
        yield blocked(asker.name, unread)
        return
    if isinstance(answer, Open):
        yield untold(asker, answer)
        return
    spare = sorted(set(named(asker.permissions)) - {need.action for need in asker.needs})
    plain = [action for action in spare if "*" not in action]
    yield holds(one.name, f"nothing here asks for {', '.join(plain)}" if plain else "")


def _of_anybody(need: Need) -> Need:
    """The same of an instance without tags."""
    known = need.request
    context = {key: value for key, value in known.context.items() if "Tag" not in key}
    request = Request(known.action, known.resource, known.principal, context, known.unknown)
    return Need(request, need.feature, need.why, need.effect)


def _amiss(asker: Asker, message: str, seen: str, mends: Repair | None) -> Finding:
    return broken(
        asker.name,
        f"role {asker.role} {message}",
        Evidence(
            f"{READ_BY} of {asker.role}", "what keystone-check --policy karpenter prints, and no more", seen
        ),
        mends
        or by_hand(
            "grant what it needs, and no more",
            "taking grants away may take away what something else uses the role for",
            "keystone-check --policy karpenter --diff says what would go and what would come",
        ),
    )
