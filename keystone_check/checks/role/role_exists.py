"""The annotated role exists.

## Why it matters
STS does not say that a role is missing: the answer is the same
`Not authorized to perform sts:AssumeRoleWithWebIdentity` (AccessDenied) as for a trust policy that says no.
Typical causes are a role of another environment, a name that was cut at 64 characters, or a path that is
missing in the annotation.

## How to fix
Create the role with a trust policy for the service account, or correct the annotation. A role that is created
from here lets in the bound accounts alone, by `:sub` and `:aud`, and has no permissions: attach those that
the workload needs.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import RoleArn, provider_arn, read_role_arn
from keystone_check.iam.oidc import issuer_problem
from keystone_check.iam.trust import mended
from keystone_check.model.aws import Caller, Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.creation import CreateRole
from keystone_check.model.facts import Absent, Missing, Subjects
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

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount],
    roles: Subjects[Role],
    issuer: Issuer,
    caller: Caller | Missing,
    expected: Expected,
) -> Iterator[Finding]:
    """One finding for each annotated role."""
    yield from (blocked(name, account) for name, account in accounts if isinstance(account, Missing))
    for arn in dict.fromkeys(account.role_arn for _, account in accounts.seen()):
        if not read_role_arn(arn):
            yield not_applicable(arn, "it is no role ARN")
            continue
        match roles[arn]:
            case Role():
                yield holds(arn)
            case Missing() as missing:
                yield blocked(arn, missing)
            case Absent() as absent:
                bound = tuple(account for _, account in accounts.seen() if account.role_arn == arn)
                yield _absent(arn, absent, _repair(arn, bound, issuer, caller, expected))


def _absent(arn: str, absent: Absent, repair: Repair) -> Finding:
    return broken(
        arn,
        f"there is no role {arn}",
        Evidence("iam:GetRole", arn, absent.because),
        repair,
    )


def _repair(
    arn: str,
    bound: tuple[ServiceAccount, ...],
    issuer: Issuer,
    caller: Caller | Missing,
    expected: Expected,
) -> Repair:
    """Make the role for the accounts that are bound to it; by hand where it cannot be made from here."""
    place, audiences = read_role_arn(arn), {account.audience(expected.audience) for account in bound}
    if place is None or not _ours(place, caller) or len(audiences) != 1 or issuer_problem(issuer.url):
        return _by_hand(arn)
    provider = provider_arn(place.partition, place.account, issuer.url)
    subjects = tuple(account.subject for account in bound)
    trust = mended("", provider, issuer.url, subjects, audiences.pop())
    wanted = {(binding.namespace, binding.name) for binding in expected.bindings if binding.role_arn == arn}
    declared = {(account.namespace, account.name) for account in bound} <= wanted
    return Repair(
        f"create the role for {' and '.join(subjects)}, without permissions",
        Safety.SAFE if declared else Safety.UNSAFE,
        _DECLARED if declared else _ANNOTATED,
        (CreateRole(arn, trust),),
        (f"attach to {arn.rpartition('/')[2]} the policies that its workload needs: it is made with none",),
    )


def _ours(place: RoleArn, caller: Caller | Missing) -> bool:
    if isinstance(caller, Missing):
        return False
    return (place.partition, place.account) == (caller.partition, caller.account)


_DECLARED = "the configuration declares the binding; the role lets in nobody else and has no permissions"
_ANNOTATED = (
    "an annotation alone asks for it, and policies elsewhere that name the ARN let the role in; "
    "it is made without permissions of its own"
)


def _by_hand(arn: str) -> Repair:
    name = arn.rpartition("/")[2]
    return Repair(
        "create the role, or name the right one in the annotation",
        Safety.MANUAL,
        "it is of another account or partition, or its accounts' tokens carry different audiences",
        steps=(
            f"aws iam create-role --role-name {name} --assume-role-policy-document file://trust.json",
            "then attach the policies that its workload needs, and look again",
        ),
    )
