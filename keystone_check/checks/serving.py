"""What the checks of certificates share: each host that serves a document, and how AWS decides about it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from keystone_check.iam.arns import provider_arn
from keystone_check.iam.served_chain import intercepted
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Repair, Safety, blocked, gap, not_applicable
from keystone_check.model.web import Chain

SHOW = "openssl s_client -connect {host} -servername {name} -showcerts </dev/null"
"""What shows a chain as it is served, first to last."""


def each(chains: Subjects[Chain], judge: Callable[[Chain], Finding]) -> Iterator[Finding]:
    """One finding a host: the judge's, or that its certificates were not seen."""
    for host, chain in chains:
        if isinstance(chain, Absent | Missing):
            yield gap(host, chain)
        else:
            yield blocked(host, replaced(chain)) if intercepted(chain) else judge(chain)


def each_pinned(
    issuer: Issuer,
    providers: Subjects[Provider],
    chains: Subjects[Chain],
    caller: Caller,
    judge: Callable[[Provider, Chain], Finding],
) -> Iterator[Finding]:
    """The same, beside the provider whose thumbprints count."""
    arn = provider_arn(caller.partition, caller.account, issuer.url)
    provider = dict(providers).get(arn)
    for host, chain in chains:
        if isinstance(chain, Absent | Missing):
            yield gap(host, chain)
        elif intercepted(chain):
            yield blocked(host, replaced(chain))
        elif isinstance(provider, Missing):
            yield blocked(host, provider)
        elif isinstance(provider, Provider):
            yield judge(provider, chain)
        else:
            yield not_applicable(host, f"there is no provider {arn}")


def replaced(chain: Chain) -> Missing:
    """What stands for the certificates of a host when a proxy's were seen in their place."""
    by = chain.certificates[0].issuer
    because = f"a proxy on the way replaced the certificates of {chain.host} by its own, signed by {by}"
    return Missing(chain.host, because)


def falls_back(chain: Chain) -> bool:
    """Whether AWS compares thumbprints: its own roots do not lead there, or TLS 1.2 is refused.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
    """
    return not (chain.publicly_trusted and chain.tls12)


def pinned(provider: Provider, sha1: str) -> bool:
    """Whether the provider lists the thumbprint, in whatever letters."""
    return sha1 in {thumbprint.lower() for thumbprint in provider.thumbprints}


def day(moment: int) -> str:
    """A date in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def by_hand(host: str, title: str, *steps: str) -> Repair:
    """Certificates are served by whoever runs the host: how to look, then what to do."""
    name, _, port = host.partition(":")
    show = SHOW.format(host=f"{name}:{port or 443}", name=name)
    return Repair(
        title, Safety.MANUAL, "certificates are served by whoever runs the host", steps=(show, *steps)
    )
