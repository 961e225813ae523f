"""A host serves certificates that AWS does not accept, or will not for long."""

from dataclasses import replace

from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.sandbox.cellar import Wanted, chain
from keystone_check.sandbox.faults.fault import CHAIN_CHECKS, fault
from keystone_check.sandbox.faults.hosts import (
    KEY_HOST,
    issuer_chain,
    with_chain,
    with_key_host,
    with_thumbprints,
)
from keystone_check.sandbox.issuing import Term

DAY = 86400


@fault(breaks=("chain_is_in_order", "sts_accepts_the_token"))
def intermediates_are_out_of_order(world: World) -> World:
    """The upper intermediate is served before the one that signed the host's certificate."""
    usual = _signed(world)
    leaf, *above = usual.certificates
    return with_chain(world, replace(usual, certificates=(leaf, *reversed(above))))


@fault(breaks=("chain_holds_each_certificate_once", "sts_accepts_the_token"))
def intermediate_is_served_twice(world: World) -> World:
    """The full chain was appended to a file that held the intermediate already."""
    usual = issuer_chain(world)
    leaf, intermediate = usual.certificates
    return with_chain(world, replace(usual, certificates=(leaf, intermediate, intermediate)))


@fault(breaks=("chain_holds_no_strangers", "sts_accepts_the_token"))
def former_intermediate_is_still_served(world: World) -> World:
    """The intermediate of a former authority stayed in the certificate file."""
    usual = issuer_chain(world)
    former = _signed(world).certificates[1]
    leaf, *above = usual.certificates
    return with_chain(world, replace(usual, certificates=(leaf, former, *above)))


@fault(breaks=("certificate_names_the_host",))
def certificate_is_for_another_host(world: World) -> World:
    """The host serves the certificate of another one."""
    return with_chain(world, chain(issuer_chain(world).host, Wanted(("www.keystone.example",))))


@fault(breaks=("certificate_has_days_left",))
def certificate_has_expired(world: World) -> World:
    """The host's certificate expired three days ago."""
    return with_chain(world, _signed(world, Term(world.now - 93 * DAY, world.now - 3 * DAY)))


@fault(breaks=("certificate_has_days_left",))
def certificate_expires_soon(world: World) -> World:
    """The host's certificate has nine days left, and did not renew itself."""
    return with_chain(world, _signed(world, Term(world.now - 81 * DAY, world.now + 9 * DAY + 3600)))


@fault(breaks=("tls_1_2_is_accepted",))
def tls_1_3_is_demanded(world: World) -> World:
    """The issuer's host refuses TLS 1.2."""
    return with_chain(world, replace(issuer_chain(world), tls12=False))


@fault(breaks=("leaf_is_not_pinned",))
def leaf_alone_is_served_and_pinned(world: World) -> World:
    """The host serves its own certificate without the authority's, and that one is pinned."""
    return with_chain(world, chain(issuer_chain(world).host, Wanted(_names(world), intermediates=0)))


@fault(breaks=("thumbprints_cover_both_hosts",))
def key_host_is_not_pinned(world: World) -> World:
    """The key set lies on a publicly trusted host, and the issuer's, which is not, is pinned alone."""
    return with_key_host(world, Wanted((KEY_HOST,), public=True))


@fault(breaks=("thumbprints_stay_within_five",))
def thumbprints_are_full(world: World) -> World:
    """The provider pins four certificates of former years beside the one that is served."""
    return with_thumbprints(world, *(f"{number:02x}" * 20 for number in range(4)))


@fault(
    breaks=("certificates_are_the_hosts_own",),
    blocks=(
        "recorded_exchanges_agree",
        "live_answer_agrees_with_the_prediction",
        *CHAIN_CHECKS - {"certificates_are_the_hosts_own"},
        "sts_accepts_the_token",
    ),
)
def proxy_replaces_the_certificates(world: World) -> World:
    """A proxy that inspects TLS stands between here and the hosts, and signs for them itself."""
    usual = issuer_chain(world)
    return replace(world, chains=world.chains.put(usual.host, replace(usual, by="proxy")))


def _names(world: World) -> tuple[str, ...]:
    return (issuer_chain(world).host,)


def _signed(world: World, term: Term | None = None) -> Chain:
    """A chain of another authority for the same host."""
    return chain(issuer_chain(world).host, Wanted(_names(world), term=term))
