"""A chain as AWS asks for it: the host's certificate first, each followed by the one that signed it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html: out of order, with a
duplicate or with an additional certificate the signature mismatches and STS does not validate the token.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from keystone_check.model.web import Certificate, Chain

OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".cloudfront.net")
"""Hosts whose certificates are AWS's own, and publicly trusted."""
_UNKNOWN = ("issuer certificate", "self-signed certificate", "self signed certificate", "unable to verify")
"""How OpenSSL names a chain whose authority nobody knows."""


def intercepted(chain: Chain) -> bool:
    """Whether a proxy on the way from here put its own certificates in place of the host's.

    An authority that nobody knows signs for a host of AWS's; AWS itself sees the host's own certificates.
    Where `connect_to` says where to go, nobody claims that the host is AWS's.
    """
    of_aws = chain.host.partition(":")[0].endswith(OF_AWS)
    unknown = not chain.publicly_trusted and any(words in chain.distrust for words in _UNKNOWN)
    return of_aws and unknown and chain.by != "connect_to"


def path(chain: Chain) -> tuple[Certificate, ...]:
    """From the host's own certificate upwards, as far as those that are served go; each once."""
    found: list[Certificate] = list(chain.certificates[:1])
    while found:
        above = next((one for one in chain.certificates if one not in found and signed(found[-1], one)), None)
        if above is None:
            break
        found.append(above)
    return tuple(found)


def signed(lower: Certificate, upper: Certificate) -> bool:
    """Whether the upper one's name, and its key where both tell, are those that signed the lower one."""
    same_key = lower.authority_key_id == upper.key_id or not (lower.authority_key_id and upper.key_id)
    return lower.issuer == upper.subject and same_key


def repeated(chain: Chain) -> tuple[Certificate, ...]:
    """Those that are served more than once."""
    times = Counter(chain.certificates)
    return tuple(one for one in dict.fromkeys(chain.certificates) if times[one] > 1)


def strangers(chain: Chain) -> tuple[Certificate, ...]:
    """Those that no way up from the host's own certificate leads to."""
    upwards = path(chain)
    return tuple(one for one in dict.fromkeys(chain.certificates) if one not in upwards)


def in_order(chain: Chain) -> bool:
    """Whether those on the way up come in its order, whatever stands between them."""
    upwards = path(chain)
    places = [chain.certificates.index(one) for one in upwards]
    return all(lower < upper for lower, upper in pairwise(places))


def problems(chain: Chain) -> Iterator[str]:
    """What AWS does not take about it, as sentences that go on after the host's name."""
    if not in_order(chain):
        yield "serves its certificates out of order"
    for one in repeated(chain):
        yield f"serves {one.subject} more than once"
    for one in strangers(chain):
        yield f"serves {one.subject}, which is no part of the chain"
