"""The annotations hold no stray white space and no invisible characters.

## Why it matters
A value that was pasted with a space, a line break or a zero-width character looks right everywhere it is
printed. The webhook passes it on: a role gets `Request ARN is invalid` (ValidationError), an audience
`Incorrect token audience` (InvalidIdentityToken); a number or a boolean is ignored without a word.

## How to fix
Write the annotation again, by hand: `kubectl -n NAMESPACE annotate serviceaccount NAME --overwrite
KEY=VALUE`.

## References
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
- https://github.com/aws/amazon-eks-pod-identity-webhook
"""

from collections.abc import Iterator

from keystone_check.model.change import SetAnnotation
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds

severity = Severity.HIGH


def judge(accounts: Subjects[ServiceAccount]) -> Iterator[Finding]:
    """One finding a bound service account."""
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
            continue
        stray = {key: value for key, value in account.annotations.items() if _clean(value) != value}
        yield _stray(name, account, stray) if stray else holds(name)


def _clean(value: str) -> str:
    """No value of these annotations has white space or invisible characters in it."""
    return "".join(character for character in value if character.isprintable() and not character.isspace())


def _stray(name: str, account: ServiceAccount, stray: dict[str, str]) -> Finding:
    seen = ", ".join(f"{key}={value!a}" for key, value in stray.items())
    # A role's ARN may be bent in other ways too, and is mended where that is judged.
    changes = tuple(
        SetAnnotation(account.namespace, account.name, key, value, _clean(value))
        for key, value in stray.items()
        if key != ROLE_ARN
    )
    repair = Repair(
        "write the annotations without them", Safety.SAFE, "no value has such characters in it", changes
    )
    return broken(
        name,
        f"its annotations hold white space or invisible characters: {seen}",
        Evidence(f"service account {name}", "visible characters alone", seen),
        repair if changes else None,
    )
