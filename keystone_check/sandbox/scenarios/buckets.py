"""Buckets that did not let STS read what it should have."""

from dataclasses import replace

from keystone_check.model.facts import Absent
from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.bucket import ALL_SHUT
from keystone_check.sandbox.faults.editing import bucket_of, with_bucket
from keystone_check.sandbox.scenarios.scenario import scenario
from keystone_check.sandbox.worlds import published


@scenario(
    3,
    "kops",
    "policy_opens_exactly_the_documents",
    "though S3 counts it as public",
    "https://github.com/kubernetes/kops/issues/15296",
)
def public_bucket_keeps_its_objects_private(world: World) -> World:
    """No pod authenticates: S3 calls the bucket public, so no ACL was set, and its policy opens others."""
    old = with_bucket(world, ownership="BucketOwnerPreferred")
    return FAULTS["policy-opens-another-folder"].apply(old)


@scenario(
    4,
    "kops",
    "organization_permits_public_policies",
    "blocks all public access",
    "https://github.com/kubernetes/kops/issues/12628",
    "https://github.com/kubernetes/kops/issues/14699",
    "https://github.com/kubernetes/kops/pull/14991",
)
def organization_forbids_public_objects(world: World) -> World:
    """`AccessDenied` on writing the key set with the ACL public-read: the organization forbids it.

    The bucket is of the time when ACLs were in force in every new one.
    """
    old = with_bucket(_without_policy(world), ownership="ObjectWriter")
    return FAULTS["organization-is-blocked"].apply(old)


@scenario(
    5,
    "OpenShift",
    "public_access_block_permits_the_policy",
    "nor an upload with a public ACL",
    "https://github.com/openshift/cloud-credential-operator/pull/526",
    "https://github.com/openshift/cloud-credential-operator/pull/529",
)
def bucket_was_made_after_april_2023(world: World) -> World:
    """Installs break in April 2023: in new buckets ACLs are off, all is blocked, and none got a policy."""
    return _without_policy(_with_block(world))


@scenario(
    6,
    "any",
    "public_access_block_permits_the_policy",
    "lets nobody write the policy that the bucket lacks",
    "https://github.com/torchbox/buckup/issues/18",
)
def policy_was_put_before_the_block_was_lifted(world: World) -> World:
    """403 on PutBucketPolicy: a new bucket blocks public policies, and nobody had lifted that before."""
    return _without_policy(_with_block(world))


@scenario(
    7,
    "any",
    "public_access_block_permits_the_policy",
    "the public access block of account",
    "https://github.com/aws-samples/unishop-monolith-to-microservices/issues/47",
)
def account_blocks_the_policy_of_its_administrator(world: World) -> World:
    """403 on PutBucketPolicy even for an administrator: the block is the account's and not the bucket's."""
    return published(replace(_without_policy(world), account_public_access=ALL_SHUT))


def _with_block(world: World) -> World:
    """What every new bucket has since April 2023."""
    return with_bucket(world, public_access=ALL_SHUT, ownership="BucketOwnerEnforced")


def _without_policy(world: World) -> World:
    return with_bucket(world, policy=Absent("policy", f"bucket {bucket_of(world).name} has no policy"))
