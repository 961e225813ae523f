"""KMS keys of nodes' volumes are in use and let Karpenter's role start instances with them.

## Why it matters
EC2 uses the key in the name of whoever launches: Karpenter's role, not the node's. Where it may not, the
launch is accepted, and the instance ends at once, with `Client.InternalError: Client error on launch` or
`Client.InvalidKMSKey.InvalidState` as its state reason; Karpenter tries again and again, and no log of it
says KMS. No release's template grants anything on keys. A key of another account has to be opened in its
own policy as well.

## How to fix
Add the statement that the finding prints to the role, and let the key's policy delegate to the account or
name the role.

## References
- https://karpenter.sh/docs/troubleshooting/
- https://github.com/aws/karpenter-provider-aws/issues/1407
- https://github.com/aws-ia/terraform-aws-eks-blueprints/issues/2052
- https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from collections.abc import Iterator
from functools import partial

from keystone_check.checks.granting import Asker, by_hand, grant, own_right
from keystone_check.checks.karpenting import askers
from keystone_check.iam.evaluate import Allowed, Denied, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import Node, NodeClass, NodePool, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.granted import Law, Open, Refused
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.running import Around, Running
from keystone_check.operators.need import Need
from keystone_check.operators.weighed import alone

severity = Severity.HIGH


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
    """One finding for each key of each Karpenter's node classes."""
    around = Around(node_classes, node_pools, node_roles, instance_profiles, keys, nodes, caller)
    yield from askers(operators, around, permissions, partial(_judged, node_classes, keys))


def _judged(
    node_classes: Subjects[NodeClass], keys: Subjects[Key], asker: Asker, one: Running, _: Installation
) -> Iterator[Finding]:
    names = dict.fromkeys(name for _, it in node_classes.seen() for name in it.keys)
    for name in names:
        key = keys[name]
        if isinstance(key, Missing):
            yield gap(f"{one.name} {name}", key)
        elif isinstance(key, Absent):
            yield _amiss(asker, name, f"there is no key {name}", key.because)
        else:
            yield _of_key(asker, name, key)


def _of_key(asker: Asker, name: str, key: Key) -> Finding:
    subject = f"{asker.name} {name}"
    if not key.enabled:
        return _amiss(asker, name, f"key {name} is disabled or about to be deleted", "it is not enabled")
    if key.managed_by_aws:
        return holds(subject, "AWS's own key, which admits every principal of the account")
    if isinstance(key.policy, Missing):
        return gap(subject, key.policy)
    needs = [
        _granting(need) for need in asker.needs if need.feature == "volume keys" and need.resource == key.arn
    ]
    law, around = Law(alone(asker.permissions)), read(key.policy, PolicyKind.RESOURCE)
    for need in needs:
        asked = _as_role(need, asker.role_arn)
        decision, own = decide([around], asked), law.answer(need)
        if isinstance(decision, Denied):
            because = f"the key's policy does not allow {need.action} to {asker.role_arn}: {decision.because}"
            return _amiss(asker, name, because, decision.because)
        direct = isinstance(decision, Allowed) and _names(decision, asker.role_arn) and _own(key, asker)
        if isinstance(own, Refused) and not direct:
            because = f"role {asker.role} lacks {need.action} on key {name}, and EC2 uses it in its name"
            return _amiss(asker, name, because, own.because, need.action)
        if isinstance(own, Open) and not direct:
            return gap(subject, Missing(asker.role_arn, own.because, own_right(asker.permissions)))
    return holds(subject)


def _granting(need: Need) -> Need:
    """EC2 makes grants for itself alone, which key policies ask for."""
    known = need.request
    if known.action != "kms:CreateGrant":
        return need
    context = {**known.context, "kms:GrantIsForAWSResource": "true"}
    request = Request(known.action, known.resource, known.principal, context, known.unknown)
    return Need(request, need.feature, need.why, need.effect)


def _as_role(need: Need, role_arn: str) -> Request:
    known = need.request
    return Request(known.action, known.resource, AwsPrincipal(role_arn), known.context, known.unknown)


def _names(allowed: Allowed, role_arn: str) -> bool:
    principals = allowed.statement.principals
    return principals is not None and role_arn in principals.aws


def _own(key: Key, asker: Asker) -> bool:
    return key.arn.split(":")[4] == asker.role_arn.split(":")[4]


def _amiss(asker: Asker, name: str, message: str, seen: str, action: str = "") -> Finding:
    wanted = action or "kms:CreateGrant"
    return broken(
        f"{asker.name} {name}",
        f"{message}: instances end at once with Client.InternalError or Client.InvalidKMSKey.InvalidState",
        Evidence(
            "kms:GetKeyPolicy and the role's policies", f"{wanted} on {name} for {asker.role_arn}", seen
        ),
        (grant(asker) if action else None) or by_hand(asker, wanted),
    )
