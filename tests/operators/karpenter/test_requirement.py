"""What each Karpenter asks, against what each release's own template grants."""

from dataclasses import replace
from itertools import pairwise, product

import pytest

from keystone_check.knowledge.store import facts, minors
from keystone_check.operators.documents import Document
from keystone_check.operators.karpenter.installation import Installation, NodeClass
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.template import template
from tests.operators.laws import ACCOUNT, NODE_ROLE, PLACE, REGION, installed, node_class, refused, release

MINORS = tuple(minors())


@pytest.mark.parametrize("minor", MINORS)
def test_the_template_of_a_release_is_complete_for_it_whatever_is_configured(minor: str) -> None:
    documents = template(release(minor), PLACE)
    asked = {
        (need.action, need.resource, str(need.request.context)): need
        for found in configurations(minor)
        for need in requirement(found)
    }
    assert len(asked) > 50
    assert refused(documents, asked.values()) == set()


def configurations(minor: str) -> list[Installation]:
    """Every gate on and off, in all combinations."""
    switches = ("queue", "isolated", "spot", "eks", "makes_profile", "alias", "reservations", "placement")
    found = []
    for given in product((False, True), repeat=len(switches)):
        on = dict(zip(switches, given, strict=True))
        one = NodeClass("default", "0f3d", NODE_ROLE, on["makes_profile"], on["alias"])
        one = replace(one, reservations=on["reservations"], placement=on["placement"])
        queue = "lab" if on["queue"] else ""
        found.append(
            Installation(
                release(minor),
                "lab",
                ACCOUNT,
                REGION,
                "aws",
                queue,
                on["isolated"],
                on["spot"],
                on["eks"],
                (one,),
            )
        )
    return found


def test_the_next_minor_misses_in_the_former_template_exactly_what_the_releases_added() -> None:
    found = {
        newer: {
            action for action, _ in refused(template(release(older), PLACE), requirement(installed(newer)))
        }
        for older, newer in pairwise(MINORS)
    }
    launching = {"ec2:CreateFleet", "ec2:RunInstances"}
    assert {minor: actions for minor, actions in found.items() if actions} == {
        "1.3": {"ec2:DescribeCapacityReservations", *launching},
        "1.7": {"iam:ListInstanceProfiles"},
        "1.11": {"ec2:DescribePlacementGroups", *launching},
        "1.12": {"ec2:DescribeInstanceStatus"},
    }
    listed = {
        minor: set(told["changes"].get("actions_added", ())) - {"arc-zonal-shift:GetManagedResource"}
        for minor, told in minors().items()
    }
    assert {minor: found[minor] - launching for minor in found} == {m: listed[m] for m in MINORS[1:]}


@pytest.mark.parametrize("minor", MINORS)
def test_each_statement_that_is_taken_away_is_noticed_by_its_actions_and_nothing_else(minor: str) -> None:
    documents = template(release(minor), PLACE)
    needs = requirement(installed(minor, eks=True))
    unasked = set()
    for number, document in enumerate(documents):
        for place, statement in enumerate(document.statements):
            left = document.statements[:place] + document.statements[place + 1 :]
            fewer = (Document(document.name, left),) if left else ()
            rest = (*documents[:number], *fewer, *documents[number + 1 :])
            missed = {action for action, _ in refused(rest, needs)}
            assert missed <= set(statement["Action"])
            if not missed:
                unasked.add(statement["Sid"])
    assert unasked <= {"AllowScopedInstanceProfileTagActions", "AllowZonalShiftStatusReadOnly"}


@pytest.mark.parametrize("minor", MINORS)
def test_each_condition_that_is_bent_is_noticed_by_its_actions_and_nothing_else(minor: str) -> None:
    documents = template(release(minor), PLACE)
    needs = requirement(installed(minor))
    bent = 0
    for number, document in enumerate(documents):
        for place, statement in enumerate(document.statements):
            for operator, keys in statement.get("Condition", {}).items():
                for key in keys:
                    other = {operator: {**keys, key: "nobody-s"}}
                    changed = {**statement, "Condition": {**statement["Condition"], **other}}
                    statements = (*document.statements[:place], changed, *document.statements[place + 1 :])
                    rest = (
                        *documents[:number],
                        Document(document.name, statements),
                        *documents[number + 1 :],
                    )
                    missed = {action for action, _ in refused(rest, needs)}
                    assert missed <= set(statement["Action"])
                    if asked(statement["Sid"], key):
                        assert missed, (statement["Sid"], operator, key)
                        bent += 1
    assert bent > 15


def asked(sid: str, key: str) -> bool:
    """Nobody calls what the first two are about; a tag that is already there is not written again."""
    unasked = ("AllowScopedInstanceProfileTagActions", "AllowZonalShiftStatusReadOnly")
    return sid not in unasked and (sid, key) != (
        "AllowScopedResourceTagging",
        "aws:RequestTag/eks:eks-cluster-name",
    )


def test_the_cases_read_from_the_code_are_all_asked_by_some_release() -> None:
    assert len(facts("karpenter", "asks")) == 67
    asked_for = {
        need.action
        for minor in MINORS
        for need in requirement(installed(minor, eks=True, node_classes=(node_class(parameters=("/ami",)),)))
    }
    assert {ask["action"] for ask in facts("karpenter", "asks")} == asked_for


def test_an_isolated_network_asks_for_no_prices_and_from_1_8_3_for_no_profiles() -> None:
    def asks(minor: str) -> set[str]:
        found = {need.action for need in requirement(installed(minor, isolated=True))}
        return found & {"pricing:GetProducts", "iam:ListInstanceProfiles"}

    assert asks("1.8.2") == {"iam:ListInstanceProfiles"}
    assert asks("1.8.3") == set()


def test_the_government_has_no_prices_to_ask_for() -> None:
    found = requirement(installed("1.14", partition="aws-us-gov"))
    assert "pricing:GetProducts" not in {need.action for need in found}


def test_china_passes_the_node_role_to_two_services() -> None:
    found = requirement(installed("1.14", partition="aws-cn"))
    passed = {need.request.context["iam:PassedToService"] for need in found if need.action == "iam:PassRole"}
    assert passed == {"ec2.amazonaws.com", "ec2.amazonaws.com.cn"}


def test_the_path_of_instance_profiles_changed_with_1_7() -> None:
    def profile(minor: str) -> str:
        (found,) = {
            need.resource for need in requirement(installed(minor)) if need.action == "iam:GetInstanceProfile"
        }
        return found

    assert profile("1.6") == f"arn:aws:iam::{ACCOUNT}:instance-profile/lab_*"
    assert profile("1.7") == f"arn:aws:iam::{ACCOUNT}:instance-profile/karpenter/{REGION}/lab/0f3d/lab_*"


def test_keys_of_ones_own_are_used_through_ec2() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    found = requirement(installed("1.14", node_classes=(node_class(keys=(key,)),)))
    asked_for = {need.action: need.request.context for need in found if need.resource == key}
    assert set(asked_for) == {
        *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey"),
        *("kms:CreateGrant", "kms:DescribeKey"),
    }
    assert asked_for["kms:Decrypt"]["kms:ViaService"] == f"ec2.{REGION}.amazonaws.com"


def test_what_is_not_fatal_is_told_from_what_is() -> None:
    soft = {need.action for need in requirement(installed("1.14")) if not need.hard}
    assert soft == {"ec2:DescribeInstanceStatus", "ec2:DescribeSpotPriceHistory", "pricing:GetProducts"}
