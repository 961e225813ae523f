"""What others wrote into a trust policy survives its repair, and a policy at its limit is not burst."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keystone_check.checks import load
from keystone_check.checks.role.trust_fits_the_quota import QUOTAS
from keystone_check.diagnosis import diagnose
from keystone_check.model.aws import Role
from keystone_check.model.change import SetTrustPolicy
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Safety
from keystone_check.model.world import World
from keystone_check.probes.refusals import ReadError
from keystone_check.remedy.apply.obstacles import next_step
from keystone_check.remedy.mend import rehearsed
from keystone_check.sandbox.faults import FAULTS
from tests.remedy.emit.plans import WORLD, of_fault

CHECKS = load()
EVERYTHING = frozenset(Safety)
NETWORK = {"aws:SourceIp": "203.0.113.0/24"}
FOREIGN = {
    "Sid": "Foreign",
    "Effect": "Deny",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "sts:AssumeRole",
}


def with_trusts(world: World, edit: Callable[[dict[str, Any]], object]) -> World:
    """The world with every role's trust policy edited."""
    assert isinstance(world.roles, Subjects)
    for name, role in world.roles.seen():
        assert isinstance(role, Role)
        document = json.loads(role.trust)
        edit(document)
        changed = replace(role, trust=json.dumps(document))
        world = replace(world, roles=world.roles.put(name, changed))
    return world


def furnish(document: dict[str, Any]) -> None:
    first = document["Statement"][0]
    first["Sid"] = "Ours"
    first.setdefault("Condition", {})["IpAddress"] = NETWORK
    document["Statement"] = [FOREIGN, *document["Statement"]]


def test_a_foreign_condition_statement_and_sid_survive() -> None:
    bent = [
        name for name in FAULTS if any(isinstance(it.change, SetTrustPolicy) for it in of_fault(name).applied)
    ]
    assert len(bent) > 10
    for name in bent:
        furnished_survives(name)


def furnished_survives(name: str) -> None:
    world = with_trusts(FAULTS[name].apply(WORLD), furnish)
    changes = [it.change for it in rehearsed(world, CHECKS, EVERYTHING).applied]
    written = [json.loads(it.after) for it in changes if isinstance(it, SetTrustPolicy)]
    assert written
    for document in written:
        assert document["Statement"][0] == FOREIGN
        assert document["Statement"][1]["Sid"] == "Ours"
        assert document["Statement"][1]["Condition"]["IpAddress"] == NETWORK


def characters(trust: str) -> int:
    """As IAM counts them: without white space."""
    return len("".join(trust.split()))


def test_a_trust_policy_at_its_limit_is_told_before_it_is_written_and_its_refusal_with_what_helps() -> None:
    world = FAULTS["trust-pins-no-subject"].apply(WORLD)

    def pad(document: dict[str, Any]) -> None:
        team = {"aws:PrincipalTag/team": ""}
        document["Statement"].append({**FOREIGN, "Condition": {"StringEquals": team}})
        team["aws:PrincipalTag/team"] = "x" * (QUOTAS[0] - characters(json.dumps(document)))

    found = diagnose(with_trusts(world, pad), CHECKS).broken
    told = [it.finding.message for it in found if it.check.id == "trust_fits_the_quota"]
    assert any("has 2048 of 2048 characters; the repair of its conditions would make it" in it for it in told)
    refused = ReadError("iam:UpdateAssumeRolePolicy api: LimitExceeded", code="LimitExceeded")
    assert next_step(refused) == "raise the quota with AWS, or shorten what stands there"
