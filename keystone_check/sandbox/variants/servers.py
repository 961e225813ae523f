"""Other clusters: several API servers, several issuers, no webhook."""

import json
from dataclasses import replace

from keystone_check.model.aws import Role
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import ISSUER
from keystone_check.model.world import World
from keystone_check.probes.identity import near
from keystone_check.sandbox.faults.editing import beside, bucket_of, provider_of, with_arguments
from keystone_check.sandbox.variants.places import below
from keystone_check.sandbox.variants.variant import variant
from keystone_check.sandbox.workloads import by_hand
from keystone_check.sandbox.worlds import K3S_DEFAULT, SERVERS, with_servers


@variant()
def three_api_servers(world: World) -> World:
    """Three API servers agree in everything."""
    return with_servers(world, *SERVERS)


@variant()
def written_by_hand(world: World) -> World:
    """There is no webhook: pod templates hold variables, volume and mount themselves."""
    return by_hand(world)


@variant()
def two_issuers_in_migration(world: World) -> World:
    """A new issuer signs, and a former one in another bucket is still accepted and trusted."""
    former = bucket_of(world).name.replace("keystone-oidc-", "keystone-oidc-former-")
    assert isinstance(world.own_buckets, tuple)
    world = replace(world, own_buckets=tuple(sorted((*world.own_buckets, former))))
    return _trusted_still(world, _url(world).replace(bucket_of(world).name, former))


@variant()
def two_issuers_in_one_bucket(world: World) -> World:
    """The same where the new issuer is a path of the former one's bucket."""
    return _trusted_still(below(world, "v2"), _url(world))


def _trusted_still(world: World, former: str) -> World:
    """The world whose API server takes the former issuer second, and whose roles trust it too."""
    provider = provider_of(world)
    arn = provider.arn.replace(provider.url, former.removeprefix("https://"))
    roles = {
        name: _trusting_both(role, (provider.arn, provider.url), (arn, former.removeprefix("https://")))
        for name, role in _roles(world).seen()
    }
    found = Subjects(tuple(roles.items()))
    trusted = _provided(replace(world, roles=found, trusting_roles=found), arn)
    written = (_url(world), former, K3S_DEFAULT)
    return with_arguments(trusted, *(f"{ISSUER}={url}" for url in written))


def _provided(world: World, arn: str) -> World:
    """The world with a second provider, of which no more than the ARN is read where its host is another."""
    if near(arn, _url(world)):
        return beside(world, arn)
    assert not isinstance(world.provider_arns, Missing)
    return replace(world, provider_arns=tuple(sorted((*world.provider_arns, arn))))


def _trusting_both(role: Role, new: tuple[str, str], former: tuple[str, str]) -> Role:
    """With a second statement like the first, for the former provider."""
    document = json.loads(role.trust)
    (statement,) = document["Statement"]
    text = json.dumps(statement)
    for ours, theirs in zip(new, former, strict=True):
        text = text.replace(ours, theirs)
    document["Statement"].append(json.loads(text))
    return replace(role, trust=json.dumps(document, indent=2))


def _roles(world: World) -> Subjects[Role]:
    assert isinstance(world.roles, Subjects)
    return world.roles


def _url(world: World) -> str:
    assert isinstance(world.issuer, Issuer)
    return world.issuer.url
