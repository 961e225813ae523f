"""The plan: each change once, one change an address, in an order that works."""

import itertools
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.diagnosis import diagnose
from keystone_check.model.aws import Encryption, Grant
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
    address,
)
from keystone_check.model.creation import CreateBucket, CreateProvider, CreateRole
from keystone_check.model.finding import Finding, Safety, Severity
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.injection import Requirement
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.remedy.plan import Plan, plan, rank
from tests.remedy.build import (
    ACCOUNT,
    BUCKET,
    DISCOVERY_KEY,
    ISSUER,
    KEY_SET_KEY,
    OPEN,
    PROVIDER,
    REGION,
    ROLE,
    SHUT,
    chain,
    check,
    trust,
    wrong,
)

IN_ORDER: tuple[Change, ...] = (
    SetAccountPublicAccess(ACCOUNT, REGION, SHUT, OPEN),
    CreateBucket(BUCKET, REGION),
    SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN),
    SetAcl(BUCKET, REGION, (Grant("AllUsers", "READ"),), ()),
    SetOwnership(BUCKET, REGION, None, "BucketOwnerEnforced"),
    SetDefaultEncryption(BUCKET, REGION, Encryption("aws:kms"), SSE_S3),
    SetBucketPolicy(BUCKET, REGION, None, "{}"),
    PutDocument(BUCKET, REGION, KEY_SET_KEY, None, "{}", "application/json"),
    PutDocument(BUCKET, REGION, DISCOVERY_KEY, None, "{}", "application/json"),
    CreateProvider(PROVIDER, ISSUER, ("sts.amazonaws.com",), ()),
    SetThumbprints(PROVIDER, (), ("ab" * 20,)),
    SetClientIds(PROVIDER, (), ("sts.amazonaws.com",)),
    CreateRole(f"{ROLE}-new", '{"Statement": []}'),
    SetTrustPolicy(ROLE, "{}", '{"Statement": []}'),
    SetSessionDuration(ROLE, 3600, 7200),
    SetRolePolicy(ROLE, "a", None, "{}"),
    SetAnnotation("app", "api", "eks.amazonaws.com/role-arn", None, ROLE),
    SetNamespaceSelector("c", "w", (), (Requirement("x", "Exists"),)),
    RestartWorkload("deployment", "app", "api", "2026-11-25T20:35:06Z"),
)


def finding(*found: Finding) -> Diagnosis:
    """A diagnosis with these findings, each of a check of its own: c0, c1, …"""
    checks = [check(f"c{number}", lambda item=item: (item,)) for number, item in enumerate(found)]
    return diagnose(chain(), checks)


def changes(made: Plan) -> tuple[Change, ...]:
    return tuple(step.change for step in made.steps)


def test_a_chain_that_holds_needs_no_plan() -> None:
    assert plan(finding()) == Plan((), ())


def test_one_change_that_several_findings_ask_for_is_one_step_that_mends_them_all() -> None:
    (only,) = plan(finding(wrong("a", trust("x")), wrong("b", trust("x")))).steps
    assert only.change == trust("x")
    assert only.mends == ("c0[a]", "c1[b]")


def test_of_two_changes_to_one_address_the_first_along_the_chain_has_this_round() -> None:
    assert changes(plan(finding(wrong("a", trust("x")), wrong("b", trust("y"))))) == (trust("x"),)


def test_a_repair_that_must_wait_waits_whole() -> None:
    other = trust("z", arn=f"{ROLE}-other")
    made = plan(finding(wrong("a", trust("x")), wrong("b", trust("y"), other)))
    assert changes(made) == (trust("x"),)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_a_change_depends_on_comes_first(order: tuple[int, ...]) -> None:
    found = finding(*(wrong(f"s{number}", *IN_ORDER[number::3]) for number in order))
    assert changes(plan(found)) == IN_ORDER


def test_every_kind_of_change_has_its_own_place() -> None:
    ranks = [rank(change) for change in IN_ORDER]
    assert ranks == sorted(set(ranks))


def test_an_unsafe_repair_is_held_back_until_its_class_is_allowed() -> None:
    found = finding(wrong("a", trust("x"), safety=Safety.UNSAFE))
    held = plan(found)
    assert held.steps == ()
    assert [item.release for item in held.held_back] == ["--fix=unsafe"]
    released = plan(found, frozenset({Safety.SAFE, Safety.UNSAFE}))
    assert changes(released) == (trust("x"),)
    assert released.held_back == ()


def test_a_manual_repair_is_never_planned_and_says_what_to_do() -> None:
    made = plan(finding(wrong("a", safety=Safety.MANUAL)), frozenset(Safety))
    assert made.steps == ()
    assert [item.release for item in made.held_back] == ["do it"]


def test_a_broken_finding_without_a_repair_plans_nothing() -> None:
    assert plan(finding(wrong("a"))) == Plan((), ())


def test_a_repair_with_a_change_that_was_declined_is_left_out_whole_and_frees_its_addresses() -> None:
    found = finding(wrong("a", trust("x"), IN_ORDER[0]), wrong("b", trust("y")))
    assert changes(plan(found, without=frozenset({IN_ORDER[0]}))) == (trust("y"),)


def test_while_the_issuer_itself_is_wrong_nothing_is_written_that_holds_its_name() -> None:
    first = partial(check, "issuer", lambda: [wrong("issuer", safety=Safety.MANUAL)], link="cluster")
    checks = [
        first(severity=Severity.CRITICAL),
        check("trusts", lambda: [wrong("role", trust("x"))], link="role"),
    ]
    made = plan(diagnose(chain(), checks))
    assert made.steps == ()
    assert [item.release for item in made.held_back] == ["do it", "mend issuer[issuer] first"]
    lesser = plan(diagnose(chain(), [first(severity=Severity.HIGH), *checks[1:]]))
    assert changes(lesser) == (trust("x"),)


def test_an_issuer_that_is_mended_in_the_same_run_holds_nothing_back() -> None:
    checks = [
        check("issuer", lambda: [wrong("issuer", IN_ORDER[0])], link="cluster", severity=Severity.CRITICAL),
        check("trusts", lambda: [wrong("role", trust("x"))], link="role"),
    ]
    assert changes(plan(diagnose(chain(), checks))) == (IN_ORDER[0], trust("x"))


SOME_CHANGES = st.lists(
    st.builds(trust, st.sampled_from("xyz"), st.just("{}"), st.sampled_from(("r/1", "r/2")))
    | st.sampled_from(IN_ORDER),
    min_size=1,
    max_size=4,
)


@given(st.lists(SOME_CHANGES, max_size=6))
def test_no_two_steps_have_one_address_and_the_order_always_works(wanted: list[list[Change]]) -> None:
    made = plan(finding(*(wrong(f"s{number}", *one) for number, one in enumerate(wanted))))
    addresses = [address(change) for change in changes(made)]
    assert len(addresses) == len(set(addresses))
    ranks = [rank(change) for change in changes(made)]
    assert ranks == sorted(ranks)
    assert bool(made.steps) == bool(wanted)
