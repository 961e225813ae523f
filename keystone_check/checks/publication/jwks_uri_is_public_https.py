"""The jwks_uri is a public https address.

## Why it matters
K3s passes no `--service-account-jwks-uri`, so the API server's own discovery document names
`https://ADVERTISED-ADDRESS:6443/openid/v1/jwks`. Published as it is, it sends STS to a private address, and
every exchange ends in `Couldn't retrieve verification key from your identity provider`.

## How to fix
Publish a document whose jwks_uri is the public address of the key set, or give the API server that
address with `--kube-apiserver-arg=service-account-jwks-uri=https://…`.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
- https://github.com/aws/containers-roadmap/issues/2234
"""

from collections.abc import Iterator

from keystone_check.checks import publishing
from keystone_check.iam.oidc import Unreadable, public_url_problem, read_discovery
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds, not_applicable
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    discovery: Response, issuer: Issuer, bucket: publishing.StoredDocuments, cluster_keys: Response | Missing
) -> Iterator[Finding]:
    """One finding, about the published document."""
    published = publishing.read_body(discovery, read_discovery)
    if isinstance(published, Unreadable):
        yield not_applicable(discovery.url, f"there is no published document to read: {published.because}")
        return
    problem = public_url_problem(published.jwks_uri)
    if not problem:
        yield holds(published.jwks_uri)
        return
    yield broken(
        discovery.url,
        f"the published jwks_uri {published.jwks_uri} is none that AWS can fetch: {problem}",
        Evidence(f"jwks_uri in {discovery.url}", "a public https address", published.jwks_uri),
        publishing.publish_discovery(issuer, bucket, cluster_keys),
    )
