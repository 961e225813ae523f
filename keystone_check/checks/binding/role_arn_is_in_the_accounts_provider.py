"""The annotated role is in the account that has the provider.

## Why it matters
STS looks for the OIDC provider in the account of the role: a role of account B cannot be assumed through
a provider of account A. `No OpenIDConnect provider found in your account for https://…`
(InvalidIdentityToken) with a provider that is plainly there means the account beside it. Only the account
that our credentials are of can be read; whether another one has a provider of its own is not seen from
here.

## How to fix
Correct the account in the annotation, or create the provider in the role's account too. For a role elsewhere,
assume one here first and chain the roles.

## References
- https://repost.aws/knowledge-center/iam-oidc-idp-federation
- https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import RoleArn, read_role_arn
from keystone_check.model.aws import Caller
from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(accounts: Subjects[ServiceAccount], caller: Caller, expected: Expected) -> Iterator[Finding]:
    """One finding a bound service account."""
    wanted = {f"{binding.namespace}/{binding.name}": binding.role_arn for binding in expected.bindings}
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif (arn := read_role_arn(account.role_arn)) is None:
            yield not_applicable(name, "its annotation is no role ARN")
        elif arn.account == caller.account:
            yield holds(name)
        else:
            yield _elsewhere(name, account, arn, caller, wanted.get(name, ""))


def _elsewhere(name: str, account: ServiceAccount, arn: RoleArn, caller: Caller, wanted: str) -> Finding:
    right = read_role_arn(wanted)
    if right is None or right.account == arn.account:
        because = f"whether account {arn.account} has a provider: our credentials are of {caller.account}"
        return blocked(name, Missing(name, because))
    change = SetAnnotation(account.namespace, account.name, ROLE_ARN, account.role_arn, wanted)
    return broken(
        name,
        f"its role is annotated in account {arn.account}; the configuration expects it in {right.account}",
        Evidence(f"service account {name}", wanted, account.role_arn),
        Repair(
            f"annotate it with {wanted}",
            Safety.UNSAFE,
            "pods that use the role of the other account today lose it",
            (change,),
        ),
    )
