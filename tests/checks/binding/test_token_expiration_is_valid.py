"""What is annotated is read as the webhook reads it, and more than a day is this check's alone."""

import pytest

from keystone_check.model.cluster import TOKEN_EXPIRATION, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from tests.checks.judging import told


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("600", Status.HOLDS),
        ("86400", Status.HOLDS),
        ("+7200", Status.HOLDS),
        ("86401", Status.BROKEN),
        ("599", Status.BROKEN),
        ("-1", Status.BROKEN),
        ("²", Status.BROKEN),
        ("a week", Status.BROKEN),
    ],
)
def test_whole_seconds_from_ten_minutes_to_a_day(annotation: str, expected: Status) -> None:
    account = ServiceAccount("app", "api", "", {TOKEN_EXPIRATION: annotation})
    found = told("token_expiration_is_valid", accounts=Subjects((("app/api", account),)))
    assert found["app/api"][0] is expected
