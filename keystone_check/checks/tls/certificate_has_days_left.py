"""The certificates are valid now and for days to come.

## Why it matters
On the day on which the host's certificate, or one above it, expires, every exchange ends at once: STS gives
`Couldn't retrieve verification key from your identity provider` (InvalidIdentityToken), and CloudTrail does
not record it. Certificates that renew themselves do so when a third of their life is left; one that has not
is stuck.

## How to fix
Renew the certificate, and find out why it did not renew itself.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://letsencrypt.org/docs/integration-guide/
"""

from collections.abc import Iterator

from keystone_check.checks import serving
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.web import Certificate, Chain

severity = Severity.CRITICAL
FEW_DAYS = 21
"""Too few, or a quarter of the certificate's whole life where that is shorter."""
_DAY = 86400


def judge(chains: Subjects[Chain], now: int) -> Iterator[Finding]:
    """One finding a host, about the certificate that ends first."""
    yield from serving.each(chains, lambda chain: _judged(chain, now))


def _judged(chain: Chain, now: int) -> Finding:
    first = min(chain.certificates, key=lambda one: one.not_after)
    early = next((one for one in chain.certificates if one.not_before > now), None)
    if early:
        return _broken(chain, early, f"is not valid before {serving.day(early.not_before)}")
    left = (first.not_after - now) // _DAY
    if first.not_after <= now:
        ago = (now - first.not_after) // _DAY
        return _broken(chain, first, f"expired {ago} days ago, on {serving.day(first.not_after)}")
    if first.not_after - now < _few(first):
        return _broken(chain, first, f"expires in {left} days, on {serving.day(first.not_after)}")
    return holds(chain.host)


def _few(certificate: Certificate) -> int:
    return min(FEW_DAYS * _DAY, (certificate.not_after - certificate.not_before) // 4)


def _broken(chain: Chain, certificate: Certificate, what: str) -> Finding:
    term = f"{serving.day(certificate.not_before)} to {serving.day(certificate.not_after)}"
    return broken(
        chain.host,
        f"the certificate {certificate.subject} that {chain.host} serves {what}",
        Evidence(f"certificates of {chain.host} as served", f"valid for {FEW_DAYS} more days", term),
        serving.by_hand(
            chain.host, "renew the certificate", f"renew {certificate.subject} and reload the server"
        ),
    )
