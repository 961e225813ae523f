"""No two namespaces share a role.

## Why it matters
A role that workloads of several namespaces assume has the permissions of all of them: each may do what the
others need. CloudTrail tells them apart by the session's name only, and the trust policy grows with every one
of them towards its quota (`Cannot exceed quota for ACLSizePerRole: 2048`).

## How to fix
Give each a role of its own with what it needs. Where they do belong together, switch this check off for the
role, with the reason.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
- https://github.com/kubeflow/kubeflow/issues/6687
"""

from collections import defaultdict
from collections.abc import Iterator

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, blocked, broken, holds

severity = Severity.LOW


def judge(accounts: Subjects[ServiceAccount]) -> Iterator[Finding]:
    """One finding for each annotated role."""
    yield from (blocked(name, account) for name, account in accounts if isinstance(account, Missing))
    bound: dict[str, list[ServiceAccount]] = defaultdict(list)
    for _, account in accounts.seen():
        if read_role_arn(account.role_arn):
            bound[account.role_arn].append(account)
    for arn, sharing in bound.items():
        if len({account.namespace for account in sharing}) > 1:
            yield _shared(arn, sharing)
        else:
            yield holds(arn)


def _shared(arn: str, sharing: list[ServiceAccount]) -> Finding:
    names = ", ".join(f"{account.namespace}/{account.name}" for account in sharing)
    return broken(
        arn,
        f"accounts of several namespaces are bound to it: {names}",
        Evidence("annotations of service accounts", "accounts of one namespace", names),
        Repair(
            "give each a role of its own",
            Safety.MANUAL,
            "which permissions each of them needs is not known here",
            steps=(
                "aws iam create-role for each, with a trust policy for that account alone",
                "annotate each service account with its own role, and restart its pods",
            ),
        ),
    )
