"""The certificate is for the host that serves it.

## Why it matters
A certificate for another name is refused by who looks. A bucket's name with a dot in it is the frequent
cause: the wildcard `*.s3.REGION.amazonaws.com` stands for one label. STS then gives `Couldn't retrieve
verification key from your identity provider` or `OpenIDConnect provider's HTTPS certificate doesn't match
configured thumbprint` (InvalidIdentityToken).

## How to fix
Get a certificate that names the host. For a bucket with dots, use the path-style address as issuer, or
another bucket.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
- https://www.rfc-editor.org/rfc/rfc9525
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Chain

severity = Severity.CRITICAL


def judge(chains: Subjects[Chain]) -> Iterator[Finding]:
    """One finding a host."""
    yield from serving.each(chains, _judged)


def _judged(chain: Chain) -> Finding:
    names, host = chain.certificates[0].names, chain.host.partition(":")[0]
    if any(_stands_for(name, host) for name in names):
        return holds(chain.host)
    seen = ", ".join(names) or "no name at all"
    return broken(
        chain.host,
        f"the certificate of {chain.host} is for {seen}",
        Evidence(f"names (subjectAltName) of the certificate of {host}", host, seen),
        serving.by_hand(chain.host, "get a certificate for the host", f"order one that names {host}"),
    )


def _stands_for(name: str, host: str) -> bool:
    """A wildcard stands for the whole first label and for no other (RFC 9525, section 6.3)."""
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    return name == host or (name.startswith("*.") and name[1:] == host[host.find(".") :] and host[0] != ".")
