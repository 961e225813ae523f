"""The trust policy leaves room under its quota.

## Why it matters
IAM counts a trust policy's characters without white space: 2,048 by default; the quota can be raised to
4,096, and newer editions of the page speak of 8,192. At about thirty subjects in one role the next one is
refused: `An error occurred (LimitExceeded) when calling the UpdateAssumeRolePolicy operation: Cannot
exceed quota for ACLSizePerRole: 2048`.

## How to fix
Give unrelated workloads roles of their own, or ask for a higher quota
(`aws service-quotas request-service-quota-increase`, "Role trust policy length").

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
- https://github.com/kubeflow/kubeflow/issues/6687
"""

import re
from collections.abc import Iterator

from keystone_check.checks import trusting
from keystone_check.model.aws import Role
from keystone_check.model.change import SetTrustPolicy
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds
from keystone_check.model.world import Expected

severity = Severity.MEDIUM
QUOTAS = (2048, 4096, 8192)
_SUBJECT = re.compile(r'"(system:serviceaccount:[^"]+)"')
ROOM = 248
"""Characters: two subjects and more. At 1800 of the default quota it is time to think of the next one."""


def judge(
    accounts: Subjects[ServiceAccount], roles: Subjects[Role], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""
    return trusting.each(accounts, roles, issuer, expected, _judged)


def _judged(meeting: trusting.Meeting) -> Finding:
    size = _size(meeting.role.trust)
    quota = _quota(size)
    mended = max(map(_size, _repaired(meeting)), default=size)
    if max(size, mended) <= quota - ROOM:
        return holds(meeting.name)
    would = "" if mended == size else f"; the repair of its conditions would make it {mended}"
    return broken(
        meeting.name,
        f"the trust policy of {meeting.role.arn} has {size} of {quota} characters{_for(meeting)}{would}",
        Evidence(
            "iam:GetRole", f"at most {quota - ROOM} characters without white space", f"{max(size, mended)}"
        ),
        Repair(
            "split the role, or raise the quota",
            Safety.MANUAL,
            "which of its statements may go is not known here",
            steps=(
                "give workloads that do not belong together roles of their own, or",
                "ask for more: aws service-quotas request-service-quota-increase --service-code iam",
                "(the quota is named Role trust policy length: aws service-quotas list-service-quotas)",
            ),
        ),
    )


def _for(meeting: trusting.Meeting) -> str:
    named = set(_SUBJECT.findall(meeting.role.trust))
    return f" for {len(named)} service accounts" if len(named) > 1 else ""


def _size(text: str) -> int:
    return sum(map(len, text.split()))


def _quota(size: int) -> int:
    """The account's quota is not to be read with the rights of a look: the least that holds the policy."""
    return next((quota for quota in QUOTAS if size <= quota), QUOTAS[-1])


def _repaired(meeting: trusting.Meeting) -> Iterator[str]:
    repair = trusting.repair(meeting)
    for change in repair.changes if repair else ():
        if isinstance(change, SetTrustPolicy):
            yield change.after
