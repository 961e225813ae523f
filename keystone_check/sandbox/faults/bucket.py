"""The bucket does not let a stranger read the two documents, or lets him do more."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keystone_check.iam.s3 import document_policy
from keystone_check.model.aws import Encryption, PublicAccessBlock, StoredObject
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import bucket_of, with_bucket
from keystone_check.sandbox.faults.fault import KEY_SET_CHECKS, fault
from keystone_check.sandbox.moving import moved
from keystone_check.sandbox.worlds import DISCOVERY_KEY, KEY_SET_KEY, published

ALL_SHUT = PublicAccessBlock(True, True, True, True)
"""What every new bucket has since April 2023."""

KMS_KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

NO_DOCUMENTS = ("discovery_document_is_public", "sts_accepts_the_token")


@fault(breaks=("public_access_block_permits_the_policy", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def bucket_is_blocked(world: World) -> World:
    """The bucket's public access block shuts its public policy out."""
    return with_bucket(world, public_access=ALL_SHUT)


@fault(breaks=("public_access_block_permits_the_policy", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def account_is_blocked(world: World) -> World:
    """The account's public access block shuts the public policies of all its buckets out."""
    return published(replace(world, account_public_access=ALL_SHUT))


@fault(
    breaks=(
        "organization_permits_public_policies",
        "public_access_block_permits_the_policy",
        *NO_DOCUMENTS,
    ),
    blocks=KEY_SET_CHECKS,
)
def organization_is_blocked(world: World) -> World:
    """The organization blocks public access in all of its accounts."""
    return published(replace(world, account_public_access=ALL_SHUT, organization_public_access="all"))


@fault(
    breaks=("policy_admits_sts_from_anywhere", "policy_opens_exactly_the_documents", *NO_DOCUMENTS),
    blocks=KEY_SET_CHECKS,
)
def policy_admits_a_vpc_endpoint_only(world: World) -> World:
    """The bucket policy opens the documents to those who come through one VPC endpoint."""
    return _with_statements(world, lambda opens: [{**opens, **_where("StringEquals", ENDPOINT)}])


@fault(
    breaks=("public_policy_reaches_the_objects", "policy_opens_exactly_the_documents", *NO_DOCUMENTS),
    blocks=KEY_SET_CHECKS,
)
def policy_opens_another_folder(world: World) -> World:
    """The bucket is public by its policy, which opens another folder than that of the documents."""
    name = bucket_of(world).name
    return _with_statements(world, lambda opens: [{**opens, "Resource": f"arn:aws:s3:::{name}/public/*"}])


@fault(breaks=("acls_are_disabled",))
def acls_are_in_force(world: World) -> World:
    """The bucket is older than April 2023, and ACLs are in force in it."""
    return with_bucket(world, ownership="ObjectWriter")


@fault(breaks=("encryption_lets_strangers_read", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def discovery_document_is_encrypted_with_kms(world: World) -> World:
    """The discovery document was uploaded with a key of KMS."""
    return _encrypted(world, DISCOVERY_KEY)


@fault(breaks=("encryption_lets_strangers_read", "key_set_is_public", "sts_accepts_the_token"))
def key_set_is_encrypted_with_kms(world: World) -> World:
    """The key set was uploaded with a key of KMS."""
    return _encrypted(world, KEY_SET_KEY)


@fault(breaks=("default_encryption_lets_strangers_read",))
def uploads_are_encrypted_with_kms(world: World) -> World:
    """The bucket's default encryption was set to a key of KMS after the documents were uploaded."""
    return with_bucket(world, default_encryption=Encryption("aws:kms", KMS_KEY, bucket_key=True))


@fault(
    breaks=("bucket_belongs_to_the_account",),
    blocks=(
        "acls_are_disabled",
        "bucket_is_closed_to_strangers",
        "default_encryption_lets_strangers_read",
        "policy_admits_sts_from_anywhere",
        "policy_opens_exactly_the_documents",
        "public_access_block_permits_the_policy",
        "public_policy_reaches_the_objects",
    ),
)
def bucket_is_in_another_account(world: World) -> World:
    """The issuer's bucket is one of another account, which publishes what it should."""
    bucket = bucket_of(world)
    refused = {
        "public_access": ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        "ownership": ("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls"),
        "policy": ("GetBucketPolicy", "s3:GetBucketPolicy"),
        "policy_is_public": ("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus"),
        "default_encryption": ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        "grants": ("GetBucketAcl", "s3:GetBucketAcl"),
        "tags": ("GetBucketTagging", "s3:GetBucketTagging"),
    }
    unread: dict[str, Any] = {
        fact: Missing(fact, f"s3:{operation} {bucket.name}: AccessDenied: Access Denied", action)
        for fact, (operation, action) in refused.items()
    }
    return replace(
        world,
        bucket=replace(bucket, **unread),
        own_buckets=(),
        provider_buckets=Subjects(((bucket.name, bucket.region),)),
    )


@fault(
    breaks=("bucket_is_in_the_issuers_region", "documents_answer_without_redirects", *NO_DOCUMENTS),
    blocks=KEY_SET_CHECKS,
)
def bucket_is_in_another_region(world: World) -> World:
    """The bucket was made in another region than the one that the issuer names."""
    return with_bucket(world, region="eu-west-1")


@fault(breaks=("bucket_name_suits_virtual_hosts", "certificate_names_the_host"))
def bucket_name_has_a_dot(world: World) -> World:
    """The bucket's name has a dot, so that its host name has a label too many for S3's certificate."""
    name = bucket_of(world).name
    return moved(world, (name, name.replace("-", ".", 1)))


@fault(breaks=("issuer_uses_the_regional_host",))
def issuer_is_on_the_global_host(world: World) -> World:
    """The issuer is the bucket's address on the global host of S3."""
    bucket = bucket_of(world)
    return moved(world, (f"{bucket.name}.s3.{bucket.region}.", f"{bucket.name}.s3."))


@fault(breaks=("issuer_uses_the_regional_host",))
def issuer_has_a_dash_before_the_region(world: World) -> World:
    """The issuer is the bucket's address in the form that old regions have."""
    bucket = bucket_of(world)
    return moved(world, (f"{bucket.name}.s3.{bucket.region}.", f"{bucket.name}.s3-{bucket.region}."))


ENDPOINT = {"aws:SourceVpce": "vpce-0123456789abcdef0"}


def _where(operator: str, keys: dict[str, str]) -> dict[str, Any]:
    return {"Condition": {operator: keys}}


def _with_statements(world: World, edit: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> World:
    """The policy with other statements, made from the one that opens the documents."""
    policy = bucket_of(world).policy
    assert isinstance(policy, str)
    document = json.loads(policy)
    (opens,) = document["Statement"]
    return with_bucket(world, policy=json.dumps({**document, "Statement": edit(opens)}, indent=2))


def _encrypted(world: World, key: str) -> World:
    found = bucket_of(world).objects[key]
    assert isinstance(found, StoredObject)
    objects = bucket_of(world).objects.put(key, replace(found, encryption="aws:kms", encryption_key=KMS_KEY))
    return with_bucket(world, objects=objects)


@fault(breaks=("policy_opens_exactly_the_documents", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def policy_is_missing(world: World) -> World:
    """The bucket has no policy; an upload with a public ACL was refused."""
    name = bucket_of(world).name
    return with_bucket(world, policy=Absent("policy", f"bucket {name} has no policy"))


@fault(
    breaks=(
        "policy_opens_exactly_the_documents",
        "public_policy_reaches_the_objects",
        "key_set_is_public",
        "sts_accepts_the_token",
    ),
)
def policy_misses_the_key_set(world: World) -> World:
    """The bucket policy opens the discovery document alone."""
    return with_bucket(world, policy=document_policy(None, "aws", bucket_of(world).name, (DISCOVERY_KEY,)))


@fault(breaks=("policy_opens_exactly_the_documents", "bucket_is_closed_to_strangers"))
def policy_opens_everything(world: World) -> World:
    """The bucket policy lets everyone read and write every object."""
    name = bucket_of(world).name
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    return with_bucket(world, policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


@fault(breaks=(*NO_DOCUMENTS, "bucket_cannot_be_taken_over"), blocks=KEY_SET_CHECKS)
def bucket_is_gone(world: World) -> World:
    """The issuer's bucket was deleted."""
    name = bucket_of(world).name
    gone = Absent("bucket", f"there is no bucket {name}")
    nobodys: Subjects[str] = Subjects(((name, Absent(name, gone.because)),))
    return published(replace(world, bucket=gone, own_buckets=(), provider_buckets=nobodys))
