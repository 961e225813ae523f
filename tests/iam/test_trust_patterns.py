"""Patterns that reach over namespaces, each with a stranger that it matches."""

import pytest

from keystone_check.iam.evaluate import Allowed
from keystone_check.iam.trust import trust_decision
from keystone_check.iam.trust_patterns import subject_patterns
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, PROVIDER, statement, trust


def policy(pattern: str) -> str:
    return trust(statement(Condition={"StringLike": {f"{HOST}:sub": pattern}}))


@pytest.mark.parametrize(
    "pattern",
    [
        "system:serviceaccount:*:api",
        "system:serviceaccount:team*",
        "system:serviceaccount:team-?:api",
        "system:serviceaccount:team*:api",
        "system:*:api",
        "*:api",
    ],
)
def test_a_wildcard_in_the_namespace_lets_its_stranger_in(pattern: str) -> None:
    ((found, stranger),) = subject_patterns(policy(pattern), ISSUER)
    assert found == pattern
    claims = {"sub": stranger, "aud": AUDIENCE}
    assert isinstance(trust_decision(policy(pattern), PROVIDER, ISSUER, claims), Allowed)


@pytest.mark.parametrize("pattern", ["system:serviceaccount:app:*", "system:serviceaccount:app:api-?"])
def test_a_wildcard_behind_the_namespace_does_not_cross(pattern: str) -> None:
    assert list(subject_patterns(policy(pattern), ISSUER)) == []


def test_what_is_no_policy_has_no_patterns() -> None:
    assert list(subject_patterns("[]", ISSUER)) == []
