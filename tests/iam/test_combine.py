"""Every documented situation is answered as its page says; and laws that hold for all of them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.combine import combined
from keystone_check.iam.evaluate import Allowed, Denied, Undecided
from keystone_check.iam.language import Policy, PolicyKind
from keystone_check.iam.layers import Answer, Layer, Layers, Naming
from keystone_check.iam.request import Anonymous, AwsPrincipal, Principal, Service
from tests.iam.builders import policy, statement
from tests.iam.situations import (
    ACCOUNT_ROOT,
    ALL,
    ALLOWED,
    CAROL,
    CAROL_ARN,
    DENIED,
    ELSE,
    FULL,
    GONE,
    NARROW,
    OPEN,
    ROLE_ARN,
    ROOT,
    SESSION,
    SESSION_ARN,
    UNDECIDED,
    USER,
    USER_ARN,
    B,
    Case,
    S,
    asking,
    bucket,
    control,
    denying,
)
from tests.iam.situations_beyond import BEYOND_ONE_ACCOUNT
from tests.iam.situations_within import WITHIN_ONE_ACCOUNT

CASES = [*WITHIN_ONE_ACCOUNT, *BEYOND_ONE_ACCOUNT]


@pytest.mark.parametrize("situation", CASES, ids=lambda one: f"{one.page}: {one.law}")
def test_a_documented_situation_is_answered_as_its_page_says(situation: Case) -> None:
    ruling = combined(situation.layers, situation.request)
    assert (ruling.answer, ruling.layer) == (situation.answer, situation.layer), ruling.because


def test_the_ruling_tells_the_statement_and_every_layer() -> None:
    layers = Layers(
        identity=(ELSE,), boundary=(NARROW,), resource=(bucket(USER_ARN),), scps=((FULL,), (FULL,))
    )
    ruling = combined(layers, asking())
    assert ruling.because == "Statement[0] of the resource policy allows it"
    assert ruling.statement is not None
    assert [one.name for one in ruling.heard] == [
        "resource policy",
        "service control policies of level 1",
        "service control policies of level 2",
        "identity policies",
        "permissions boundary",
    ]
    decisions = [type(one.decision) for one in ruling.heard]
    assert decisions == [Allowed, Allowed, Allowed, Denied, Denied]
    assert list(ruling.of(Layer.RESOURCE)[0].namings) == list(Naming)


def test_a_denial_by_silence_names_the_layer_and_knows_the_nearest_statement() -> None:
    ruling = combined(Layers(identity=(ALL,), boundary=(NARROW,)), asking())
    assert ruling.because == "nothing in the permissions boundary allows it"
    decision = ruling.of(Layer.BOUNDARY)[0].decision
    assert isinstance(decision, Denied)
    assert 'Action expects "ec2:*", the request has "s3:GetObject"' in decision.because


def test_what_nobody_could_read_is_kept_with_the_right_that_would_release_it() -> None:
    ruling = combined(Layers(identity=(ALL,), scps=((GONE,),)), asking())
    assert ruling.open == (GONE,)
    assert ruling.because == GONE.because
    assert ruling.of(Layer.SCP)[0].decision == Undecided((GONE,))


CALLERS = st.sampled_from([USER, SESSION, CAROL, ROOT, Anonymous(), Service("logs.amazonaws.com")])
ELEMENTS = st.fixed_dictionaries(
    {
        "effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.sampled_from(["s3:GetObject", "s3:*", "s3:Put*"]),
        "Condition": st.sampled_from([{}, {}, OPEN]),
    }
)
NAMES = st.sampled_from(["*", USER_ARN, ROLE_ARN, SESSION_ARN, CAROL_ARN, ACCOUNT_ROOT])


def one_policy(kind: PolicyKind, parts: dict[str, Any], name: str) -> Policy:
    named: dict[str, Any] = {"Principal": name if name == "*" else {"AWS": name}}
    with_principal = kind in (PolicyKind.RESOURCE, PolicyKind.RCP)
    return policy(statement(**parts, **(named if with_principal else {})), kind=kind)


def some(kind: PolicyKind, most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    names = st.just("*") if kind is PolicyKind.RCP else NAMES
    written = st.builds(one_policy, st.just(kind), ELEMENTS, names)
    return st.lists(st.one_of(written, written, written, st.just(GONE)), max_size=most).map(tuple)


def levels(kind: PolicyKind) -> st.SearchStrategy[tuple[tuple[Any, ...], ...]]:
    return st.lists(some(kind), max_size=2).map(tuple)


LAYERS = st.builds(
    Layers,
    identity=some(PolicyKind.IDENTITY),
    boundary=some(B, 1),
    session=some(S, 1),
    resource=some(PolicyKind.RESOURCE, 1),
    scps=levels(PolicyKind.SCP),
    rcps=levels(PolicyKind.RCP),
    same_account=st.booleans(),
)
DENIERS = {
    "identity": denying(),
    "boundary": denying(B),
    "session": denying(S),
    "resource": bucket("*", effect="Deny"),
}


def answer(layers: Layers, caller: Principal) -> Answer:
    return combined(layers, asking(caller)).answer


@given(LAYERS, some(PolicyKind.SCP), CALLERS)
def test_adding_a_level_of_scps_never_allows(layers: Layers, level: Any, caller: Principal) -> None:
    after = answer(replace(layers, scps=(*layers.scps, level)), caller)
    assert after is not ALLOWED or answer(layers, caller) is ALLOWED


@given(LAYERS, some(PolicyKind.RCP), CALLERS)
def test_adding_a_level_of_rcps_never_allows(layers: Layers, level: Any, caller: Principal) -> None:
    after = answer(replace(layers, rcps=(*layers.rcps, level)), caller)
    assert after is not ALLOWED or answer(layers, caller) is ALLOWED


@given(LAYERS, CALLERS)
def test_removing_a_boundary_never_denies(layers: Layers, caller: Principal) -> None:
    if answer(layers, caller) is ALLOWED:
        assert answer(replace(layers, boundary=()), caller) is ALLOWED


@given(LAYERS, CALLERS)
def test_removing_session_policies_of_a_role_never_denies(layers: Layers, caller: Principal) -> None:
    if caller != CAROL and answer(layers, caller) is ALLOWED:
        assert answer(replace(layers, session=()), caller) is ALLOWED


@given(LAYERS, st.sampled_from(sorted(DENIERS)), st.sampled_from([USER, SESSION, CAROL]))
def test_an_explicit_deny_anywhere_denies(layers: Layers, place: str, caller: AwsPrincipal) -> None:
    changed: dict[str, Any] = {place: (*getattr(layers, place), DENIERS[place])}
    assert answer(replace(layers, **changed), caller) is DENIED


@given(LAYERS, st.sampled_from([USER, SESSION, CAROL, ROOT]))
def test_an_explicit_deny_at_any_level_denies(layers: Layers, caller: AwsPrincipal) -> None:
    level = (control("*", deny="s3:*"),)
    assert answer(replace(layers, scps=(level, *layers.scps)), caller) is DENIED
    level = (control("*", deny="s3:*", kind=PolicyKind.RCP),)
    assert answer(replace(layers, rcps=(*layers.rcps, level)), caller) is DENIED


@given(LAYERS, CALLERS)
def test_another_account_never_has_more_than_its_own(layers: Layers, caller: Principal) -> None:
    if answer(replace(layers, same_account=False), caller) is ALLOWED:
        assert answer(replace(layers, same_account=True), caller) is ALLOWED


@given(LAYERS, CALLERS, st.sampled_from([ALL, denying()]))
def test_what_is_decided_stays_so_whatever_an_unread_policy_says(
    layers: Layers, caller: Principal, turn: Policy
) -> None:
    before = answer(replace(layers, identity=(*layers.identity, GONE)), caller)
    if before is not UNDECIDED:
        assert answer(replace(layers, identity=(*layers.identity, turn)), caller) is before
