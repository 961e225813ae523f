"""rehearse(world, changes): the facts as a look would find them if the changes were written. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import assert_never

from keystone_check.model.aws import Bucket, Provider, Role, StoredObject
from keystone_check.model.change import (
    Change,
    CreateProvider,
    DeleteProvider,
    PutDocument,
    SetAccountPublicAccess,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetThumbprints,
    SetTrustPolicy,
)
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.remedy.bound import accounts_followed
from keystone_check.remedy.follow import publication_followed


def rehearse(world: World, changes: Iterable[Change]) -> World:
    """The world after the changes, everything included that follows from them.

    What nobody could see before stays Missing, and what only a look can tell becomes Missing with that
    reason. Rehearse all changes at once: an object that no look reads is forgotten between two calls.
    """
    changes = tuple(changes)
    written = reduce(_written, changes, world)
    if any(isinstance(change, SetAnnotation) for change in changes):
        written = accounts_followed(world, written)
    if written.bucket != world.bucket or written.account_public_access != world.account_public_access:
        written = publication_followed(world, written)
    return written


def client_ids_after(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """The order that adding and removing single client ids leaves: the kept ones, then the new ones."""
    wanted, kept = tuple(after), tuple(before)
    return (*(item for item in kept if item in wanted), *(item for item in wanted if item not in kept))


def _written(world: World, change: Change) -> World:
    """The one fact that the change writes."""
    match change:
        case CreateProvider():
            return _created(world, change)
        case DeleteProvider():
            return _deleted(world, change)
        case SetClientIds():
            return _provider(world, change.provider_arn, client_ids=change.after)
        case SetThumbprints():
            return _provider(world, change.provider_arn, thumbprints=change.after)
        case PutDocument() | SetBucketPublicAccess() | SetBucketPolicy():
            return _bucket(world, change)
        case SetAccountPublicAccess():
            unset = Absent("account_public_access", f"account {change.account} has no public access block")
            return replace(world, account_public_access=change.after or unset)
        case SetTrustPolicy():
            return _trust(world, change)
        case SetAnnotation():
            return _annotated(world, change)
    assert_never(change)


def _created(world: World, change: CreateProvider) -> World:
    if isinstance(world.providers, Missing):
        return world
    url = change.url.removeprefix("https://")
    provider = Provider(change.arn, url, change.client_ids, change.thumbprints)
    entries = world.providers.put(change.arn, provider).entries
    return replace(world, providers=Subjects(tuple(sorted(entries, key=lambda entry: entry[0]))))


def _deleted(world: World, change: DeleteProvider) -> World:
    if isinstance(world.providers, Missing):
        return world
    return replace(world, providers=world.providers.without(change.arn))


def _provider(
    world: World,
    arn: str,
    client_ids: tuple[str, ...] | None = None,
    thumbprints: tuple[str, ...] | None = None,
) -> World:
    if isinstance(world.providers, Missing):
        return world
    provider = world.providers[arn]
    if not isinstance(provider, Provider):
        return world
    if client_ids is not None:
        provider = replace(provider, client_ids=client_ids_after(provider.client_ids, client_ids))
    if thumbprints is not None:
        provider = replace(provider, thumbprints=thumbprints)
    return replace(world, providers=world.providers.put(arn, provider))


def _bucket(world: World, change: PutDocument | SetBucketPublicAccess | SetBucketPolicy) -> World:
    bucket = world.bucket
    if not isinstance(bucket, Bucket) or bucket.name != change.bucket:
        return world
    match change:
        case PutDocument():
            stored = _stored(change)
            return replace(world, bucket=replace(bucket, objects=bucket.objects.put(change.key, stored)))
        case SetBucketPublicAccess():
            return replace(
                world,
                bucket=replace(bucket, public_access=change.after or _unset(change)),
            )
        case SetBucketPolicy():
            return replace(world, bucket=replace(bucket, policy=change.after or _unset(change)))
    assert_never(change)


def _stored(change: PutDocument) -> StoredObject | Absent:
    if change.after is None:
        return Absent(change.key, f"there is no object {change.key} in bucket {change.bucket}")
    return StoredObject(change.after, change.content_type)


def _unset(change: SetBucketPublicAccess | SetBucketPolicy) -> Absent:
    match change:
        case SetBucketPublicAccess():
            return Absent("public_access", f"bucket {change.bucket} has no public access block")
        case SetBucketPolicy():
            return Absent("policy", f"bucket {change.bucket} has no policy")
    assert_never(change)


def _trust(world: World, change: SetTrustPolicy) -> World:
    if isinstance(world.roles, Missing):
        return world
    role = world.roles[change.role_arn]
    if not isinstance(role, Role):
        return world
    return replace(world, roles=world.roles.put(change.role_arn, replace(role, trust=change.after)))


def _annotated(world: World, change: SetAnnotation) -> World:
    if isinstance(world.accounts, Missing):
        return world
    key = f"{change.namespace}/{change.name}"
    account = world.accounts[key]
    if not isinstance(account, ServiceAccount):
        return world
    annotations = {**account.annotations, change.annotation: change.after or ""}
    if change.after is None:
        del annotations[change.annotation]
    annotations = dict(sorted(annotations.items()))
    return replace(world, accounts=world.accounts.put(key, replace(account, annotations=annotations)))
