"""A day and a second, and a token that does not tell."""

import pytest

from keystone_check.model.cluster import Token
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from tests.checks.judging import told


def status(now: int = 100, **claims: object) -> Status:
    tokens = Subjects((("app/api", Token({}, claims, 900, ())),))
    return told("token_is_not_too_old", tokens=tokens, now=now)["app/api"][0]


@pytest.mark.parametrize(("lifetime", "expected"), [(86400, Status.HOLDS), (86401, Status.BROKEN)])
def test_a_day_is_the_limit(lifetime: int, expected: Status) -> None:
    assert status(iat=100, exp=100 + lifetime) is expected


def test_a_token_that_was_made_days_ago_is_old_though_its_end_is_ahead() -> None:
    assert status(now=100 + 86400, iat=100, exp=100 + 90000) is Status.BROKEN
    assert status(now=100 + 86400, iat=100, exp=100 + 86400) is Status.HOLDS
    assert status(now=100 + 86401, iat=100, exp=100 + 86400) is Status.BROKEN


def test_without_its_times_a_tokens_life_is_not_known() -> None:
    assert status(exp=100) is Status.NOT_APPLICABLE
    assert status(iat=100, exp=True) is Status.NOT_APPLICABLE
