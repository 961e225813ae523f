from keystone_check.iam.explain import Part, explain, nearest, spoken
from keystone_check.iam.request import Anonymous, Federated, Service
from tests.iam.builders import CALLER, policy, request, statement


def test_every_element_and_key_is_told_with_both_values() -> None:
    condition = {"StringEquals": {"aws:a": ["1", "2"], "aws:b": "1", "aws:c": "1"}}
    body = statement(Action="s3:PutObject", Condition=condition)
    (read,) = policy(body).statements
    parts = explain(read, request(aws__a="2", aws__b="2"))
    assert [(part.element, part.matched, part.missing) for part in parts] == [
        ("Action", False, False),
        ("Resource", True, False),
        ("Condition StringEquals aws:a", True, False),
        ("Condition StringEquals aws:b", False, False),
        ("Condition StringEquals aws:c", False, True),
    ]
    assert str(parts[0]) == 'Action expects "s3:PutObject", the request has "s3:GetObject"'
    assert str(parts[3]) == 'Condition StringEquals aws:b expects "1", the request has "2"'
    assert str(parts[4]) == 'Condition StringEquals aws:c expects "1", the request has no such key'


def test_what_nobody_knows_is_told_as_such() -> None:
    (read,) = policy(statement(Condition={"Bool": {"aws:a": "true"}})).statements
    part = explain(read, request(unknown=("aws:*",)))[-1]
    assert part.matched is None
    assert str(part) == 'Condition Bool aws:a expects "true": the value of aws:a is not known here'


def test_a_wrong_value_is_nearer_than_a_wrong_action() -> None:
    asked = request()
    read = policy(statement(Action="s3:Put*"), statement(Condition={"Bool": {"a:b": "true", "a:c": "true"}}))
    assert [miss.statement.place for miss in nearest((read,), asked)] == ["Statement[1]", "Statement[0]"]


def test_principals_are_named_as_a_policy_would() -> None:
    assert spoken(Anonymous()) == "an anonymous caller"
    assert spoken(Federated("arn")) == "arn"
    assert spoken(Service("s")) == "s"
    assert spoken(request().principal) == CALLER


def test_of_a_long_list_the_values_that_come_nearest_are_said() -> None:
    actions = tuple(f"s3:{verb}" for verb in ("CreateBucket", "GetObject", "GetObjectAcl", "PutObject"))
    part = Part("Action", False, (*actions, "ec2:*"), ("s3:GetObjectTagging",))
    said = '"s3:GetObject" or "s3:GetObjectAcl" or "s3:PutObject" or one of 2 more'
    assert str(part) == f'Action expects {said}, the request has "s3:GetObjectTagging"'
    few = Part("Action", False, actions, ("s3:GetObjectTagging",))
    assert "more" not in str(few)
