"""Somebody else could get in by way of the bucket, or of a provider that was left behind."""

import json
from dataclasses import replace

from keystone_check.model.aws import Grant, PublicAccessBlock
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import (
    beside,
    bucket_of,
    provider_of,
    with_bucket,
)
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.keys import beside as with_keys
from keystone_check.sandbox.faults.keys import strangers

ACLS_COUNT = PublicAccessBlock(False, False, False, False)


@fault(breaks=("bucket_cannot_be_taken_over",))
def former_bucket_is_free(world: World) -> World:
    """A provider of a former cluster names a bucket that was deleted."""
    bucket, arn = bucket_of(world).name, provider_of(world).arn
    former = f"former-{bucket}"
    arns = world.provider_arns
    assert not isinstance(arns, Missing)
    return replace(
        world,
        provider_arns=tuple(sorted((*arns, arn.replace(bucket, former)))),
        provider_buckets=Subjects(((former, Absent(former, f"there is no bucket {former}")),)),
    )


@fault(breaks=("bucket_is_closed_to_strangers", "acls_are_disabled"))
def acl_lets_everyone_write(world: World) -> World:
    """The bucket's ACL lets everyone write to it."""
    grants = (Grant("AllUsers", "WRITE"),)
    return with_bucket(world, ownership="ObjectWriter", public_access=ACLS_COUNT, grants=grants)


@fault(breaks=("bucket_is_closed_to_strangers", "policy_opens_exactly_the_documents"))
def policy_lets_everyone_list(world: World) -> World:
    """The bucket policy lets everyone list the bucket beside reading the documents."""
    bucket = bucket_of(world)
    assert isinstance(bucket.policy, str)
    document = json.loads(bucket.policy)
    listing = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket.name}",
    }
    return with_bucket(world, policy=json.dumps({**document, "Statement": [*document["Statement"], listing]}))


@fault(breaks=("providers_are_in_use",))
def former_provider_was_left(world: World) -> World:
    """A provider of a former issuer, in the same bucket, was left behind."""
    return beside(world, f"{provider_of(world).arn}/former")


@fault(breaks=("issuer_serves_one_cluster",))
def keys_of_other_clusters_are_published(world: World) -> World:
    """Three clusters sign for one issuer, so that its key set holds the keys of all three."""
    return with_keys(world, *strangers(2))
