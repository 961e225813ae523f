"""An audience that is annotated is one of the provider's client ids.

## Why it matters
`eks.amazonaws.com/audience` overrides the webhook's default for the tokens of one service account. An
audience that the provider does not know gets `Incorrect token audience` (InvalidIdentityToken), for this
account alone, while its neighbours go on. In China the audience is `sts.amazonaws.com` too, unless
somebody registered another.

## How to fix
Remove the annotation, so that the default holds, or register the audience as a client id.

## References
- https://github.com/aws/amazon-eks-pod-identity-webhook
- https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors
"""

from collections.abc import Iterator

from keystone_check.iam.arns import provider_arn, read_role_arn
from keystone_check.model.aws import Provider
from keystone_check.model.cluster import AUDIENCE, Issuer, ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
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

severity = Severity.HIGH


def judge(
    accounts: Subjects[ServiceAccount], providers: Subjects[Provider], issuer: Issuer, expected: Expected
) -> Iterator[Finding]:
    """One finding a bound service account."""
    known = dict(providers)
    for name, account in accounts:
        if isinstance(account, Absent | Missing):
            yield gap(name, account)
        elif AUDIENCE not in account.annotations:
            yield holds(name, f"it annotates no audience, so its tokens are for {expected.audience}")
        elif (arn := read_role_arn(account.role_arn)) is None:
            yield not_applicable(name, "its annotation is no role ARN")
        else:
            wanted = provider_arn(arn.partition, arn.account, issuer.url)
            provider = known.get(wanted, Absent(wanted, f"there is no provider {wanted}"))
            if isinstance(provider, Provider):
                yield _judged(name, account, provider, expected.audience)
            else:
                yield gap(name, provider)


def _judged(name: str, account: ServiceAccount, provider: Provider, default: str) -> Finding:
    annotated = account.annotations[AUDIENCE]
    if account.audience(default) in provider.client_ids:
        return holds(name)
    listed = ", ".join(map(ascii, provider.client_ids)) or "none"
    return broken(
        name,
        f"it annotates the audience {annotated!a}; the provider's client ids are {listed}",
        Evidence(f"service account {name}", listed, ascii(annotated)),
        Repair(
            "remove the annotation, or register the audience",
            Safety.MANUAL,
            "whether the audience is meant is not known here",
            steps=(
                f"kubectl -n {account.namespace} annotate serviceaccount {account.name} {AUDIENCE}-",
                f"or: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "
                f"{provider.arn} --client-id '{annotated}'",
            ),
        ),
    )
