"""The discovery document is public.

## Why it matters
STS fetches `ISSUER/.well-known/openid-configuration` anonymously over the internet. Whatever keeps it from
getting a plain 200 ends in `Couldn't retrieve verification key from your identity provider, please
reference AssumeRoleWithWebIdentity documentation for requirements` (InvalidIdentityToken). Without the right
to list, S3 answers 403 for a key that does not exist too.

## How to fix
Publish the document at exactly that path and let strangers read it: by bucket policy, never by ACL. A
redirect is not followed here, and nobody has shown that STS follows one: name the final address as issuer.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
"""

from collections.abc import Iterator

from keystone_check.checks import publishing
from keystone_check.iam.oidc import Unreadable, read_discovery
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    discovery: Response, issuer: Issuer, bucket: publishing.StoredOrAbsent, cluster_keys: Response | Missing
) -> Iterator[Finding]:
    """One finding, about the address."""
    problem = _problem(discovery)
    if not problem:
        yield holds(discovery.url, publishing.tries(discovery))
        return
    yield broken(
        discovery.url,
        f"a stranger does not get the discovery document: {problem}",
        Evidence(f"anonymous GET {discovery.url}", "200 with a discovery document", problem),
        publishing.publish_discovery(issuer, bucket, cluster_keys),
    )


def _problem(discovery: Response) -> str:
    if discovery.status != 200:
        return publishing.refusal(discovery)
    if isinstance(discovery.body, Missing):
        return f"200, but {discovery.body.because}"
    read = read_discovery(discovery.body)
    return f"200, but {read.because}" if isinstance(read, Unreadable) else ""
