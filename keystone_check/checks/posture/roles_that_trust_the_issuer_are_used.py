"""Every role that trusts the issuer has a service account that is bound to it.

## Why it matters
A role that nothing uses any more keeps its permissions and its trust. Whoever may create the service account
that it names, or get a token for it, has them. It is judged only where the service accounts of all namespaces
were listed; accounts that are bound in another way than by annotation (a hand-written volume, another
controller) do not show here.

## How to fix
Delete the role, or annotate the service account that it is for.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html
"""

from collections.abc import Iterator

from keystone_check.model.aws import Role
from keystone_check.model.cluster import Listing, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
    not_applicable,
)
from keystone_check.model.world import Expected

severity = Severity.LOW


def judge(
    trusting_roles: Subjects[Role],
    accounts: Subjects[ServiceAccount],
    listed: Listing,
    expected: Expected,
) -> Iterator[Finding]:
    """One finding for each role that names the issuer."""
    used = {account.role_arn for _, account in accounts.seen()}
    used |= {binding.role_arn for binding in expected.bindings}
    unread = next((account for _, account in accounts if isinstance(account, Missing)), None)
    for arn, _ in trusting_roles.seen():
        # An annotation without the path means the role of that name, and another check says so.
        if arn in used or any(_name(one) == _name(arn) for one in used):
            yield holds(arn)
        elif not listed.whole:
            yield not_applicable(arn, "not all service accounts were listed, so its user may be elsewhere")
        elif unread is not None:
            yield blocked(arn, unread)
        else:
            yield _unused(arn, len(used))


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _unused(arn: str, used: int) -> Finding:
    return broken(
        arn,
        "it trusts the issuer, and no service account is bound to it",
        Evidence("iam:ListRoles", "a service account with its ARN", f"{used} other roles are bound to"),
        Repair(
            "delete the role, or bind the account that it is for",
            Safety.MANUAL,
            "what else may use it is not known here",
            steps=(
                f"aws iam get-role --role-name {_name(arn)} --query Role.RoleLastUsed",
                f"if nothing uses it: detach its policies, then aws iam delete-role --role-name {_name(arn)}",
            ),
        ),
    )
