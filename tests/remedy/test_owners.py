"""What something else manages is held back with its name, unless that is released."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.aws import Provider, Role
from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetThumbprints,
)
from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.creation import CreateProvider
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Safety, Status
from keystone_check.model.world import World
from keystone_check.remedy.mend import rehearsed
from keystone_check.remedy.owners import owner, owners
from keystone_check.remedy.plan import SAFE_ONLY, Others, plan
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.variants import VARIANTS
from tests.remedy.build import (
    ACCOUNT,
    BUCKET,
    HOST,
    ISSUER,
    OPEN,
    POLICY,
    PROVIDER,
    REGION,
    ROLE,
    SHUT,
    TRUST,
    account,
    bucket,
    chain,
    check,
    trust,
    trust_is,
    wrong,
)
from tests.worlds import NOW

CHECKS = load()
TERRAFORM, STACK = {"ManagedBy": "terraform"}, {"aws:cloudformation:stack-name": "keystone"}


def managed() -> World:
    """Provider, bucket, role and account are each managed by something else."""
    provider = Provider(PROVIDER, HOST, ("sts.amazonaws.com",), ("ab" * 20,), tags=STACK)
    helm = replace(account(), marks={"app.kubernetes.io/managed-by": "Helm"})
    return chain(
        accounts=Subjects((("app/api", helm),)),
        bucket=bucket(tags=TERRAFORM),
        providers=Subjects(((PROVIDER, provider),)),
        roles=Subjects(((ROLE, Role(ROLE, TRUST, tags=TERRAFORM)),)),
    )


MANAGED = managed()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (SetClientIds(PROVIDER, (), ("x",)), "the CloudFormation stack keystone"),
        (SetThumbprints(PROVIDER, (), ("x",)), "the CloudFormation stack keystone"),
        (SetBucketPolicy(BUCKET, REGION, None, POLICY), "Terraform"),
        (SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN), "Terraform"),
        (trust("{}"), "Terraform"),
        (SetAnnotation("app", "api", ROLE_ARN, None, ROLE), "Helm"),
    ],
)
def test_the_owner_of_what_a_change_writes_to_is_named(change: Change, name: str) -> None:
    found = owner(MANAGED, change)
    assert found is not None
    assert found.name == name
    assert owner(chain(), change) is None


@pytest.mark.parametrize(
    "change",
    [
        CreateProvider(PROVIDER, ISSUER, (), ()),
        PutDocument(BUCKET, REGION, "openid/v1/jwks", None, "{}", "application/json"),
        SetAccountPublicAccess(ACCOUNT, REGION, SHUT, OPEN),
        SetBucketPolicy("another", REGION, None, POLICY),
        SetAnnotation("app", "gone", ROLE_ARN, None, ROLE),
    ],
)
def test_what_has_no_tags_has_no_owner(change: Change) -> None:
    assert owner(MANAGED, change) is None


def test_only_the_owner_of_the_very_field_counts() -> None:
    applied = replace(account(), appliers={ROLE_ARN: "argocd-controller"})
    world = chain(accounts=Subjects((("app/api", applied),)))
    found = owner(world, SetAnnotation("app", "api", ROLE_ARN, ROLE, None))
    assert found is not None
    assert found.name == "argocd-controller, by server-side apply"
    assert owner(world, SetAnnotation("app", "api", "eks.amazonaws.com/audience", None, "x")) is None


def test_each_owner_is_named_once() -> None:
    found = owners(MANAGED, (trust("{}"), SetBucketPolicy(BUCKET, REGION, None, POLICY)))
    assert [one.told_by for one in found] == ["tag ManagedBy=terraform"]


def test_a_managed_repair_is_held_back_and_released_by_its_own_option() -> None:
    diagnosis = diagnose(MANAGED, [trust_is("new")])
    (held,) = plan(diagnosis).held_back
    assert (held.release, [one.name for one in held.owners]) == ("--fix --managed", ["Terraform"])
    assert plan(diagnosis).steps == ()
    released = plan(diagnosis, SAFE_ONLY | {Others.MANAGED})
    assert [step.change for step in released.steps] == [trust("new")]
    assert released.held_back == ()


def test_a_managed_repair_that_is_unsafe_needs_both() -> None:
    def judge(roles: Subjects[Role]) -> Iterator[Finding]:
        yield wrong("r", trust("x"), safety=Safety.UNSAFE)

    diagnosis = diagnose(MANAGED, [check("unsafe", judge, "roles")])
    for allow in (SAFE_ONLY, SAFE_ONLY | {Safety.UNSAFE}, SAFE_ONLY | {Others.MANAGED}):
        (held,) = plan(diagnosis, allow).held_back
        assert held.release in ("--fix=unsafe --managed", "--fix=unsafe")
    assert plan(diagnosis, SAFE_ONLY | {Safety.UNSAFE, Others.MANAGED}).steps


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ("audience-is-not-registered", "the CloudFormation stack keystone"),
        ("trust-names-another-namespace", "Terraform"),
        ("bucket-is-blocked", "Terraform"),
    ],
)
def test_of_a_chain_that_is_managed_nothing_is_written_until_it_is_released(fault: str, name: str) -> None:
    world = FAULTS[fault].apply(VARIANTS["managed"].world(Ground.make(), NOW))
    left = rehearsed(world, CHECKS)
    assert left.applied == ()
    assert {one.name for item in left.held_back for one in item.owners} == {name}
    released = rehearsed(world, CHECKS, SAFE_ONLY | {Others.MANAGED, Safety.UNSAFE})
    assert released.applied
    assert not released.after.having(Status.BROKEN)


def test_what_nobody_else_manages_is_mended_beside_it() -> None:
    other = f"{ROLE}-other"
    roles = Subjects(((ROLE, Role(ROLE, TRUST, tags=TERRAFORM)), (other, Role(other, TRUST))))
    made = plan(diagnose(chain(roles=roles), [trust_is("new")]))
    assert [step.change for step in made.steps] == [trust("new", TRUST, other)]
    assert len(made.held_back) == 1
