"""The identity provider accepts the audience that tokens carry.

## Why it matters
STS compares the token's `aud` (its `azp`, when it has one) with the client ids of the provider, byte for
byte. An unknown one gets `Incorrect token audience` (InvalidIdentityToken). The audience is a name, not an
address: in China too the webhook asks for `sts.amazonaws.com`. A client id with an invisible character at
its end looks right and never matches.

## How to fix
Add the audience to the provider's client ids, or let the service account ask for one that is there
(annotation `eks.amazonaws.com/audience`).

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from collections.abc import Iterator

from keystone_check.iam.arns import provider_arn, read_role_arn
from keystone_check.iam.oidc import CLIENT_IDS_PER_PROVIDER
from keystone_check.model.aws import Provider
from keystone_check.model.change import SetClientIds
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

severity = Severity.CRITICAL


def judge(
    issuer: Issuer,
    accounts: Subjects[ServiceAccount],
    providers: Subjects[Provider],
    expected: Expected,
) -> Iterator[Finding]:
    """One finding for each audience that bound service accounts ask for."""
    yield from (blocked(name, account) for name, account in accounts if isinstance(account, Missing))
    for arn, audience in dict.fromkeys(_pairs(issuer, accounts, expected)):
        match dict(providers).get(arn):
            case Provider() as provider:
                yield _judged(provider, audience)
            case Missing() as missing:
                yield blocked(audience, missing)
            case _:
                yield not_applicable(audience, f"there is no provider {arn}")


def _pairs(
    issuer: Issuer, accounts: Subjects[ServiceAccount], expected: Expected
) -> Iterator[tuple[str, str]]:
    for _, account in accounts.seen():
        role = read_role_arn(account.role_arn)
        if role:
            yield provider_arn(role.partition, role.account, issuer.url), account.audience(expected.audience)


def _judged(provider: Provider, audience: str) -> Finding:
    if audience in provider.client_ids:
        return holds(audience)
    seen = ", ".join(ascii(client_id) for client_id in provider.client_ids) or "no client id"
    change = SetClientIds(provider.arn, provider.client_ids, (*provider.client_ids, audience))
    return broken(
        audience,
        f"the provider's client ids are {seen}; tokens carry {audience!r}",
        Evidence("iam:GetOpenIDConnectProvider", audience, seen),
        Repair(
            f"add the client id {audience}",
            Safety.SAFE,
            "roles pin the audience themselves; a client id alone lets nobody in",
            (change,),
        )
        if len(provider.client_ids) < CLIENT_IDS_PER_PROVIDER
        else None,
    )
