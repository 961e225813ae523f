"""A plan from a file is written only here, when it breaks nothing and opens nothing more than needed."""

from dataclasses import replace

import pytest

from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.model.change import Change, SetBucketPublicAccess
from keystone_check.remedy.admit import admit
from keystone_check.remedy.planfile import PlanFile, planned
from tests.remedy.build import BUCKET, OPEN, REGION, SHUT, TRUST, chain, step, trust, trust_is

OTHER = '{"Version": "2012-10-17", "Statement": [ ]}'


def plan(*changes: Change) -> PlanFile:
    return planned("prod", chain(), [step(change) for change in changes])


def admitted(made: PlanFile) -> None:
    checks = (trust_is(TRUST),)
    admit(made, diagnose(chain(), checks), checks)


def test_a_plan_of_this_cluster_is_admitted() -> None:
    admitted(plan(SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN)))


@pytest.mark.parametrize(
    ("what", "theirs"), [("issuer", "https://other.example"), ("account", "444455556666"), ("account", "")]
)
def test_a_plan_of_another_cluster_or_account_is_refused_with_both(what: str, theirs: str) -> None:
    made = plan(SetBucketPublicAccess(BUCKET, REGION, SHUT, OPEN))
    other = replace(made, issuer=theirs) if what == "issuer" else replace(made, account=theirs)
    with pytest.raises(UsageError, match=f"made for prod, {what} {theirs or '.unknown.'}; here it is"):
        admitted(other)


def test_a_plan_that_would_break_what_holds_is_refused_with_the_check() -> None:
    with pytest.raises(UsageError, match="would break what holds: trust_is"):
        admitted(plan(trust(OTHER)))


def test_a_plan_that_opens_more_than_a_finding_needs_is_refused() -> None:
    with pytest.raises(UsageError, match="would open more: block_public_acls"):
        admitted(plan(SetBucketPublicAccess(BUCKET, REGION, SHUT, None)))
