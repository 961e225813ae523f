"""Writing: over what the plan was made for and nothing else, and told in the words of the action."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from keystone_check.errors import ApplyError
from keystone_check.model.aws import (
    Bucket,
    Encryption,
    Grant,
    Provider,
    PublicAccessBlock,
    Role,
    StoredObject,
)
from keystone_check.model.change import (
    SSE_S3,
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
    inverse,
)
from keystone_check.model.cluster import AUDIENCE
from keystone_check.model.creation import CreateBucket, CreateProvider, CreateRole, DeleteBucket, DeleteRole
from keystone_check.model.facts import Subjects
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.remedy.apply import apply
from keystone_check.remedy.rehearse import rehearse
from keystone_check.sandbox.serve import Serving
from tests.remedy.apply.conftest import noon
from tests.remedy.apply.forgetful import forgetful

OPEN = PublicAccessBlock(True, True, False, False)
SHUT = PublicAccessBlock(True, True, True, True)
NOTHING = PublicAccessBlock(False, False, False, False)


def look(sandbox: Serving) -> World:
    return gather(sandbox.access, clock=noon)


def bucket(world: World) -> Bucket:
    assert isinstance(world.bucket, Bucket)
    return world.bucket


def provider(world: World) -> Provider:
    assert isinstance(world.providers, Subjects)
    return next(found for _, found in world.providers.seen())


def role(world: World) -> Role:
    assert isinstance(world.roles, Subjects)
    return next(found for _, found in world.roles.seen())


def account_id(world: World) -> str:
    return provider(world).arn.split(":")[4]


def _account(world: World) -> Change:
    return SetAccountPublicAccess(account_id(world), bucket(world).region, None, OPEN)


def _public_access(world: World) -> Change:
    after = PublicAccessBlock(False, True, False, False)
    return SetBucketPublicAccess(bucket(world).name, bucket(world).region, OPEN, after)


def _policy(world: World) -> Change:
    before = bucket(world).policy
    assert isinstance(before, str)
    after = json.dumps({**json.loads(before), "Id": "rewritten"})
    return SetBucketPolicy(bucket(world).name, bucket(world).region, before, after)


def _policy_again(world: World) -> Change:
    before = bucket(world).policy
    assert isinstance(before, str)
    return SetBucketPolicy(bucket(world).name, bucket(world).region, before, before + "\n")


def _document(world: World) -> Change:
    key, stored = bucket(world).objects.entries[1]
    assert isinstance(stored, StoredObject)
    assert isinstance(stored.body, str)
    after = stored.body + "\n"
    return PutDocument(bucket(world).name, bucket(world).region, key, stored.body, after, "application/json")


def _provider(world: World) -> Change:
    found = provider(world)
    return CreateProvider(
        f"{found.arn}/beside", f"https://{found.url}/beside", ("sts.amazonaws.com",), ("ab" * 20,)
    )


def _client_ids(world: World) -> Change:
    return SetClientIds(provider(world).arn, provider(world).client_ids, ("one", "two"))


def _trust(world: World) -> Change:
    after = json.dumps({**json.loads(role(world).trust), "Id": "a+b and ü"}, ensure_ascii=False)
    return SetTrustPolicy(role(world).arn, role(world).trust, after)


def _where(world: World) -> dict[str, str]:
    return {"bucket": bucket(world).name, "region": bucket(world).region}


def _encryption(world: World) -> Change:
    key = Encryption("aws:kms", "arn:aws:kms:eu-central-1:1:key/a", True)
    return SetDefaultEncryption(**_where(world), before=SSE_S3, after=key)


def _ownership(world: World) -> Change:
    return SetOwnership(**_where(world), before="BucketOwnerEnforced", after="ObjectWriter")


def _no_ownership(world: World) -> Change:
    return SetOwnership(**_where(world), before="ObjectWriter", after=None)


def _acl(world: World) -> Change:
    return SetAcl(**_where(world), before=(), after=(Grant("AuthenticatedUsers", "READ"),))


def _again(world: World) -> Change:
    """The same text, with another key."""
    key, stored = bucket(world).objects.entries[1]
    assert isinstance(stored, StoredObject)
    assert isinstance(stored.body, str)
    kind, kms = stored.content_type, Encryption("aws:kms", "arn:aws:kms:eu-central-1:1:key/a")
    name, region = bucket(world).name, bucket(world).region
    return PutDocument(name, region, key, stored.body, stored.body, kind, kind, kms)


def _session(world: World) -> Change:
    return SetSessionDuration(role(world).arn, 3600, 7200)


def _new_role(world: World) -> Change:
    return CreateRole(f"{role(world).arn.partition(':role')[0]}:role/new/one", role(world).trust)


def _annotation(world: World) -> Change:
    return SetAnnotation("app", "api", AUDIENCE, None, "sts.amazonaws.com.cn")


MADE: list[Callable[[World], Change]] = [
    _account,
    _public_access,
    _policy,
    _document,
    _provider,
    _client_ids,
    _trust,
    _annotation,
    _encryption,
    _ownership,
    _acl,
    _no_ownership,
    _again,
    _session,
]
FOLLOWING = (_acl, _no_ownership)
"""Those that the one before makes way for: S3 takes no ACL where ownership is enforced."""
by_kind = pytest.mark.parametrize("made", MADE, ids=lambda made: made.__name__.strip("_"))


@by_kind
def test_what_is_seen_after_writing_is_what_was_rehearsed(
    sandbox: Serving, made: Callable[[World], Change]
) -> None:
    before = look(sandbox)
    change = made(before)
    apply(sandbox.access, change)
    seen = look(sandbox)
    assert seen == rehearse(before, [change])
    assert seen != before
    apply(sandbox.access, change)  # once more: it stands there, so nothing is to be done
    assert look(sandbox) == seen


def undone(change: Change) -> Change:
    back = inverse(change)
    assert back is not None
    return back


def test_a_role_is_made_once_and_is_gone_when_its_making_is_undone(sandbox: Serving) -> None:
    before = look(sandbox)
    made = _new_role(before)
    apply(sandbox.access, made)
    apply(sandbox.access, made)
    assert isinstance(before.trusting_roles, Subjects)
    assert look(sandbox) != before
    for _ in range(2):
        apply(sandbox.access, undone(made))
    assert look(sandbox) == before


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_bucket_is_made_where_it_should_be_and_is_gone_when_its_making_is_undone(
    sandbox: Serving, region: str
) -> None:
    before = look(sandbox)
    made = CreateBucket(f"made-in-{region}", region)
    apply(sandbox.access, made)
    apply(sandbox.access, made)
    assert look(sandbox).own_buckets == rehearse(before, [made]).own_buckets
    apply(sandbox.access, undone(made))
    assert look(sandbox) == before


def test_a_bucket_that_is_elsewhere_is_not_made_again_and_not_deleted(sandbox: Serving) -> None:
    before = look(sandbox)
    for kind in (CreateBucket, DeleteBucket):
        with pytest.raises(ApplyError, match="a bucket in eu-central-1"):
            apply(sandbox.access, kind(bucket(before).name, "eu-west-1"))
    assert look(sandbox) == before


def test_a_role_policy_is_made_edited_and_deleted_over_what_was_planned_alone(sandbox: Serving) -> None:
    """No operator runs here, so no look tells of it."""
    arn, text = role(look(sandbox)).arn, '{"Version": "2012-10-17", "Statement": [%s]}'
    allow = '{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Sid": "A+B"}'
    first, then = text % allow.replace("+", ""), text % allow.replace("A+B", "C")
    made, edited = SetRolePolicy(arn, "own", None, first), SetRolePolicy(arn, "own", first, then)
    for change in (made, made, edited, edited):
        apply(sandbox.access, change)
    for change in (SetRolePolicy(arn, "own", first, text % ""), SetRolePolicy(arn, "own", first, None)):
        with pytest.raises(ApplyError, match="is not what the plan was made for"):
            apply(sandbox.access, change)
    for former in (undone(edited), undone(made), undone(made)):
        apply(sandbox.access, former)
    apply(sandbox.access, made)  # there is none again, so it is made
    apply(sandbox.access, undone(made))


def stale(world: World) -> list[Change]:
    where: Any = partial(dict, bucket=bucket(world).name, region=bucket(world).region)
    key = bucket(world).objects.entries[0][0]
    return [
        SetAccountPublicAccess(account_id(world), bucket(world).region, SHUT, NOTHING),
        SetBucketPublicAccess(**where(before=None, after=SHUT)),
        SetBucketPolicy(**where(before="{}", after='{"a": 1}')),
        PutDocument(**where(key=key, before=None, after="{}", content_type="text/plain")),
        PutDocument(**where(key="elsewhere", before="{}", after="{ }", content_type="text/plain")),
        CreateProvider(provider(world).arn, f"https://{provider(world).url}", ("other",), ()),
        SetClientIds(provider(world).arn, ("other",), ("another",)),
        SetThumbprints(provider(world).arn, ("cd" * 20,), ("ef" * 20,)),
        SetTrustPolicy(role(world).arn, "{}", '{"a": 1}'),
        CreateRole(role(world).arn, "{}"),
        DeleteRole(role(world).arn, "{}"),
        SetSessionDuration(role(world).arn, 7000, 8000),
        SetOwnership(**where(before="ObjectWriter", after="BucketOwnerPreferred")),
        SetAcl(**where(before=(Grant("AllUsers", "READ"),), after=(Grant("AllUsers", "WRITE"),))),
        SetDefaultEncryption(**where(before=Encryption("x"), after=Encryption("y"))),
        SetAnnotation("app", "api", "eks.amazonaws.com/role-arn", None, "arn:aws:iam::1:role/x"),
    ]


@pytest.mark.parametrize("number", range(16))
def test_what_the_plan_was_not_made_for_is_not_overwritten(sandbox: Serving, number: int) -> None:
    before = look(sandbox)
    with pytest.raises(ApplyError, match="is not what the plan was made for") as caught:
        apply(sandbox.access, stale(before)[number])
    assert caught.value.hint == "look again and plan anew: repeat the command"
    assert look(sandbox) == before


def test_a_changed_policy_is_told_by_the_lines_that_differ(sandbox: Serving) -> None:
    found = role(look(sandbox))
    former = found.trust.replace("2012-10-17", "2008-10-17")
    with pytest.raises(ApplyError) as caught:
        apply(sandbox.access, SetTrustPolicy(found.arn, former, "{}"))
    told = caught.value.message.splitlines()[1:]
    assert [line[0] for line in told] == ["-", "+"]
    assert "2008-10-17" in told[0]
    assert "2012-10-17" in told[1]


def test_a_refused_write_is_told_with_its_action_and_the_right_that_it_takes(sandbox: Serving) -> None:
    arn, present = provider(look(sandbox)).arn, provider(look(sandbox)).thumbprints
    with pytest.raises(ApplyError) as caught:
        apply(sandbox.access, SetThumbprints(arn, present, ("cd" * 20,)))
    assert f"iam:UpdateOpenIDConnectProviderThumbprint {arn}: AccessDenied" in caught.value.message
    assert "allow iam:UpdateOpenIDConnectProviderThumbprint to whoever runs this" in caught.value.hint


def test_a_public_policy_that_a_public_access_block_refuses_is_told_as_that(sandbox: Serving) -> None:
    held = bucket(look(sandbox))
    assert isinstance(held.public_access, PublicAccessBlock)
    assert isinstance(held.policy, str)
    shut = SetBucketPublicAccess(held.name, held.region, held.public_access, SHUT)
    apply(sandbox.access, shut)
    with pytest.raises(ApplyError) as caught:
        apply(sandbox.access, SetBucketPolicy(held.name, held.region, held.policy, held.policy + " "))
    assert "s3:PutBucketPolicy" in caught.value.message
    assert "public access block" in caught.value.hint
    apply(sandbox.access, replace(shut, before=SHUT, after=held.public_access))


def test_what_is_gone_is_told_with_the_next_step(sandbox: Serving) -> None:
    with pytest.raises(ApplyError) as caught:
        apply(sandbox.access, SetAnnotation("app", "nobody", AUDIENCE, None, "x"))
    assert "get serviceaccounts app/nobody: 404" in caught.value.message
    assert caught.value.hint == "it is gone since the plan was made: repeat the command"


@pytest.mark.parametrize("made", [_policy_again, _document], ids=["policy", "document"])
def test_a_write_whose_answer_was_lost_is_found_to_have_taken_effect(
    sandbox: Serving, made: Callable[[World], Change]
) -> None:
    before = look(sandbox)
    change = made(before)
    with forgetful(sandbox.access.aws_endpoint) as address:
        apply(replace(sandbox.access, aws_endpoint=address), change)
    assert look(sandbox) == rehearse(before, [change])
