"""No ACK controller's role grants every service.

## Why it matters
Whoever may write a resource of ACK does what the controller's role may. `AdministratorAccess` and
`PowerUserAccess` (which applicationautoscaling recommends) let a fault in one kind reach everything in the
account. A whole service of its own, as `AmazonS3FullAccess`, is what most controllers recommend: that is
information, and no fault.

## How to fix
Attach what `keystone-check --policy ack` prints, and detach the rest; `--diff` says what that is.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
- https://aws-controllers-k8s.github.io/community/docs/user-docs/authorization/
"""

from collections.abc import Iterator

from keystone_check.checks.granting import READ_BY, Asker, narrow, own_gap
from keystone_check.checks.overgranting import FULL, grants, too_wide
from keystone_check.checks.reconciling import askers, by_hand
from keystone_check.iam.language import Statement
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, blocked, broken, holds
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.running import Running

severity = Severity.LOW


def judge(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
) -> Iterator[Finding]:
    """One finding for a controller."""
    yield from askers(operators, ack_kinds, role_map, permissions, caller, _judged)


def _judged(asker: Asker, one: Running) -> Iterator[Finding]:
    wide = [(policy, it, said) for policy, it in grants(asker.permissions) if (said := too_wide(it))]
    all_of_it = [f"{said} ({policy})" for policy, it, said in wide if _full(it)]
    if not all_of_it and (unread := own_gap(asker.permissions)):
        yield blocked(one.name, unread)
        return
    if not all_of_it:
        services = ", ".join(dict.fromkeys(said for _, _, said in wide))
        yield holds(one.name, f"it grants whole services: {services}" if services else "")
        return
    yield broken(
        one.name,
        f"role {asker.role} grants {'; '.join(all_of_it)}",
        Evidence(f"{READ_BY} of {asker.role}", "actions of its own service", "; ".join(all_of_it)),
        narrow(asker, _full)
        or by_hand(
            "grant what it needs, and no more",
            "taking grants away may take away what something else uses the role for",
            "keystone-check --policy ack --diff says what would go and what would come",
        ),
    )


def _full(statement: Statement) -> bool:
    return statement.not_actions or bool(set(statement.actions) & set(FULL))
