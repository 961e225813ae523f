import re
from dataclasses import replace
from typing import Any

import pytest

from keystone_check.iam.sts import AssumeRequest, Certainty, Flaw, Granted, Malformed, Refused, Undecided
from keystone_check.iam.sts_answers import Step
from keystone_check.model.aws import Role
from keystone_check.model.facts import Absent, Missing, Subjects
from tests.iam.exchanges import CLAIMS, NOW, ROLE, ask, key_set, provider, token
from tests.iam.test_jwk import RFC_7638
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, conditions, statement, trust


def request(**changes: Any) -> AssumeRequest:
    return replace(AssumeRequest(ROLE, "s-1"), **changes)


def refused(**facts: Any) -> Refused:
    answer = ask(**facts)
    assert isinstance(answer, Refused), answer
    return answer


def test_where_every_step_holds_sts_grants() -> None:
    assert ask() == Granted(ROLE, PROVIDER, SUBJECT, AUDIENCE)


VALID = "1 validation error detected: Value"
INVALID = "InvalidIdentityToken"
CASES: list[tuple[str, dict[str, Any], Step, str, int, str]] = [
    (
        "role:",
        {"request": request(role_arn=ROLE.replace("role/", "role:"))},
        Step.SHAPE,
        "ValidationError",
        400,
        "Request ARN is invalid",
    ),
    (
        "no account",
        {"request": request(role_arn="arn:aws:iam:::role/x")},
        Step.SHAPE,
        "ValidationError",
        400,
        "Request ARN is invalid",
    ),
    (
        "no role",
        {"request": request(role_arn="")},
        Step.SHAPE,
        "ValidationError",
        400,
        f"{VALID} '' at 'roleArn' failed to satisfy constraint: Member must have length",
    ),
    ("session of one", {"request": request(session_name="s")}, Step.SHAPE, "ValidationError", 400, VALID),
    (
        "session too long",
        {"request": request(session_name="s" * 65)},
        Step.SHAPE,
        "ValidationError",
        400,
        VALID,
    ),
    (
        "session with space",
        {"request": request(session_name="a b")},
        Step.SHAPE,
        "ValidationError",
        400,
        VALID,
    ),
    ("too short", {"request": request(duration_seconds=60)}, Step.SHAPE, "ValidationError", 400, VALID),
    ("too long", {"request": request(duration_seconds=43201)}, Step.SHAPE, "ValidationError", 400, VALID),
    (
        "above the role's",
        {"request": request(duration_seconds=7200)},
        Step.SHAPE,
        "ValidationError",
        400,
        "The requested DurationSeconds",
    ),
    (
        "provider id",
        {"request": request(provider_id="www.amazon.com")},
        Step.SHAPE,
        "ValidationError",
        400,
        "ProviderId",
    ),
    (
        "empty token",
        {"token": Malformed("empty", Flaw.TOO_SHORT)},
        Step.SHAPE,
        "ValidationError",
        400,
        f"{VALID} at 'webIdentityToken'",
    ),
    (
        "huge token",
        {"token": Malformed("huge", Flaw.TOO_LONG)},
        Step.SHAPE,
        "ValidationError",
        400,
        f"{VALID} at 'webIdentityToken'",
    ),
    (
        "no jwt",
        {"token": Malformed("two parts")},
        Step.FORM,
        INVALID,
        400,
        "The ID Token provided is not a valid JWT",
    ),
    (
        "EdDSA",
        {"token": Malformed("EdDSA", Flaw.ALGORITHM)},
        Step.FORM,
        INVALID,
        400,
        "The ID Token provided",
    ),
    ("no aud", {"token": token(aud=None)}, Step.CLAIMS, INVALID, 400, "Missing a required claim: aud"),
    ("no sub", {"token": token(sub=None)}, Step.CLAIMS, INVALID, 400, "Missing a required claim: sub"),
    ("no exp", {"token": token(exp=None)}, Step.CLAIMS, INVALID, 400, "Missing a required claim: exp"),
    ("exp is text", {"token": token(exp="2027")}, Step.CLAIMS, INVALID, 400, "The claim exp"),
    ("iat is a fraction", {"token": token(iat=1.5)}, Step.CLAIMS, INVALID, 400, "The claim iat"),
    ("iat is true", {"token": token(iat=True)}, Step.CLAIMS, INVALID, 400, "The claim iat"),
    (
        "no provider",
        {"providers": Subjects(())},
        Step.PROVIDER,
        INVALID,
        400,
        f"No OpenIDConnect provider found in your account for {ISSUER}",
    ),
    (
        "provider of another account",
        {"request": request(role_arn=ROLE.replace("1111", "4444"))},
        Step.PROVIDER,
        INVALID,
        400,
        "No OpenIDConnect provider",
    ),
    (
        "another key",
        {"token": replace(token(), signed_by=("other",))},
        Step.SIGNATURE,
        INVALID,
        400,
        "Token signature invalid",
    ),
    (
        "expired",
        {"now": NOW + 3600},
        Step.TIME,
        "ExpiredTokenException",
        400,
        f"Token expired: current date/time {NOW + 3600} must be before the expiration date/time {NOW + 3600}",
    ),
    ("clock ahead", {"now": NOW - 301}, Step.TIME, INVALID, 400, "The ID Token provided is not valid yet"),
    (
        "audience",
        {"providers": Subjects(((PROVIDER, provider("sts.amazonaws.com.cn")),))},
        Step.AUDIENCE,
        INVALID,
        400,
        "Incorrect token audience",
    ),
    ("azp before aud", {"token": token(azp="x")}, Step.AUDIENCE, INVALID, 400, "Incorrect token audience"),
    (
        "subject",
        {"role": Role(ROLE, trust(statement(Condition=conditions("x"))))},
        Step.TRUST,
        "AccessDenied",
        403,
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ),
    (
        "role is not there",
        {"role": Absent("role", "no such role")},
        Step.TRUST,
        "AccessDenied",
        403,
        "Not authorized",
    ),
]


@pytest.mark.parametrize(
    ("facts", "step", "code", "status", "message"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_each_mismatch_has_stss_code_status_and_text(
    facts: dict[str, Any], step: Step, code: str, status: int, message: str
) -> None:
    first = refused(**facts).first
    assert (first.step, first.code, first.status) == (step, code, status)
    assert first.message.startswith(message)
    assert first.cause


def test_the_texts_that_nobody_printed_are_told_as_inferred() -> None:
    certainty = {case[0]: refused(**case[1]).first.certainty for case in CASES}
    assert certainty["clock ahead"] is certainty["no exp"] is certainty["EdDSA"] is Certainty.INFERRED
    assert certainty["expired"] is certainty["no jwt"] is Certainty.REPORTED
    assert certainty["audience"] is certainty["subject"] is Certainty.DOCUMENTED


def test_the_text_about_the_key_has_two_spaces_as_on_the_wire() -> None:
    message = refused(key_set=key_set({**RFC_7638, "kid": "new"})).first.message
    assert re.search(r"provider,  please reference", message)


def test_every_mismatch_is_told_and_the_rivals_of_the_first() -> None:
    answer = refused(
        token=replace(token(exp=NOW), signed_by=()),
        providers=Subjects(((PROVIDER, provider("x")),)),
        role=Role(ROLE, trust(statement(Condition=conditions("x")))),
        request=request(),
    )
    steps = [reason.step for reason in answer.reasons]
    assert steps == [Step.SIGNATURE, Step.TIME, Step.AUDIENCE, Step.TRUST]
    assert [reason.step for reason in answer.rivals] == [Step.TIME, Step.AUDIENCE]


def test_a_shape_has_no_rivals() -> None:
    assert refused(request=request(session_name="s"), now=NOW + 9999).rivals == ()


def test_the_refusal_tells_the_claim_beside_the_condition() -> None:
    (reason,) = refused(role=Role(ROLE, trust(statement(Condition=conditions("a:b"))))).reasons
    assert f'StringEquals {HOST}:sub expects "a:b", the request has "{SUBJECT}"' in reason.cause


UNREAD = Missing("fact", "iam:Get: AccessDenied", "iam:Get")


@pytest.mark.parametrize("fact", ["discovery", "key_set", "providers", "role"])
def test_where_nothing_refuses_a_missing_fact_leaves_it_undecided(fact: str) -> None:
    assert ask(**{fact: UNREAD}) == Undecided((UNREAD,))


def test_a_chain_that_nobody_saw_leaves_it_undecided() -> None:
    assert isinstance(ask(chains=Subjects()), Undecided)


@pytest.mark.parametrize("fact", ["discovery", "key_set", "providers", "role"])
def test_what_refuses_anyway_refuses_whatever_is_missing(fact: str) -> None:
    answer = refused(**{fact: UNREAD, "now": NOW + 9999})
    assert answer.first.code == "ExpiredTokenException"
    assert answer.unseen == (UNREAD,)


def test_a_trust_policy_that_cannot_be_read_leaves_it_undecided() -> None:
    assert isinstance(ask(role=Role(ROLE, "[]")), Undecided)


def test_several_audiences_of_which_one_is_registered_are_not_guessed() -> None:
    both = Role(ROLE, trust(statement(Condition=conditions(aud=[AUDIENCE, "x"]))))
    assert isinstance(ask(token=token(aud=[AUDIENCE, "x"]), role=both), Undecided)
    registered = Subjects(((PROVIDER, provider(AUDIENCE, "x")),))
    assert isinstance(ask(token=token(aud=[AUDIENCE, "x"]), role=both, providers=registered), Granted)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"now": NOW - 5}, "5 seconds ahead"),
        ({"token": token(exp=NOW + 999_999), "now": NOW + 100_000}, "it was issued 100000 seconds ago"),
    ],
)
def test_what_holds_by_an_undocumented_margin_is_noted(facts: dict[str, Any], said: str) -> None:
    answer = ask(**facts)
    assert isinstance(answer, Granted)
    assert any(said in note for note in answer.notes)


def test_the_provider_is_compared_byte_for_byte() -> None:
    for issuer in (ISSUER + "/", ISSUER.replace("b-1", "B-1")):
        answer = refused(token=token(iss=issuer))
        assert answer.first.message == f"No OpenIDConnect provider found in your account for {issuer}"


def test_claims_of_a_wrong_type_are_told() -> None:
    for claim in CLAIMS:
        assert refused(token=token(**{claim: {"a": 1}})).reasons
