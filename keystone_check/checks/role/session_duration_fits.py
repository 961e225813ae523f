"""The role allows sessions as long as workloads ask for.

## Why it matters
A role's `MaxSessionDuration` is an hour unless somebody raised it. A workload that asks for more
(`DurationSeconds`, `AWS_ROLE_DURATION_SECONDS`, `duration_seconds` in a profile) gets
`An error occurred (ValidationError) when calling the AssumeRoleWithWebIdentity operation: The requested
DurationSeconds exceeds the MaxSessionDuration set for this role.` SDKs that are not told otherwise ask for an
hour, which every role allows. How long a token lives has nothing to do with it.

## How to fix
Ask for less, or `aws iam update-role --role-name NAME --max-session-duration SECONDS` (at most 43200). What
workloads ask for is told by `session_seconds` in the configuration.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html
- https://github.com/d2a4u/sqs4s/issues/270
"""

from collections.abc import Iterator

from keystone_check.checks import lasting, trusting
from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(
    accounts: Subjects[ServiceAccount], roles: Subjects[Role], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""

    def judged(meeting: trusting.Meeting) -> Finding:
        return _judged(meeting.name, meeting.role, expected.session_seconds)

    return trusting.each(accounts, roles, issuer, expected, judged)


def _judged(name: str, role: Role, asked: int) -> Finding:
    if asked <= role.max_session_seconds:
        return holds(name)
    return broken(
        name,
        f"sessions of {asked} seconds are asked for; {role.arn} allows {role.max_session_seconds}",
        Evidence("iam:GetRole", f"MaxSessionDuration of {asked} or more", str(role.max_session_seconds)),
        lasting.repair(role, asked),
    )
