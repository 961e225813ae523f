"""Whose buckets are whose, and what the organization says of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from keystone_check.iam.s3 import locate
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.probes import rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError, header_beside

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws

S3_POLICY = "S3_POLICY"
REGION_HEADER = "x-amz-bucket-region"
_ABSENT = {
    "AWSOrganizationsNotInUseException": "is in no organization",
    "EffectivePolicyNotFoundException": "is under no S3 policy of an organization",
}
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeEffectivePolicy.html"""


def organization_public_access(aws: Aws, caller: Caller) -> str | Absent | Missing:
    """What the S3 policy in force for the account says of public access; any member may ask for its own."""
    fact = "organization_public_access"
    try:
        return aws.read(
            rights.ORGANIZATION_PUBLIC_ACCESS, caller.account, "", _said, PolicyType=S3_POLICY
        ) or Absent(fact, f"the S3 policy of account {caller.account} says nothing of public access")
    except ReadError as refusal:
        if refusal.code in _ABSENT:
            return Absent(fact, f"account {caller.account} {_ABSENT[refusal.code]}")
        return refusal.missing(fact)


def _said(answer: dict[str, Any]) -> str:
    """`all`, `none`, or nothing: https://docs.aws.amazon.com/organizations/latest/userguide/
    orgs_manage_policies_s3_syntax.html"""
    try:
        content = json.loads(answer["EffectivePolicy"]["PolicyContent"])
        said = content["s3_attributes"]["public_access_block_configuration"]
        return str(said["@@assign"] if isinstance(said, dict) else said)
    except (ValueError, KeyError, TypeError):
        return ""


def own_buckets(aws: Aws) -> tuple[str, ...]:
    """The names of the account's buckets in every region, sorted. Raises ReadError."""
    listed = aws.read(rights.LIST_BUCKETS, "", "", lambda answer: answer["Buckets"])
    return tuple(sorted(bucket["Name"] for bucket in listed))


def provider_buckets(aws: Aws, provider_arns: Iterable[str], own: Iterable[str]) -> Subjects[str]:
    """Where the buckets are that providers name and the account does not have."""
    ours = frozenset(own)
    urls = (f"https://{arn.partition(':oidc-provider/')[2]}" for arn in provider_arns)
    located = {place.bucket: place.region for place in map(locate, urls) if place}
    names = sorted(located.keys() - ours)
    found = side_by_side(lambda name: _found(aws, name, located[name]), names)
    return Subjects(tuple(zip(names, found, strict=True)))


def _found(aws: Aws, name: str, by_address: str) -> str | Absent | Missing:
    try:
        answer = aws.ask(rights.FIND_BUCKET, name, by_address, Bucket=name)
    except ReadError as refusal:
        if refusal.code == "404":
            return Absent(name, f"there is no bucket {name}")
        if refusal.code in ("403", "301"):
            return header_beside(refusal, REGION_HEADER) or by_address
        return refusal.missing(name)
    return str(answer["ResponseMetadata"]["HTTPHeaders"].get(REGION_HEADER, by_address))
