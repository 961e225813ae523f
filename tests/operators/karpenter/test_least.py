"""Policies written for a Karpenter: complete, and nothing in them can be spared."""

import pytest

from keystone_check.knowledge.store import minors
from keystone_check.operators.documents import MOST, Document
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.least import least
from keystone_check.operators.karpenter.requirement import requirement
from tests.operators.laws import ACCOUNT, REGION, installed, node_class, refused

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


@pytest.mark.parametrize("minor", minors())
def test_a_written_policy_is_complete_and_minimal(minor: str) -> None:
    for found in configurations(minor):
        documents, needs = least(found), requirement(found)
        assert refused(documents, needs) == set()
        for number, document in enumerate(documents):
            assert document.size <= MOST
            for fewer in without_one_action(document):
                rest = (*documents[:number], fewer, *documents[number + 1 :])
                assert refused(rest, needs), fewer


def configurations(minor: str) -> tuple[Installation, ...]:
    own = node_class(parameters=("/images/arm",), keys=(KEY,), reservations=False)
    plain = node_class(makes_profile=False, alias=False, reservations=False, placement=False)
    return (
        installed(minor),
        installed(minor, isolated=True, spot=False, queue="", node_classes=(plain,)),
        installed(minor, node_classes=(own,)),
    )


def without_one_action(document: Document) -> list[Document]:
    """The document with each action of each statement taken out in turn."""
    found = []
    for place, statement in enumerate(document.statements):
        for action in statement["Action"]:
            rest = [other for other in statement["Action"] if other != action]
            changed = ({**statement, "Action": rest},) if rest else ()
            statements = document.statements[:place] + changed + document.statements[place + 1 :]
            found += [Document(document.name, statements)] if statements else []
    return found


def test_the_template_s_statement_names_are_kept() -> None:
    names = [statement["Sid"] for document in least(installed("1.14")) for statement in document.statements]
    assert "AllowScopedEC2InstanceActionsWithTags" in names
    assert "AllowAPIServerEndpointDiscovery" not in names


def test_a_long_cluster_name_divides_the_single_policy() -> None:
    name = "a-cluster-whose-name-is-as-long-as-eks-permits-and-then-some-more-of-it-is"
    found = least(Installation(installed("1.7").version, name * 2, ACCOUNT, REGION, queue="lab"))
    assert len(found) > 1
    assert all(document.size <= MOST for document in found)
