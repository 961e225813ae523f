"""What else manages the object that a change writes to. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, assert_never

from keystone_check.model.aws import Bucket, Provider, Role
from keystone_check.model.change import (
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
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.owner import Owner, of_applier, of_marks, of_tags
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.model.world import World

T = TypeVar("T")


def owners(world: World, changes: Iterable[Change]) -> tuple[Owner, ...]:
    """Each of them once, in the order of the changes."""
    return tuple(dict.fromkeys(found for change in changes if (found := owner(world, change))))


def owner(world: World, change: Change) -> Owner | None:
    """Who else manages it; None where nothing says so.

    The two documents follow the keys, which change without anybody writing them into a source: whoever
    manages the bucket does not manage them. What is not there yet and an account's settings have no tags; a
    restart and a webhook's selector are asked of no owner.
    """
    match change:
        case SetClientIds(arn) | SetThumbprints(arn) | DeleteProvider(arn):
            found = _seen(world.providers, arn, Provider)
            return of_tags(found.tags) if found else None
        case SetTrustPolicy(arn) | SetSessionDuration(arn) | SetRolePolicy(arn) | DeleteRole(arn):
            role = _seen(world.roles, arn, Role)
            return of_tags(role.tags) if role else None
        case SetBucketPublicAccess() | SetBucketPolicy() | SetOwnership() | SetAcl() | SetDefaultEncryption():
            return _of_bucket(world, change.bucket)
        case DeleteBucket(bucket):
            return _of_bucket(world, bucket)
        case SetAnnotation():
            return _of_annotation(world, change)
        case CreateProvider() | CreateRole() | CreateBucket() | PutDocument() | SetAccountPublicAccess():
            return None
        case RestartWorkload() | SetNamespaceSelector():
            return None
    assert_never(change)


def _of_bucket(world: World, name: str) -> Owner | None:
    bucket = world.bucket
    if not isinstance(bucket, Bucket) or bucket.name != name or not isinstance(bucket.tags, Mapping):
        return None
    return of_tags(bucket.tags)


def _of_annotation(world: World, change: SetAnnotation) -> Owner | None:
    account = _seen(world.accounts, f"{change.namespace}/{change.name}", ServiceAccount)
    if account is None:
        return None
    return of_marks(account.marks) or of_applier(
        account.appliers.get(change.annotation, ""), change.annotation
    )


def _seen(facts: Subjects[Any] | Missing, name: str, kind: type[T]) -> T | None:
    found = facts[name] if isinstance(facts, Subjects) else None
    return found if isinstance(found, kind) else None
