import json
from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.compiled import compile
from keystone_check.iam.elements import matches
from keystone_check.iam.evaluate import Allowed, Denied, Undecided, decide
from keystone_check.iam.explain import Miss, explain, nearest
from keystone_check.iam.language import Effect, Policy, PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Request
from tests.iam.builders import CALLER, policy, request, statement

TEMPLATE = Path(__file__).parents[2] / "fixtures" / "iam" / "karpenter-1.14.json"
TAGS = {"aws:RequestTag/kubernetes.io/cluster/lab": "owned", "aws:RequestTag/eks:eks-cluster-name": "lab"}
ASKED = [
    Request(action, resource, AwsPrincipal(CALLER), context, unknown)
    for action, resource, unknown, context in product(
        ("ec2:RunInstances", "ec2:DescribeSubnets", "iam:PassRole", "sqs:GetQueueUrl", "s3:GetObject"),
        (
            *("*", "arn:aws:ec2:eu-west-1::image/ami-1", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"),
            *(
                "arn:aws:iam::111122223333:role/KarpenterNodeRole-lab",
                "arn:aws:sqs:eu-west-1:111122223333:lab",
            ),
        ),
        ((), ("aws:*",)),
        (
            {},
            {**TAGS, "aws:RequestTag/karpenter.sh/nodepool": "p", "iam:PassedToService": "ec2.amazonaws.com"},
        ),
    )
]


def karpenter() -> list[Policy]:
    texts = json.loads(TEMPLATE.read_text("utf-8"))["policies"].values()
    readings = [read(json.dumps(text), PolicyKind.IDENTITY) for text in texts]
    return [reading.policy for reading in readings if reading.policy]


def plainly_nearest(policies: list[Policy], asked: Request) -> list[Miss]:
    """By the definition: every statement told in full, then the three with the fewest foreign elements."""
    allowing = [each for one in policies for each in one.statements if each.effect is Effect.ALLOW]
    misses = [
        Miss(each, tuple(part for part in explain(each, asked) if part.matched is not True))
        for each in allowing
    ]

    def distance(miss: Miss) -> tuple[int, int]:
        foreign = [part for part in miss.changes if not part.element.startswith("Condition")]
        return len(foreign), len(miss.changes)

    return sorted((miss for miss in misses if miss.changes), key=distance)[:3]


def test_the_template_has_six_policies_of_eighteen_statements() -> None:
    assert [len(one.statements) for one in karpenter()] == [6, 4, 1, 1, 1, 5]


def test_what_was_asked_before_changes_no_answer() -> None:
    policies = karpenter()
    law = compile(policies)
    once = [decide(law, asked) for asked in ASKED]
    assert once == [decide(law, asked) for asked in ASKED] == [decide(policies, asked) for asked in ASKED]
    assert {type(decision) for decision in once} == {Allowed, Denied, Undecided}


def test_a_statement_made_ready_matches_as_its_elements_do() -> None:
    law = compile(karpenter())
    for asked, (number, each) in product(ASKED, enumerate(law.statements)):
        if number in law.about(asked.action).numbers:
            verdicts = [test(asked) for test in law.ready(number).tests]
            plain = matches(each, asked)
            assert (False in verdicts) == (plain is False)
            assert all(verdict is True for verdict in verdicts) == (plain is True)


def test_the_nearest_misses_are_those_that_the_whole_explanation_tells() -> None:
    policies = karpenter()
    law = compile(policies)
    for asked in ASKED:
        expected = plainly_nearest(policies, asked)
        assert list(nearest(law, asked)) == list(nearest(policies, asked)) == expected


def test_what_cannot_be_read_leaves_compiled_policies_open_but_for_a_denial() -> None:
    broken = read("{}", PolicyKind.IDENTITY)
    assert isinstance(decide(compile([policy(statement()), broken]), request()), Undecided)
    assert isinstance(decide(compile([policy(statement("Deny")), broken]), request()), Denied)


def test_more_actions_than_are_remembered_are_answered_all_the_same() -> None:
    law = compile([policy(statement(Action="s3:Get*"))])
    for number in range(5000):
        assert isinstance(decide(law, request(f"s3:Get{number}")), Allowed)
        assert isinstance(decide(law, request(f"s3:Put{number}")), Denied)


@given(st.lists(st.sampled_from(["Allow", "Deny"]), max_size=6))
def test_a_denial_is_found_wherever_it_stands(effects: list[str]) -> None:
    law = compile([policy(statement(effect)) for effect in effects])
    decision = decide(law, request())
    assert isinstance(decision, Allowed) == (bool(effects) and "Deny" not in effects)
