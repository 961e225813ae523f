"""The names of issuer and key host resolve to public addresses.

## Why it matters
STS asks from the public internet. A name that resolves to a private, loopback, link-local, shared
(100.64.0.0/10) or unique local address leads it nowhere, and every exchange ends in `Couldn't retrieve
verification key from your identity provider` (InvalidIdentityToken). Inside a network a name may have other
addresses than outside (split-horizon DNS): compare with a public resolver. Whether STS reaches a host that
has IPv6 addresses alone is not documented.

## How to fix
Give the name public addresses in the public DNS, or publish the documents where there are some.

## References
- https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
- https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
"""

import ipaddress
from collections.abc import Iterator

from keystone_check.iam.served_chain import OF_AWS
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, gap, holds
from keystone_check.model.web import Addresses

severity = Severity.HIGH


def judge(addresses: Subjects[Addresses]) -> Iterator[Finding]:
    """One finding for each host whose name decides where to go."""
    for host, resolved in addresses:
        yield gap(host, resolved) if isinstance(resolved, Absent | Missing) else _judged(resolved)


def _judged(resolved: Addresses) -> Finding:
    inside = [address for address in resolved.found if not _public(address)]
    if not inside:
        return holds(resolved.host, _by_ipv6_alone(resolved))
    name = resolved.host.partition(":")[0]
    if name.endswith(OF_AWS):
        said = f"from here it resolves to {', '.join(inside)}, as behind an interface endpoint of S3"
        return holds(resolved.host, said)
    return broken(
        resolved.host,
        f"{resolved.host} resolves from here to {', '.join(inside)}, where the public internet does not lead",
        Evidence(f"addresses of {resolved.host}", "public addresses", ", ".join(resolved.found)),
        Repair(
            "give the name public addresses",
            Safety.MANUAL,
            "the DNS is not written from here",
            steps=(f"dig +short {name} @1.1.1.1  # what the public DNS says",),
        ),
    )


def _public(address: str) -> bool:
    read = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(read, "ipv4_mapped", None)
    return (mapped or read).is_global and not read.is_multicast


def _by_ipv6_alone(resolved: Addresses) -> str:
    alone = resolved.found and all(":" in address for address in resolved.found)
    return "it has IPv6 addresses alone; whether STS reaches those is not documented" if alone else ""
