"""The facts after something was made anew, or unmade."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from keystone_check.iam.s3 import locate
from keystone_check.model.aws import Bucket, Provider, PublicAccessBlock, Role
from keystone_check.model.change import SSE_S3, Creation, Deletion
from keystone_check.model.cluster import Issuer
from keystone_check.model.creation import (
    CreateBucket,
    CreateProvider,
    CreateRole,
    DeleteBucket,
    DeleteProvider,
    DeleteRole,
)
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.remedy.follow import KEY_SET_PATH

DISCOVERY_PATH = ".well-known/openid-configuration"
SHUT = PublicAccessBlock(True, True, True, True)
"""What S3 gives every new bucket since April 2023."""


def created(world: World, change: Creation) -> World:
    """The world with what was made."""
    match change:
        case CreateProvider():
            return _provider(world, change)
        case CreateRole():
            return _role(world, change)
        case CreateBucket():
            return _bucket(world, change)
    assert_never(change)


def deleted(world: World, change: Deletion) -> World:
    """The world without what was unmade."""
    match change:
        case DeleteProvider():
            return _without_provider(world, change)
        case DeleteRole():
            return _without_role(world, change)
        case DeleteBucket():
            return _without_bucket(world, change)
    assert_never(change)


def _role(world: World, change: CreateRole) -> World:
    role = Role(change.arn, change.trust)
    if not isinstance(world.roles, Missing):
        world = replace(world, roles=world.roles.put(change.arn, role))
    if isinstance(world.trusting_roles, Missing):
        return world
    entries = world.trusting_roles.put(change.arn, role).entries
    return replace(world, trusting_roles=Subjects(tuple(sorted(entries, key=lambda entry: entry[0]))))


def _without_role(world: World, change: DeleteRole) -> World:
    account, name = change.arn.split(":")[4], change.arn.rpartition("/")[2]
    gone = Absent(change.arn, f"there is no role {name} in account {account}")
    if not isinstance(world.roles, Missing):
        world = replace(world, roles=world.roles.put(change.arn, gone))
    if isinstance(world.trusting_roles, Missing):
        return world
    return replace(world, trusting_roles=world.trusting_roles.without(change.arn))


def _bucket(world: World, change: CreateBucket) -> World:
    name = change.bucket
    if isinstance(world.own_buckets, tuple):
        world = replace(world, own_buckets=tuple(sorted({*world.own_buckets, name})))
    if not isinstance(world.provider_buckets, Missing):
        world = replace(world, provider_buckets=world.provider_buckets.without(name))
    place = locate(world.issuer.url) if isinstance(world.issuer, Issuer) else None
    if place is None or place.bucket != name:
        return world
    stem = f"{place.prefix}/" if place.prefix else ""
    keys = (f"{stem}{DISCOVERY_PATH}", f"{stem}{KEY_SET_PATH}")
    nothing = ((key, Absent(key, f"there is no object {key} in bucket {name}")) for key in keys)
    bucket = Bucket(
        name=name,
        region=change.region,
        public_access=SHUT,
        ownership="BucketOwnerEnforced",
        policy=Absent("policy", f"bucket {name} has no policy"),
        objects=Subjects(tuple(nothing)),
        policy_is_public=Absent("policy_is_public", f"bucket {name} has no policy"),
        default_encryption=SSE_S3,
        grants=(),
        tags=Absent("tags", f"bucket {name} has no tags"),
    )
    return replace(world, bucket=bucket)


def _without_bucket(world: World, change: DeleteBucket) -> World:
    gone = Absent("bucket", f"there is no bucket {change.bucket}")
    if isinstance(world.bucket, Bucket) and world.bucket.name == change.bucket:
        world = replace(world, bucket=gone)
    if isinstance(world.own_buckets, tuple):
        own = tuple(name for name in world.own_buckets if name != change.bucket)
        world = replace(world, own_buckets=own)
    return world


def _provider(world: World, change: CreateProvider) -> World:
    if isinstance(world.providers, Missing):
        return world
    url = change.url.removeprefix("https://")
    provider = Provider(change.arn, url, change.client_ids, change.thumbprints, world.now)
    entries = world.providers.put(change.arn, provider).entries
    world = replace(world, providers=Subjects(tuple(sorted(entries, key=lambda entry: entry[0]))))
    if isinstance(world.provider_arns, Missing):
        return world
    arns = tuple(sorted({*world.provider_arns, change.arn}))
    return _bucket_named(replace(world, provider_arns=arns), change.url)


def _bucket_named(world: World, url: str) -> World:
    """The buckets of others that providers name; where one more is, only a look can tell."""
    place, others, own = locate(url), world.provider_buckets, world.own_buckets
    if place is None or isinstance(others, Missing) or isinstance(own, Missing):
        return world
    if place.bucket in own or any(name == place.bucket for name, _ in others):
        return world
    unseen = Missing(place.bucket, f"{place.bucket} was not looked at before; only a look can tell")
    entries = sorted((*others.entries, (place.bucket, unseen)), key=lambda entry: entry[0])
    return replace(world, provider_buckets=Subjects(tuple(entries)))


def _without_provider(world: World, change: DeleteProvider) -> World:
    if isinstance(world.providers, Missing):
        return world
    world = replace(world, providers=world.providers.without(change.arn))
    if isinstance(world.provider_arns, Missing):
        return world
    arns = tuple(arn for arn in world.provider_arns if arn != change.arn)
    return _buckets_left(replace(world, provider_arns=arns), arns)


def _buckets_left(world: World, arns: Iterable[str]) -> World:
    """The buckets of others that some provider still names."""
    if isinstance(world.provider_buckets, Missing):
        return world
    places = (locate(f"https://{arn.partition(':oidc-provider/')[2]}") for arn in arns)
    named = {place.bucket for place in places if place}
    entries = tuple(entry for entry in world.provider_buckets.entries if entry[0] in named)
    return replace(world, provider_buckets=Subjects(entries))
