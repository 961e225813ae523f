"""The role ARN in the annotation is well formed.

## Why it matters
The pod identity webhook only logs a malformed ARN and injects it all the same; STS answers
`Request ARN is invalid` (ValidationError). Seen in the wild: `role:` for `role/`, a doubled colon, an ARN of
a provider or of a certificate, an empty account id, a space at the end.

## How to fix
Write `arn:PARTITION:iam::ACCOUNT:role/NAME` into the annotation `eks.amazonaws.com/role-arn`, and restart the
pods: the webhook changes only new ones.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
- https://github.com/aws/amazon-eks-pod-identity-webhook
"""

from collections.abc import Iterator

from keystone_check.iam.arns import corrected_role_arn, read_role_arn
from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.world import Expected

severity = Severity.CRITICAL


def judge(accounts: Subjects[ServiceAccount], expected: Expected) -> Iterator[Finding]:
    """One finding a bound service account."""
    wanted = {f"{binding.namespace}/{binding.name}": binding.role_arn for binding in expected.bindings}
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif read_role_arn(account.role_arn):
            yield holds(name)
        else:
            likely = (wanted.get(name), corrected_role_arn(account.role_arn))
            yield _bent(name, account, next((arn for arn in likely if arn and read_role_arn(arn)), None))


def _bent(name: str, account: ServiceAccount, right: str | None) -> Finding:
    written = account.role_arn
    shown = ascii(written)[1:-1] if written else "no annotation"
    return broken(
        name,
        f"its annotation {ROLE_ARN} is no role ARN: {shown}{_named(shown)}",
        Evidence(f"service account {name}", right or "arn:PARTITION:iam::ACCOUNT:role/NAME", shown),
        _repair(account, right) if right else _by_hand(name),
    )


def _named(shown: str) -> str:
    """What an ARN of something else names: a certificate, a provider."""
    parts = shown.split(":", 5)
    kind, slash, name = parts[-1].partition("/")
    if len(parts) < 6 or parts[0] != "arn" or not (slash and name) or kind == "role":
        return ""
    return f"; it names a {kind} of {parts[2]}"


def _repair(account: ServiceAccount, right: str) -> Repair:
    before = account.annotations.get(ROLE_ARN)
    change = SetAnnotation(account.namespace, account.name, ROLE_ARN, before, right)
    return Repair(
        f"annotate it with {right}", Safety.SAFE, "what is written there names no role at all", (change,)
    )


def _by_hand(name: str) -> Repair:
    namespace, _, account = name.partition("/")
    return Repair(
        "annotate it with its role",
        Safety.MANUAL,
        "what is written there does not tell which role is meant",
        steps=(
            f"kubectl -n {namespace} annotate serviceaccount {account} --overwrite "
            f"{ROLE_ARN}=arn:aws:iam::ACCOUNT:role/NAME",
        ),
    )
