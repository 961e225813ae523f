"""What ACK's controllers ask, against the policies that they recommend."""

import pytest

from keystone_check.knowledge.store import controllers, facts
from keystone_check.operators.ack.least import least
from keystone_check.operators.ack.requirement import (
    ASSUMED,
    INSTALLED,
    Controller,
    Reconciled,
    every_kind,
    requirement,
)
from keystone_check.operators.documents import MOST, Document
from tests.operators.laws import ACCOUNT, REGION, refused

INLINE = tuple(name for name in controllers() if facts("ack", name)["statements"])
ROLE = f"arn:aws:iam::{ACCOUNT}:role/replication"


def controller(service: str, *kinds: Reconciled) -> Controller:
    return Controller(service, ACCOUNT, REGION, kinds or every_kind(service))


def test_every_controller_and_kind_of_the_facts_is_known() -> None:
    assert len(controllers()) == 76
    assert sum(len(found["kinds"]) for found in controllers().values()) == 272


@pytest.mark.parametrize("service", INLINE)
def test_a_recommended_policy_lacks_exactly_the_actions_that_are_known_as_its_gaps(service: str) -> None:
    told = facts("ack", service)
    document = Document(service, tuple(told["statements"]))
    missed = {action for action, _ in refused((document,), requirement(controller(service)))}
    assert missed == set(told["gaps"])


def test_what_is_in_use_is_needed_and_what_is_only_installed_may_be() -> None:
    found = requirement(controller("s3", Reconciled("Bucket", used=False)))
    assert {need.feature for need in found} == {INSTALLED}
    assert not any(need.hard for need in found)


def test_a_role_that_a_resource_names_is_passed_and_one_of_another_account_assumed() -> None:
    other = "arn:aws:iam::444455556666:role/ack"
    found = requirement(
        Controller("s3", ACCOUNT, REGION, (Reconciled("Bucket", roles=(ROLE,)),), assumes=(other,))
    )
    named = {(need.action, need.resource) for need in found if need.resource != "*"}
    assert named == {("iam:PassRole", ROLE), ("sts:AssumeRole", other)}
    assert {need.feature for need in found if need.resource == other} == {ASSUMED}


SETS = tuple(tuple(tuple(controllers())[start::19][:4]) for start in range(20))


@pytest.mark.parametrize("services", SETS, ids="+".join)
def test_a_written_policy_is_complete_and_minimal(services: tuple[str, ...]) -> None:
    asked = [controller(service, *every_kind(service)[:3]) for service in services]
    documents = [document for one in asked for document in least(one)]
    needs = [need for one in asked for need in requirement(one)]
    assert refused(documents, needs) == set()
    assert all(document.size <= MOST for document in documents)
    for number, document in enumerate(documents):
        for place, statement in enumerate(document.statements):
            for action in statement["Action"]:
                rest = {**statement, "Action": [other for other in statement["Action"] if other != action]}
                others = document.statements[:place] + document.statements[place + 1 :]
                statements = (*others, *((rest,) if rest["Action"] else ()))
                fewer = Document(document.name, statements)
                kept = [*documents[:number], *((fewer,) if statements else ()), *documents[number + 1 :]]
                again = {asked_for for asked_for, _ in refused(kept, needs)}
                assert again == {action}
