"""Every check on the facts: what blocks it, what leaves it nothing, what it finds."""

from dataclasses import replace

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Check, Outcome
from tests.reports import build
from tests.worlds import world


def outcome(check: Check, **facts: object) -> Outcome:
    """The one outcome of a check on these facts."""
    (found,) = diagnose(world(**facts), [check]).outcomes
    return found


NEEDY = replace(build.check(), needs=("accounts",))


def test_a_missing_fact_blocks_with_its_reason_and_the_right_that_would_do() -> None:
    refused = Missing("accounts", "list serviceaccounts: 403", "list serviceaccounts")
    found = outcome(NEEDY, accounts=refused).finding
    assert (found.status, found.message) == (Status.BLOCKED, "list serviceaccounts: 403")
    assert found.permission == "list serviceaccounts"


def test_a_fact_that_is_absent_leaves_nothing_to_judge() -> None:
    needy = replace(NEEDY, needs=("bucket",))
    found = outcome(needy, bucket=Absent("bucket", "there is no bucket x")).finding
    assert (found.status, found.message) == (Status.NOT_APPLICABLE, "there is no bucket x")


def test_without_any_bound_account_a_mistyped_namespace_is_thought_of() -> None:
    silent = replace(NEEDY, judge=lambda accounts: ())
    found = outcome(silent, accounts=Subjects()).finding
    assert found.status is Status.NOT_APPLICABLE
    assert "eks.amazonaws.com/role-arn; another namespace (-n, -A) may" in found.message


def test_a_check_that_crashes_is_our_bug_and_costs_no_other() -> None:
    def crashing(accounts: object) -> tuple[()]:
        raise LookupError("x")

    checks = [replace(NEEDY, judge=crashing), replace(NEEDY, judge=lambda accounts: ())]
    statuses = [each.status for each in diagnose(world(accounts=Subjects()), checks).outcomes]
    assert statuses == [Status.CRASHED, Status.NOT_APPLICABLE]


@pytest.mark.parametrize("check", load(), ids=lambda check: check.id)
def test_nothing_holds_where_nothing_was_seen(check: Check) -> None:
    # Chains are listed by host; where no host is known, there is none to judge.
    unseen = Status.NOT_APPLICABLE if check.needs[:1] == ("chains",) else Status.BLOCKED
    assert {each.status for each in diagnose(world(), [check]).outcomes} == {unseen}
