import pytest

from keystone_check.iam.elements import matches
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.request import (
    Anonymous,
    AwsPrincipal,
    Federated,
    Principal,
    Service,
    Unknown,
    Verdict,
)
from tests.iam.builders import CALLER, policy, request, statement

ACCOUNT = "111122223333"
SESSION = AwsPrincipal(f"arn:aws:sts::{ACCOUNT}:assumed-role/api/s")
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/host/path"


def ask(element: dict[str, object], who: Principal | None = None) -> Verdict:
    body = {key: value for key, value in statement().items() if f"Not{key}" not in element} | element
    kind = PolicyKind.RESOURCE if {"Principal", "NotPrincipal"} & set(element) else PolicyKind.IDENTITY
    return matches(policy(body, kind=kind).statements[0], request(principal=who))


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Action": "S3:getobject"}, True),
        ({"Action": ["s3:Put*", "s3:Get*"]}, True),
        ({"Action": "*"}, True),
        ({"Action": "s3:GetObject?"}, False),
        ({"NotAction": "s3:GetObject"}, False),
        ({"NotAction": "s3:Put*"}, True),
        ({"Resource": "arn:aws:s3:::b/*"}, True),
        ({"Resource": "arn:aws:s3:::b"}, False),
        ({"NotResource": "arn:aws:s3:::b/*"}, False),
        ({"NotResource": "arn:aws:s3:::c/*"}, True),
    ],
)
def test_actions_and_resources(element: dict[str, object], expected: bool) -> None:
    assert ask(element) is expected


@pytest.mark.parametrize(
    ("principal", "who", "expected"),
    [
        ("*", Anonymous(), True),
        ({"AWS": "*"}, Anonymous(), True),
        ({"AWS": CALLER}, Anonymous(), False),
        ({"AWS": CALLER}, AwsPrincipal(CALLER), True),
        ({"AWS": ACCOUNT}, AwsPrincipal(CALLER), True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, AwsPrincipal(CALLER), True),
        ({"AWS": "444455556666"}, AwsPrincipal(CALLER), False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/api"}, SESSION, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/api2"}, SESSION, False),
        ({"AWS": SESSION.arn}, SESSION, True),
        ({"Federated": PROVIDER}, Federated(PROVIDER), True),
        ({"Federated": PROVIDER + "/"}, Federated(PROVIDER), False),
        ({"Federated": PROVIDER}, Anonymous(), False),
        ({"Service": "ec2.amazonaws.com"}, Service("ec2.amazonaws.com"), True),
        ({"Service": "ec2.amazonaws.com"}, Service("ecs.amazonaws.com"), False),
    ],
)
def test_principals(principal: object, who: Principal, expected: bool) -> None:
    assert ask({"Principal": principal}, who) is expected
    assert ask({"NotPrincipal": principal}, who) is not expected


@pytest.mark.parametrize(
    ("principal", "who"), [({"Federated": "*"}, Federated(PROVIDER)), ({"CanonicalUser": "79a5"}, SESSION)]
)
def test_principals_that_are_not_documented_or_resolved_are_not_guessed(
    principal: object, who: Principal
) -> None:
    assert isinstance(ask({"Principal": principal}, who), Unknown)


def test_all_conditions_have_to_hold() -> None:
    body = statement(Condition={"StringEquals": {"a:x": "1", "a:y": "2"}, "Bool": {"a:z": "true"}})
    (read,) = policy(body).statements
    assert matches(read, request(a__x="1", a__y="2", a__z="true")) is True
    assert matches(read, request(a__x="1", a__y="3", a__z="true")) is False
    assert matches(read, request(a__x="1", a__y="2")) is False
