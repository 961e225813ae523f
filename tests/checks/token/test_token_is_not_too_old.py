"""A day and a second, an annotation that nobody reads, and a token that does not tell."""

import pytest

from keystone_check.model.cluster import TOKEN_EXPIRATION, ServiceAccount, Token
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from tests.checks.judging import told


def status(annotation: str | None, now: int = 100, **claims: object) -> Status:
    annotations = {} if annotation is None else {TOKEN_EXPIRATION: annotation}
    account = ServiceAccount("app", "api", "", annotations)
    tokens = Subjects((("app/api", Token({}, claims, 900, ())),))
    accounts = Subjects((("app/api", account),))
    found = told("token_is_not_too_old", accounts=accounts, tokens=tokens, now=now)
    return found["app/api"][0]


@pytest.mark.parametrize(
    ("annotation", "lifetime", "expected"),
    [
        (None, 86400, Status.HOLDS),
        (None, 86401, Status.BROKEN),
        ("86400", 3600, Status.HOLDS),
        ("86401", 3600, Status.BROKEN),
        ("a week", 3600, Status.HOLDS),
        ("²", 3600, Status.HOLDS),
    ],
)
def test_a_day_is_the_limit(annotation: str | None, lifetime: int, expected: Status) -> None:
    assert status(annotation, iat=100, exp=100 + lifetime) is expected


def test_a_token_that_was_made_days_ago_is_old_though_its_end_is_ahead() -> None:
    assert status(None, now=100 + 86400, iat=100, exp=100 + 90000) is Status.BROKEN
    assert status(None, now=100 + 86400, iat=100, exp=100 + 86400) is Status.HOLDS
    assert status(None, now=100 + 86401, iat=100, exp=100 + 86400) is Status.BROKEN


def test_without_its_times_a_tokens_life_is_not_known() -> None:
    assert status(None, exp=100) is Status.NOT_APPLICABLE
    assert status(None, iat=100, exp=True) is Status.NOT_APPLICABLE
