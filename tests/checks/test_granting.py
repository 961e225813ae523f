"""What nobody may read is neither a pass nor a failure, and what can be read is judged all the same."""

from dataclasses import replace

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.operators import with_karpenter
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

CHECKS = tuple(it for it in load() if it.link == "karpenter")
WORLD = with_karpenter(healthy(Ground.make(), NOW))
REFUSED = Missing("controls", "organizations:ListParents: AccessDenied", "organizations:ListParents")


def under(controls: Missing, world: World = WORLD) -> Diagnosis:
    assert isinstance(world.permissions, Subjects)
    ((arn, held),) = world.permissions.seen()
    assert isinstance(held, Permissions)
    return diagnose(
        replace(world, permissions=world.permissions.put(arn, replace(held, controls=controls))), CHECKS
    )


def told(diagnosis: Diagnosis, check: str) -> dict[str, Status]:
    return {it.finding.subject: it.status for it in diagnosis.outcomes if it.check.id == check}


def test_an_account_that_may_not_read_its_organizations_policies_is_not_blocked_and_is_told() -> None:
    found = under(REFUSED)
    assert not [*found.having(Status.BLOCKED), *found.having(Status.BROKEN)]
    name = "karpenter/karpenter"
    assert told(found, "nothing_holds_karpenter_back") == {
        f"{name} service control policies": Status.NOT_APPLICABLE,
        name: Status.HOLDS,
    }


def test_policies_of_an_organization_that_did_not_answer_block() -> None:
    late = Missing("controls", "organizations:ListParents: timeout")
    assert told(under(late), "nothing_holds_karpenter_back") == {"karpenter/karpenter": Status.BLOCKED}


def test_what_can_be_read_is_judged_all_the_same() -> None:
    bounded = FAULTS["karpenter-is-denied-by-its-boundary"].apply(healthy(Ground.make(), NOW))
    assert Status.BROKEN in told(under(REFUSED, bounded), "nothing_holds_karpenter_back").values()
    wide = FAULTS["karpenter-passes-any-role"].apply(healthy(Ground.make(), NOW))
    assert Status.BROKEN in told(under(REFUSED, wide), "pass_role_is_limited_to_ec2").values()
