"""The provider has room for the audience that tokens carry.

## Why it matters
A provider takes 100 client ids. When they are used up, adding the audience that a service account asks for
ends in `LimitExceeded` (`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100`), and its pods get
`Incorrect token audience` (InvalidIdentityToken).

## How to fix
Remove client ids that nobody asks for. One audience is enough for all service accounts of a cluster.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import provider_arn
from keystone_check.iam.oidc import CLIENT_IDS_PER_PROVIDER
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.cluster import Issuer, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
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

severity = Severity.MEDIUM


def judge(
    issuer: Issuer,
    providers: Subjects[Provider],
    accounts: Subjects[ServiceAccount],
    caller: Caller,
    expected: Expected,
) -> Iterator[Finding]:
    """One finding, about the issuer's provider."""
    arn = provider_arn(caller.partition, caller.account, issuer.url)
    wanted = dict.fromkeys(account.audience(expected.audience) for _, account in accounts.seen())
    match dict(providers).get(arn):
        case Provider() as provider:
            yield _judged(provider, tuple(item for item in wanted if item not in provider.client_ids))
        case Missing() as missing:
            yield blocked(arn, missing)
        case _:
            yield not_applicable(arn, f"there is no provider {arn}")


def _judged(provider: Provider, lacking: tuple[str, ...]) -> Finding:
    number = len(provider.client_ids)
    if number + len(lacking) <= CLIENT_IDS_PER_PROVIDER:
        full = f"{number} of {CLIENT_IDS_PER_PROVIDER} client ids are used"
        return holds(provider.arn, full if number == CLIENT_IDS_PER_PROVIDER else "")
    return broken(
        provider.arn,
        f"the provider has {number} client ids and takes {CLIENT_IDS_PER_PROVIDER}; "
        f"there is no room for {', '.join(lacking)}",
        Evidence(
            "iam:GetOpenIDConnectProvider",
            f"at most {CLIENT_IDS_PER_PROVIDER} with {', '.join(lacking)}",
            str(number),
        ),
        Repair(
            "make room",
            Safety.MANUAL,
            "which client ids nobody asks for any more is not known here",
            steps=(
                "aws iam remove-client-id-from-open-id-connect-provider "
                f"--open-id-connect-provider-arn {provider.arn} --client-id UNUSED",
            ),
        ),
    )
