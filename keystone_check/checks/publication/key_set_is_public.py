"""The key set is public.

## Why it matters
STS takes the address of the key set from `jwks_uri` in the discovery document, fetches it anonymously and
looks for the token's key in it. A 403, a 404 or a page instead of JSON ends in
`Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken). A frequent cause is a
key set that was uploaded beside the path that jwks_uri names.

## How to fix
Upload the key set under exactly the key that jwks_uri names, and let the bucket policy open it.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://www.rfc-editor.org/rfc/rfc7517 (JSON Web Key)
"""

from collections.abc import Iterator

from keystone_check.checks import publishing
from keystone_check.iam.oidc import Unreadable, read_key_set
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Response

severity = Severity.CRITICAL


def judge(
    key_set: Response, bucket: publishing.StoredOrAbsent, cluster_keys: Response | Missing
) -> Iterator[Finding]:
    """One finding, about the address that jwks_uri names."""
    problem = _problem(key_set)
    if not problem:
        yield holds(key_set.url, publishing.tries(key_set))
        return
    yield broken(
        key_set.url,
        f"a stranger does not get the key set: {problem}",
        Evidence(f"anonymous GET {key_set.url}", "200 with a JSON Web Key Set", problem),
        publishing.publish_keys(key_set.url, bucket, cluster_keys),
    )


def _problem(key_set: Response) -> str:
    if key_set.status != 200:
        return publishing.refusal(key_set)
    if isinstance(key_set.body, Missing):
        return f"200, but {key_set.body.because}"
    read = read_key_set(key_set.body)
    return f"200, but {read.because}" if isinstance(read, Unreadable) else ""
