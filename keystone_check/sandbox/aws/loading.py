"""Put a world's AWS side into an account, through the same door that every client uses."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.config import Config

from keystone_check.iam.s3 import document_policy, locate, object_key
from keystone_check.iam.s3_address import partition_of
from keystone_check.model.access import Access
from keystone_check.model.aws import (
    Bucket,
    Encryption,
    Grant,
    Provider,
    PublicAccessBlock,
    Role,
    StoredObject,
)
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import STS_AUDIENCE, World
from keystone_check.probes.aws import session
from keystone_check.probes.discretion import discreet
from keystone_check.sandbox.aws import cloudtrail, policies, state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.landscape import landscape
from keystone_check.sandbox.dry_running import refusing


def load(world: World, url: str, account: Account) -> None:
    """Create bucket, providers and roles as the world has them; what is Missing or Absent is left out."""
    with discreet("botocore"):
        _load(world, url, account)


def _load(world: World, url: str, account: Account) -> None:
    state.open_partition(account.id, account.partition)
    account.organization = _organization(world)
    _load_buckets(world, url, account)
    if isinstance(world.account_public_access, PublicAccessBlock):
        state.set_account_public_access(account.id, world.account_public_access)
    iam = _client("iam", url, account)
    for provider in _providers(world):
        _load_provider(iam, provider)
        if isinstance(provider.created, int):
            account.created[provider.arn] = provider.created
    roles = {role.arn: role for role in (*_seen(world.trusting_roles), *_seen(world.roles))}
    for role in roles.values():
        _load_role(iam, role)
    _load_tags(world, account)
    policies.load(world, iam, account)
    account.landscape = replace(landscape(world), refusing=refusing(world))
    account.events[:] = cloudtrail.history(world, account)


def add(world: World, url: str, account: Account) -> None:
    """Put another cluster's bucket, provider and roles beside what the account has already."""
    own = (world.bucket.name,) if isinstance(world.bucket, Bucket) else ()
    account.opened = False
    with discreet("botocore"):
        _load_buckets(replace(world, own_buckets=own), url, account)
        iam = _client("iam", url, account)
        for provider in _seen(world.providers):
            _load_provider(iam, provider)
            if isinstance(provider.created, int):
                account.created[provider.arn] = provider.created
        for role in _seen(world.roles):
            _load_role(iam, role)
    account.opened = True
    account.asked.clear()


def _load_tags(world: World, account: Account) -> None:
    for thing in (*_seen(world.providers), *_seen(world.roles)):
        if thing.tags:
            state.set_tags(account.id, thing.arn, thing.tags)
    if isinstance(world.bucket, Bucket) and isinstance(world.bucket.tags, Mapping) and world.bucket.tags:
        state.set_tags(account.id, world.bucket.name, world.bucket.tags)


def _organization(world: World) -> str | None:
    match world.organization_public_access:
        case str() as said:
            return json.dumps({"s3_attributes": {"public_access_block_configuration": said}})
        case Absent(because=because) if "under no S3 policy" in because:
            return ""
        case _:
            return None


def _load_buckets(world: World, url: str, account: Account) -> None:
    """The issuer's bucket, then those of the account, then those that providers name and others have."""
    named = world.bucket.name if isinstance(world.bucket, Bucket) else ""
    own = world.own_buckets if isinstance(world.own_buckets, tuple) else (named,)
    others = dict(_pairs(world.provider_buckets))
    if isinstance(world.bucket, Bucket):
        bucket = world.bucket if named in own else _as_strangers_see(world, world.bucket)
        _load_bucket(_client("s3", url, account, bucket.region), bucket)
    regions = {**dict.fromkeys(own, account.region), **others}
    for name, region in regions.items():
        if name != named:
            _make_bucket(_client("s3", url, account, region), name, region)
    account.foreign = frozenset(({named} - set(own) - {""}) | others.keys())


def _as_strangers_see(world: World, bucket: Bucket) -> Bucket:
    """Of a bucket in another account only what comes out of it is known: it lets just that out."""
    read = [answer.url for answer in (world.discovery, world.key_set) if isinstance(answer, Response)]
    place = locate(world.issuer.url) if isinstance(world.issuer, Issuer) else None
    if place is None:
        return bucket
    keys = tuple(key for key in (object_key(place, url) for url in read) if key)
    policy = document_policy(None, partition_of(bucket.region), bucket.name, keys)
    return replace(bucket, policy=policy, ownership="BucketOwnerEnforced")


def _providers(world: World) -> list[Provider]:
    """Those that were read, and of the others what their ARNs tell."""
    read = {provider.arn: provider for provider in _seen(world.providers)}
    listed = () if isinstance(world.provider_arns, Missing) else world.provider_arns
    others = (
        Provider(arn, arn.partition(":oidc-provider/")[2], (STS_AUDIENCE,), (UNREAD_THUMBPRINT,))
        for arn in listed
        if arn not in read
    )
    return [*read.values(), *others]


UNREAD_THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
"""Of providers of which nobody reads more than the ARN."""


def _client(service: str, url: str, account: Account, region: str = "") -> Any:
    access = Access("sandbox", region=region or account.region, aws_credentials=account.credentials)
    return session(access).client(service, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


def _load_bucket(s3: Any, bucket: Bucket) -> None:
    ownership = {"ObjectOwnership": bucket.ownership} if isinstance(bucket.ownership, str) else {}
    _make_bucket(s3, bucket.name, bucket.region, **ownership)
    for key, stored in bucket.objects.seen():
        if isinstance(stored, StoredObject) and isinstance(stored.body, str):
            _load_object(s3, bucket.name, key, stored.body, stored)
    if isinstance(bucket.default_encryption, Encryption):
        s3.put_bucket_encryption(
            Bucket=bucket.name,
            ServerSideEncryptionConfiguration={"Rules": [_encryption(bucket.default_encryption)]},
        )
    if isinstance(bucket.grants, tuple) and bucket.grants:
        _load_grants(s3, bucket.name, bucket.grants)
    if isinstance(bucket.policy, str):
        s3.put_bucket_policy(Bucket=bucket.name, Policy=bucket.policy)
    # Last, as in life: a policy that was written before the block stands, and is without effect.
    if isinstance(bucket.public_access, PublicAccessBlock):
        s3.put_public_access_block(
            Bucket=bucket.name, PublicAccessBlockConfiguration=state.settings(bucket.public_access)
        )


def _encryption(said: Encryption) -> dict[str, Any]:
    key = {"KMSMasterKeyID": said.key} if said.key else {}
    how = {"SSEAlgorithm": said.algorithm, **key}
    return {"ApplyServerSideEncryptionByDefault": how, "BucketKeyEnabled": said.bucket_key}


def _make_bucket(s3: Any, name: str, region: str, **options: str) -> None:
    """The one region that S3 does not take by name is the one that it takes without one."""
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **place, **options)


def _load_object(s3: Any, bucket: str, key: str, body: str, stored: StoredObject) -> None:
    said = {"ServerSideEncryption": stored.encryption, "SSEKMSKeyId": stored.encryption_key}
    encryption = {name: value for name, value in said.items() if value}
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode(), ContentType=stored.content_type, **encryption)


def _load_grants(s3: Any, bucket: str, grants: tuple[Grant, ...]) -> None:
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]
    keeps = {"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"}
    groups = [
        {"Grantee": {"Type": "Group", "URI": f"{GROUPS}/{grant.grantee}"}, "Permission": grant.permission}
        for grant in grants
    ]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": [keeps, *groups], "Owner": owner})


GROUPS = "http://acs.amazonaws.com/groups/global"


def _load_provider(iam: Any, provider: Provider) -> None:
    iam.create_open_id_connect_provider(
        Url=f"https://{provider.url}",
        ClientIDList=list(provider.client_ids),
        ThumbprintList=list(provider.thumbprints),
    )


def _load_role(iam: Any, role: Role) -> None:
    path, _, name = role.arn.partition(":role")[2].rpartition("/")
    iam.create_role(
        Path=f"{path}/",
        RoleName=name,
        AssumeRolePolicyDocument=role.trust,
        MaxSessionDuration=role.max_session_seconds,
        **({"PermissionsBoundary": role.boundary} if role.boundary else {}),
    )


def _pairs(facts: "Subjects[str] | Missing") -> Iterator[tuple[str, str]]:
    return iter(()) if isinstance(facts, Missing) else facts.seen()


def _seen(facts: "Subjects[Any] | Missing") -> list[Any]:
    return [] if isinstance(facts, Missing | Absent) else [fact for _, fact in facts.seen()]
