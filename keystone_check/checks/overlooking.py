"""What the checks of posture share: roles before subjects that should not get in."""

from keystone_check.iam.arns import provider_arn, read_role_arn
from keystone_check.iam.evaluate import Decision, Undecided
from keystone_check.iam.trust import trust_decision
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Finding, Repair, Safety, blocked

NOBODY = "system:serviceaccount:keystone-nowhere:keystone-nobody"
"""A service account that no cluster has."""


def decision(role: Role, issuer: Issuer, subject: str, audience: str) -> Decision:
    """What the role's trust policy decides on this subject."""
    parts = read_role_arn(role.arn)
    if parts is None:
        return Undecided((f"{role.arn} is no role ARN",))
    provider = provider_arn(parts.partition, parts.account, issuer.url)
    return trust_decision(role.trust, provider, issuer.url, {"sub": subject, "aud": audience}, role.arn)


def unreadable(arn: str, undecided: Undecided) -> Finding:
    """A trust policy that nobody here can read is not judged."""
    return blocked(arn, Missing(arn, str(undecided)))


def by_hand(arn: str, title: str) -> Repair:
    """Whom the role is for is not known here."""
    name = arn.rpartition("/")[2]
    return Repair(
        title,
        Safety.MANUAL,
        "whom the role is for is not known here",
        steps=(
            f"aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json",
            "name whom it is for under StringEquals: system:serviceaccount:NAMESPACE:NAME",
            f"aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
        ),
    )
