"""The bucket does not let a stranger read the two documents, or lets him do more."""

import json
from dataclasses import replace

from keystone_check.iam.s3 import document_policy
from keystone_check.model.aws import PublicAccessBlock
from keystone_check.model.facts import Absent
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import bucket_of, with_bucket
from keystone_check.sandbox.faults.fault import KEY_SET_CHECKS, fault
from keystone_check.sandbox.worlds import DISCOVERY_KEY, published

ALL_SHUT = PublicAccessBlock(True, True, True, True)
"""What every new bucket has since April 2023."""

NO_DOCUMENTS = ("discovery_document_is_public", "sts_accepts_the_token")


@fault(breaks=("public_access_block_permits_the_policy", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def bucket_is_blocked(world: World) -> World:
    """The bucket's public access block shuts its public policy out."""
    return with_bucket(world, public_access=ALL_SHUT)


@fault(breaks=("public_access_block_permits_the_policy", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def account_is_blocked(world: World) -> World:
    """The account's public access block shuts the public policies of all its buckets out."""
    return published(replace(world, account_public_access=ALL_SHUT))


@fault(breaks=("policy_opens_exactly_the_documents", *NO_DOCUMENTS), blocks=KEY_SET_CHECKS)
def policy_is_missing(world: World) -> World:
    """The bucket has no policy; an upload with a public ACL was refused."""
    name = bucket_of(world).name
    return with_bucket(world, policy=Absent("policy", f"bucket {name} has no policy"))


@fault(breaks=("policy_opens_exactly_the_documents", "key_set_is_public", "sts_accepts_the_token"))
def policy_misses_the_key_set(world: World) -> World:
    """The bucket policy opens the discovery document alone."""
    return with_bucket(world, policy=document_policy(None, "aws", bucket_of(world).name, (DISCOVERY_KEY,)))


@fault(breaks=("policy_opens_exactly_the_documents",))
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


@fault(breaks=NO_DOCUMENTS, blocks=KEY_SET_CHECKS)
def bucket_is_gone(world: World) -> World:
    """The issuer's bucket was deleted."""
    name = bucket_of(world).name
    return published(replace(world, bucket=Absent("bucket", f"there is no bucket {name}")))
