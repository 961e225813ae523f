"""The API server signs for an issuer that AWS cannot use."""

import json
from dataclasses import replace

from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import ISSUER
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import (
    provider_of,
    stored,
    with_arguments,
    with_object,
    with_provider,
)
from keystone_check.sandbox.faults.fault import CHAIN_CHECKS, DISCOVERY_CHECKS, KEY_SET_CHECKS, fault
from keystone_check.sandbox.worlds import DISCOVERY_KEY, K3S_DEFAULT, reissued, unresolved


@fault(
    breaks=(
        "issuer_is_accepted_by_aws",
        "provider_exists",
        "trust_names_the_provider",
        "trust_pins_the_subject",
        "trust_pins_the_audience",
        "sts_accepts_the_token",
    ),
    blocks=(
        *KEY_SET_CHECKS,
        *DISCOVERY_CHECKS,
        *CHAIN_CHECKS,
    ),
)
def issuer_is_k3s_default(world: World) -> World:
    """K3s signs for its default issuer, a name that only the cluster itself resolves."""
    world = with_arguments(reissued(world, K3S_DEFAULT))
    because = f"no stranger can, {public_url_problem(K3S_DEFAULT)}; it was not asked"
    url = f"{K3S_DEFAULT}/.well-known/openid-configuration"
    host = K3S_DEFAULT.removeprefix("https://")
    unasked = Missing("discovery", f"GET {url}: {because}")
    return replace(
        world,
        issuer=Issuer(K3S_DEFAULT, "discovery document of the API server"),
        discovery=unasked,
        key_set=unasked,
        chains=Subjects(((host, Missing(host, f"TLS with {host}: {because}")),)),
        addresses=Subjects(((host, unresolved(host)),)),
        bucket=Absent("bucket", "the issuer is not an S3 address"),
        providers=Subjects(),
    )


@fault(breaks=("issuer_has_no_trailing_slash",))
def issuer_ends_in_a_slash(world: World) -> World:
    """The issuer ends in a slash; whoever set it up wrote it everywhere."""
    assert isinstance(world.issuer, Issuer)
    bare = world.issuer.url
    document = json.loads(stored(world, DISCOVERY_KEY))
    world = with_object(world, DISCOVERY_KEY, json.dumps({**document, "issuer": f"{bare}/"}, indent=2))
    world = with_arguments(reissued(world, f"{bare}/"), f"{ISSUER}={bare}/", f"{ISSUER}={K3S_DEFAULT}")
    assert isinstance(world.issuer, Issuer)
    return _registered(replace(world, issuer=replace(world.issuer, url=f"{bare}/")), bare)


def _registered(world: World, bare: str) -> World:
    """Provider and trust policies with a slash at the issuer's end."""
    host, provider = bare.removeprefix("https://"), provider_of(world)
    assert isinstance(world.roles, Subjects)
    roles = tuple((arn, replace(role, trust=_slashed(role.trust, host))) for arn, role in world.roles.seen())
    slashed = with_provider(world, arn=f"{provider.arn}/", url=f"{host}/")
    return replace(slashed, roles=Subjects(roles))


def _slashed(trust: str, host: str) -> str:
    return trust.replace(f'{host}"', f'{host}/"').replace(f"{host}:", f"{host}/:")
