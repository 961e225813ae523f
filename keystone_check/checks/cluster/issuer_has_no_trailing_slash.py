"""The issuer ends without a slash.

## Why it matters
STS and IAM compare issuers byte for byte, and a slash at the end is a byte: `https://host/path` and
`https://host/path/` are two issuers. Tools disagree about it. Some drop the slash when they create the
provider or write the trust policy's condition keys, others add one, and the exchange then ends in
`No OpenIDConnect provider found in your account for https://…/` (InvalidIdentityToken) or in `Not authorized
to perform sts:AssumeRoleWithWebIdentity` (AccessDenied). Such an issuer can work when every place spells it
the same; it is a trap for whoever touches the next one.

## How to fix
Move to the same issuer without the slash: register a second provider, add its keys to the trust policies,
then give the API servers the new issuer first and the old one second until its tokens have run out.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
- https://github.com/kubernetes/kops/pull/11682
"""

from collections.abc import Iterator

from keystone_check.checks import starting
from keystone_check.model.cluster import Issuer
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds

severity = Severity.LOW


def judge(issuer: Issuer) -> Iterator[Finding]:
    """One finding, about the issuer."""
    bare = issuer.url.rstrip("/")
    if bare == issuer.url:
        yield holds(issuer.url)
        return
    yield broken(
        issuer.url,
        f"the issuer {issuer.url} ends in a slash; {bare} is another issuer to AWS",
        Evidence(issuer.source, bare, issuer.url),
        starting.issuers("sign for the issuer without the slash", bare, issuer.url),
    )
