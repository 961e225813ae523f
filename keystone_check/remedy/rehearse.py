"""rehearse(world, changes): the facts as a look would find them if the changes were written. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import Any, assert_never

from keystone_check.iam.s3 import is_public
from keystone_check.model.aws import Bucket, Provider, Role, StoredObject
from keystone_check.model.change import (
    BucketSetting,
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAcl,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetDefaultEncryption,
    SetOwnership,
    SetSessionDuration,
    SetThumbprints,
    SetTrustPolicy,
)
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.creation import (
    CreateBucket,
    CreateProvider,
    CreateRole,
    DeleteBucket,
    DeleteProvider,
    DeleteRole,
)
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.model.world import World
from keystone_check.remedy.answers import answers_followed
from keystone_check.remedy.asked import selected
from keystone_check.remedy.bound import accounts_followed
from keystone_check.remedy.dry_run import dry_runs_followed
from keystone_check.remedy.follow import publication_followed
from keystone_check.remedy.granted import granted
from keystone_check.remedy.made import created, deleted
from keystone_check.remedy.opined import opinions_followed


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
    if not changes:
        return written
    return dry_runs_followed(world, opinions_followed(world, answers_followed(world, written)))


def client_ids_after(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """The order that adding and removing single client ids leaves: the kept ones, then the new ones."""
    wanted, kept = tuple(after), tuple(before)
    return (*(item for item in kept if item in wanted), *(item for item in wanted if item not in kept))


def _written(world: World, change: Change) -> World:
    """The one fact that the change writes."""
    match change:
        case CreateProvider() | CreateRole() | CreateBucket():
            return created(world, change)
        case DeleteProvider() | DeleteRole() | DeleteBucket():
            return deleted(world, change)
        case SetClientIds():
            return _provider(world, change.provider_arn, client_ids=change.after)
        case SetThumbprints():
            return _provider(world, change.provider_arn, thumbprints=change.after)
        case PutDocument() | SetBucketPublicAccess() | SetBucketPolicy():
            return _bucket(world, change)
        case SetOwnership() | SetAcl() | SetDefaultEncryption():
            return _bucket(world, change)
        case SetAccountPublicAccess():
            unset = Absent("account_public_access", f"account {change.account} has no public access block")
            return replace(world, account_public_access=change.after or unset)
        case SetTrustPolicy():
            return _role(world, change.role_arn, trust=change.after)
        case SetSessionDuration():
            return _role(world, change.role_arn, max_session_seconds=change.after)
        case SetRolePolicy():
            return granted(world, change)
        case SetAnnotation():
            return _annotated(world, change)
        case SetNamespaceSelector():
            return selected(world, change)
        case RestartWorkload():
            return _restarted(world, change)
    assert_never(change)


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


def _bucket(world: World, change: PutDocument | BucketSetting) -> World:
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
            return replace(world, bucket=_with_policy(bucket, change.after or _unset(change)))
        case SetOwnership():
            return replace(world, bucket=replace(bucket, ownership=change.after or _unset(change)))
        case SetAcl():
            return replace(world, bucket=replace(bucket, grants=change.after))
        case SetDefaultEncryption():
            return replace(world, bucket=replace(bucket, default_encryption=change.after))
    assert_never(change)


def _stored(change: PutDocument) -> StoredObject | Absent:
    if change.after is None:
        return Absent(change.key, f"there is no object {change.key} in bucket {change.bucket}")
    how = change.encryption
    return StoredObject(change.after, change.content_type, how.algorithm, how.key)


def _unset(change: SetBucketPublicAccess | SetBucketPolicy | SetOwnership) -> Absent:
    match change:
        case SetBucketPublicAccess():
            return Absent("public_access", f"bucket {change.bucket} has no public access block")
        case SetBucketPolicy():
            return Absent("policy", f"bucket {change.bucket} has no policy")
        case SetOwnership():
            return Absent("ownership", f"bucket {change.bucket} has no ownership controls")
    assert_never(change)


def _with_policy(bucket: Bucket, policy: str | Absent) -> Bucket:
    """The bucket with another policy or none, and S3's word on it where that was asked for."""
    if not isinstance(bucket.policy_is_public, Missing):
        bucket = replace(bucket, policy_is_public=_said_of(policy))
    return replace(bucket, policy=policy)


def _said_of(policy: str | Absent) -> bool | Absent | Missing:
    if isinstance(policy, Absent):
        return replace(policy, fact="policy_is_public")
    public = is_public(policy)
    unsaid = Missing("policy_is_public", "what S3 says of the new policy only a look can tell")
    return public if isinstance(public, bool) else unsaid


def _role(world: World, arn: str, **settings: Any) -> World:
    if isinstance(world.roles, Missing):
        return world
    # IAM finds a role by its name: under an ARN that lacks its path stands the role with another ARN.
    asked = {role.arn: name for name, role in world.roles.seen()}.get(arn, "")
    role = world.roles[asked]
    if not isinstance(role, Role):
        return world
    role = replace(role, **settings)
    world = replace(world, roles=world.roles.put(asked, role))
    if isinstance(world.trusting_roles, Missing):
        return world
    entries = world.trusting_roles.put(role.arn, replace(role, boundary="", tags={})).entries
    return replace(world, trusting_roles=Subjects(tuple(sorted(entries, key=lambda entry: entry[0]))))


def _restarted(world: World, change: RestartWorkload) -> World:
    if isinstance(world.pods, Missing):
        return world
    because = f"{change.kind} {change.name} makes them anew; only a look can tell what they get"
    pods = world.pods
    for name, pod in world.pods.seen():
        if (pod.namespace, *pod.workload) == (change.namespace, change.kind, change.name):
            pods = pods.put(name, Missing(name, because))
    return replace(world, pods=pods)


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
