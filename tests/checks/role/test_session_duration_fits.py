"""A role may be given sessions of twelve hours, and no longer ones."""

import pytest

from keystone_check.model.aws import Role
from keystone_check.model.change import SetSessionDuration
from keystone_check.model.cluster import ROLE_ARN, Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.world import Expected
from tests.checks.judging import judge

ARN = "arn:aws:iam::111122223333:role/api"


def offered(seconds: int) -> Repair:
    (found,) = judge(
        "session_duration_fits",
        accounts=Subjects((("app/api", ServiceAccount("app", "api", "", {ROLE_ARN: ARN})),)),
        roles=Subjects(((ARN, Role(ARN, "{}", 7200)),)),
        issuer=Issuer("https://oidc.example.com", "configuration"),
        expected=Expected(session_seconds=seconds),
    )
    assert found.repair is not None
    return found.repair


@pytest.mark.parametrize("seconds", [7201, 43200])
def test_what_a_role_can_have_is_unsafe_since_it_lengthens_everyones_sessions(seconds: int) -> None:
    repair = offered(seconds)
    assert repair.safety is Safety.UNSAFE
    assert repair.changes == (SetSessionDuration(ARN, 7200, seconds),)


def test_more_than_any_role_can_have_is_to_be_asked_for_less() -> None:
    repair = offered(43201)
    assert (repair.safety, repair.changes) == (Safety.MANUAL, ())
