"""Every account that a namespace of ACK's resources names has a role, in a map that the controller reads.

## Why it matters
A namespace with the annotation `services.k8s.aws/owner-account-id` has its resources reconciled with the
role that the ConfigMap `ack-role-account-map` names for that account. Without an entry nothing happens:
`ACK.ResourceSynced` False, `IAM Role is not available`; the log says `key not found in CARM configmap` or
`CARM configmap not found`. An entry is needed even for the controller's own account. A controller that
watches some namespaces only does not read the map, and one with `--enable-carm=true` does not start with
the gate IAMRoleSelector: `cannot enable feature gate`; without the gate selectors are ignored, and
`ACK.IAMRoleSelected` never appears.

## How to fix
`kubectl -n ack-system edit configmap ack-role-account-map`: the account as key, the role's ARN as value.

## References
- https://aws-controllers-k8s.github.io/community/docs/user-docs/cross-account-resource-management/
- https://github.com/aws-controllers-k8s/community/issues/2011
- https://github.com/aws-controllers-k8s/community/issues/2727
"""

from collections.abc import Iterator

from keystone_check.checks.reconciling import by_hand, unseen
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, gap, holds
from keystone_check.model.operators import AckKind, Operator
from keystone_check.operators.ack.running import SELECTOR, Running, kinds_of, mapped, owners, running

severity = Severity.HIGH
MAP = "ack-role-account-map"
GATE = "IAMRoleSelector"


def judge(
    operators: Subjects[Operator], ack_kinds: Subjects[AckKind], role_map: Subjects[str] | Absent
) -> Iterator[Finding]:
    """One finding for each account without a role, or one for a controller."""
    yield from unseen(operators)
    for one in running(operators):
        amiss = [*_selectors(one, role_map), *_accounts(one, ack_kinds, role_map)]
        yield from amiss or [holds(one.name)]


def _selectors(one: Running, role_map: Subjects[str] | Absent) -> Iterator[Finding]:
    names = [] if isinstance(role_map, Absent) else [it for it, _ in role_map if it.startswith(SELECTOR)]
    if one.gate(GATE) and one.carm:
        yield _amiss(one, GATE, f"the gate {GATE} is on, and so is CARM: it does not start", "both")
    elif names and not one.gate(GATE):
        said = ", ".join(names)
        yield _amiss(one, GATE, f"there is {said}, and the gate {GATE} is off: nobody reads it", "gate off")


def _accounts(
    one: Running, ack_kinds: Subjects[AckKind], role_map: Subjects[str] | Absent
) -> Iterator[Finding]:
    kinds = [it for _, it in kinds_of(one, ack_kinds) if isinstance(it, AckKind)]
    own = one.operator.role_arn.split(":")[4:5]
    for account in owners(kinds):
        found = mapped(one, account, role_map)
        mine = ", its own account, which takes an entry too" if [account] == own else ""
        if isinstance(found, Missing) and not isinstance(role_map, Absent) and account in dict(role_map):
            yield gap(f"{one.name} {account}", found)
        elif not isinstance(found, str) or not found:
            seen = role_map.because if isinstance(role_map, Absent) else f"no entry for {account}"
            yield _amiss(one, account, f"resources belong to account {account}{mine}, and {seen}", seen)
        elif watched := one.operator.settings.get("ACK_WATCH_NAMESPACE", ""):
            yield _amiss(one, account, f"it watches {watched} alone, and reads no map then", watched)


def _amiss(one: Running, what: str, message: str, seen: str) -> Finding:
    namespace = one.name.partition("/")[0]
    steps = (
        f'kubectl -n {namespace} edit configmap {MAP}: data: {{"ACCOUNT": "arn:aws:iam::ACCOUNT:role/ROLE"}}',
        f"or, in the chart's values: enableCARM: false and featureGates.{GATE}: true, and an {GATE}",
    )
    return broken(
        f"{one.name} {what}",
        message,
        Evidence(
            f"configmap {MAP} and the controller's arguments", "a role that it reads and may assume", seen
        ),
        by_hand("say which role it takes", "which role is meant is not known here", *steps),
    )
