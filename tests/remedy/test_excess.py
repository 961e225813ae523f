"""What a finding needs may be opened, and nothing more."""

import json
from typing import Any

import pytest

from keystone_check.checks import load
from keystone_check.model.aws import Encryption, Grant, PublicAccessBlock
from keystone_check.model.change import (
    SSE_S3,
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAcl,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetDefaultEncryption,
    SetOwnership,
    SetSessionDuration,
)
from keystone_check.model.creation import CreateBucket, CreateProvider, CreateRole
from keystone_check.model.finding import Safety
from keystone_check.remedy.excess import excess
from keystone_check.remedy.mend import rehearsed
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.worlds import healthy
from tests.remedy.build import (
    ACCOUNT,
    BUCKET,
    HOST,
    ISSUER,
    KEY_SET,
    KEY_SET_KEY,
    OPEN,
    POLICY,
    PROVIDER,
    REGION,
    ROLE,
    SHUT,
    chain,
    trust,
)
from tests.worlds import NOW

SUBJECT = "system:serviceaccount:app:api"
WORLD = healthy(Ground.make(), NOW)
CHECKS = load()


@pytest.mark.parametrize("name", FAULTS)
def test_no_plan_of_ours_opens_more_than_it_needs(name: str) -> None:
    world = FAULTS[name].apply(WORLD)
    applied = rehearsed(world, CHECKS, frozenset(Safety)).applied
    assert [excess(world, step.change) for step in applied] == [""] * len(applied)


def trusting(**changed: Any) -> Change:
    """A trust policy that lets the bound account in, with these members in place of others."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{HOST}:sub": SUBJECT}},
    }
    statement.update(changed)
    kept = {key: value for key, value in statement.items() if value is not None}
    return trust(json.dumps({"Version": "2012-10-17", "Statement": [kept]}))


def opening(resource: str) -> SetBucketPolicy:
    document = json.loads(POLICY)
    document["Statement"].append(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
    )
    return SetBucketPolicy(BUCKET, REGION, POLICY, json.dumps(document))


@pytest.mark.parametrize(
    "change",
    [
        trusting(),
        CreateRole(ROLE, getattr(trusting(), "after", "")),
        CreateBucket(BUCKET, REGION),
        SetOwnership(BUCKET, REGION, "ObjectWriter", "BucketOwnerEnforced"),
        SetAcl(BUCKET, REGION, (Grant("AllUsers", "READ"),), ()),
        SetDefaultEncryption(BUCKET, REGION, Encryption("aws:kms"), SSE_S3),
        SetSessionDuration(ROLE, 1800, 3600),
        SetBucketPolicy(BUCKET, REGION, None, POLICY),
        SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN),
        SetAccountPublicAccess(ACCOUNT, REGION, SHUT, OPEN),
        SetClientIds(PROVIDER, (), ("sts.amazonaws.com",)),
        CreateProvider(PROVIDER, ISSUER, ("sts.amazonaws.com",), ()),
    ],
)
def test_what_a_finding_needs_is_no_excess(change: Change) -> None:
    assert excess(chain(), change) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (CreateRole(f"{ROLE}-2", getattr(trusting(), "after", "")), f"it admits the subject {SUBJECT}"),
        (CreateRole(ROLE, getattr(trusting(Condition={}), "after", "")), "it names no subject"),
        (CreateBucket("another", REGION), "another is not the issuer's bucket"),
        (SetOwnership(BUCKET, REGION, "BucketOwnerEnforced", "ObjectWriter"), "access control lists"),
        (SetAcl(BUCKET, REGION, (), (Grant("AllUsers", "READ"),)), "it grants READ to AllUsers"),
        (SetSessionDuration(ROLE, 1800, 7200), "more than 3600 seconds"),
        (trusting(Principal="*"), "it admits everyone *"),
        (trusting(Principal={"AWS": "444455556666"}), "it admits AWS 444455556666"),
        (trusting(Principal={"Federated": PROVIDER + ".evil"}), "it admits Federated"),
        (trusting(Principal=None, NotPrincipal={"AWS": "x"}), "everyone but those"),
        (trusting(Action="sts:*"), "it allows sts:*"),
        (trusting(Condition={"StringLike": {f"{HOST}:sub": "*"}}), "it admits the subject *"),
        (trusting(Condition={}), "it names no subject"),
        (trusting(Condition={"StringNotEquals": {f"{HOST}:sub": SUBJECT}}), "it admits the subject"),
        (trusting(Condition={"StringLikeIfExists": {f"{HOST}:sub:x": SUBJECT}}), "it names no subject"),
        (opening(f"arn:aws:s3:::{BUCKET}/prod/.well-known/openid-configuration"), "prod"),
        (opening(f"arn:aws:s3:::{BUCKET}/secret"), "secret"),
        (opening(f"arn:aws:s3:::{BUCKET}/*"), "*"),
        (SetBucketPolicy("other", REGION, None, POLICY), "other is not the issuer's bucket"),
        (SetBucketPublicAccess(BUCKET, REGION, SHUT, None), "block_public_acls need not be off"),
        (
            SetAccountPublicAccess(ACCOUNT, REGION, SHUT, PublicAccessBlock(True, False, False, False)),
            "ignore_public_acls need not be off",
        ),
        (SetClientIds(PROVIDER, (), ("evil",)), "no token carries the audience evil"),
        (CreateProvider(PROVIDER, "https://evil.example", (), ()), "another issuer, https://evil.example"),
        (CreateProvider(PROVIDER, ISSUER, ("evil",), ()), "no token carries the audience evil"),
        (
            PutDocument(BUCKET, REGION, KEY_SET_KEY, '{"keys": []}', KEY_SET, "application/json"),
            "the cluster does not sign with the key",
        ),
    ],
)
def test_what_no_finding_needs_is_named(change: Change, said: str) -> None:
    assert said in excess(chain(), change)
