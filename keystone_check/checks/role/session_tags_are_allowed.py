"""The trust policy allows the session tags that the token carries.

## Why it matters
A token with the claim `https://aws.amazon.com/tags` makes STS ask for `sts:TagSession` as well, and a role
whose trust policy does not allow it answers `Not authorized to perform sts:AssumeRoleWithWebIdentity`
(AccessDenied), whatever else it allows. It breaks every role of the provider at once. The API server itself
mints no such claim; an external signer or a proxy in between may.

## How to fix
Allow `["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]` in the statement, or mint tokens without the
claim.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
"""

from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.iam.evaluate import Allowed, Denied
from keystone_check.iam.sts_shapes import TAGS
from keystone_check.iam.trust import tagging_decision, trust_decision
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, ServiceAccount, Token
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount],
    roles: Subjects[Role],
    tokens: Subjects[Token],
    issuer: Issuer,
    expected: Expected,
) -> Iterator[Finding]:
    """One finding a bound service account."""

    def judged(meeting: trusting.Meeting) -> Finding:
        token = tokens[meeting.name]
        return _judged(meeting, token) if isinstance(token, Token) else gap(meeting.name, token)

    return trusting.each(accounts, roles, issuer, expected, judged)


def _judged(meeting: trusting.Meeting, token: Token) -> Finding:
    if TAGS not in token.claims:
        return holds(meeting.name, "its token carries no session tags")
    facts = (meeting.role.trust, meeting.provider_arn, token.issuer, token.claims)
    if not isinstance(trust_decision(*facts), Allowed):
        return not_applicable(meeting.name, "the trust policy does not let the token in, tags or not")
    match tagging_decision(*facts):
        case Allowed():
            return holds(meeting.name)
        case Denied(because=because):
            return broken(
                meeting.name,
                f"its token carries session tags, and {meeting.role.arn} does not allow sts:TagSession",
                Evidence("iam:GetRole, evaluated", "sts:TagSession allowed", because),
                _by_hand(meeting.role),
            )
        case undecided:
            return trusting.unreadable(meeting, undecided)


def _by_hand(role: Role) -> Repair:
    return Repair(
        "allow sts:TagSession, or mint tokens without tags",
        Safety.MANUAL,
        "whether tags from the token may decide about access is for the role's owner to say",
        steps=(
            'in the statement: "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]',
            f"aws iam update-assume-role-policy --role-name {role.arn.rpartition('/')[2]} "
            "--policy-document file://trust.json",
        ),
    )
