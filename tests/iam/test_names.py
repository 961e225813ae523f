"""Names are judged against published values; here against a few, as the services publish them."""

from typing import Any

import pytest

from keystone_check.iam.language import PolicyKind
from keystone_check.iam.names import misnamed
from keystone_check.iam.services import Action, ResourceType, Service
from tests.iam.builders import policy, statement
from tests.iam.situations import Element

BUCKET = ResourceType("bucket", "arn:${Partition}:s3:::${BucketName}")
OBJECT = ResourceType("object", "arn:${Partition}:s3:::${BucketName}/${ObjectName}")
ROLE = ResourceType("role", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}")
BALANCER = ResourceType("loadbalancer", "arn:${Partition}:elb:${Region}:${Account}:lb/${Name}")
SERVICES = {
    "s3": Service(
        "s3",
        (
            Action("s3:GetObject", (OBJECT,), ("s3:ExistingObjectTag/*", "s3:authType")),
            Action("s3:GetObjectAcl", (OBJECT,), ("s3:authType",)),
            Action("s3:ListBucket", (BUCKET,), ("s3:authType", "s3:prefix")),
            Action("s3:ListAllMyBuckets", (), ("s3:authType",)),
        ),
        (BUCKET, OBJECT),
        ("s3:authType", "s3:ExistingObjectTag/*", "s3:prefix", "s3:x-amz-acl"),
    ),
    "iam": Service(
        "iam",
        (Action("iam:PassRole", (ROLE,), ("iam:PassedToService",)), Action("iam:ListRoles", (), ())),
        (ROLE,),
        ("iam:PassedToService",),
    ),
    "sts": Service(
        "sts",
        (
            Action("sts:AssumeRole", (ROLE,), ("sts:ExternalId",)),
            Action("sts:AssumeRoleWithWebIdentity", (ROLE,), ("sts:RoleSessionName",)),
        ),
        (ROLE,),
        ("sts:ExternalId", "sts:RoleSessionName"),
    ),
    "elb": Service("elb", (Action("elb:AddTags", (BALANCER,), ()),), (BALANCER,), whole=False),
}
BARE, WITHIN = "arn:aws:s3:::b", "arn:aws:s3:::b/*"
A_ROLE, A_USER = "arn:aws:iam::111122223333:role/a/b", "arn:aws:iam::111122223333:user/ann"


def remarks(kind: PolicyKind = PolicyKind.IDENTITY, **elements: Any) -> list[str]:
    body = statement(**elements)
    if kind is PolicyKind.TRUST:
        del body["Resource"]
    problems = misnamed(policy(body, kind=kind), SERVICES)
    assert not any(problem.refused for problem in problems)
    return [str(problem).removeprefix("Statement[0].") for problem in problems]


def condition(key: str, operator: str = "StringEquals") -> dict[str, object]:
    return {operator: {key: "x"}}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "s3:GetObjct",
            '"s3:GetObjct": s3 has no such action; did you mean GetObject or GetObjectAcl?',
        ),
        ("S3:getobject", ""),
        ("*", ""),
        ("*:*", ""),
        ("s3:*", ""),
        ("s3:Get*", ""),
        ("s3:Li?tBucket", ""),
        (
            "s3:ListBuket*",
            '"s3:ListBuket*" matches no action of s3; did you mean ListBucket or ListAllMyBuckets?',
        ),
        ("s3:Zzz*", '"s3:Zzz*" matches no action of s3'),
        ("s33:GetObject", '"s33:GetObject": there is no service s33; did you mean s3?'),
        ("iam:PasRole", '"iam:PasRole": iam has no such action; did you mean PassRole or ListRoles?'),
    ],
)
def test_a_misspelt_action_is_found_with_the_near_name(entry: str, said: str) -> None:
    found = remarks(Action=entry)
    assert found == ([f"Action: {said}"] if said else [])


def test_a_misspelt_exception_is_found_too() -> None:
    body: Element = {"Effect": "Deny", "NotAction": ["s3:GetObject", "iam:PasRole"], "Resource": "*"}
    problems = misnamed(policy(body), SERVICES)
    assert [problem.place for problem in problems] == ["Statement[0].NotAction"]


def takes(entry: str, kind: ResourceType) -> str:
    return (
        f'Action: "{entry}" takes {kind.name} ({kind.arn}) as published; no resource of the statement is one'
    )


def supports_star(entry: str) -> str:
    return f'Action: "{entry}" supports only the resource *; the statement names others'


@pytest.mark.parametrize(
    ("actions", "resources", "said"),
    [
        (["s3:GetObject"], [WITHIN], []),
        (["s3:GetObject"], ["arn:aws:s3:::b*"], []),
        (["s3:GetObject"], ["arn:aws:s3*"], []),
        (["s3:GetObject"], ["*"], []),
        (["s3:GetObject"], [BARE], [takes("s3:GetObject", OBJECT)]),
        (["s3:ListBucket"], [WITHIN], [takes("s3:ListBucket", BUCKET)]),
        (["s3:GetObject", "s3:ListBucket"], [BARE, WITHIN], []),
        (["s3:GetObject", "s3:ListBucket"], [WITHIN], [takes("s3:ListBucket", BUCKET)]),
        (["s3:*"], [BARE], []),
        (["s3:*"], [WITHIN], []),
        (["s3:ListAllMyBuckets"], [BARE], [supports_star("s3:ListAllMyBuckets")]),
        (["s3:ListAllMyBuckets"], ["*"], []),
        (["iam:ListRoles", "iam:PassRole"], [A_ROLE], [supports_star("iam:ListRoles")]),
        (["iam:PassRole"], ["arn:aws:iam::111122223333:role/${aws:username}"], []),
        (["iam:PassRole"], [A_USER], [takes("iam:PassRole", ROLE)]),
        (
            ["s3:GetObject"],
            [WITHIN, A_ROLE],
            [f'Resource: "{A_ROLE}": no action of the statement takes such a resource, as published'],
        ),
        (["*"], ["arn:aws:nothing:::at/all"], []),
        (["elb:AddTags"], ["arn:aws:elb:us-east-1:111122223333:group/g"], []),
        (["elb:AddTags", "s3:GetObject"], [BARE], []),
    ],
)
def test_a_resource_that_no_action_takes_is_found(
    actions: list[str], resources: list[str], said: list[str]
) -> None:
    assert remarks(Action=actions, Resource=resources) == said


def test_excepted_resources_are_not_judged() -> None:
    body: Element = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "NotResource": BARE}
    assert misnamed(policy(body), SERVICES) == ()


@pytest.mark.parametrize(
    ("action", "keys", "said"),
    [
        ("s3:ListBucket", condition("s3:prefix"), ""),
        ("s3:ListBucket", condition("S3:Prefix"), ""),
        ("s3:ListBucket", condition("s3:prefx"), 'no request sets "s3:prefx"; did you mean s3:prefix?'),
        (
            "s3:ListBucket",
            condition("s3:prefx", "Null"),
            'no request sets "s3:prefx"; did you mean s3:prefix?',
        ),
        ("*", condition("s3:prefx"), 'no request sets "s3:prefx"; did you mean s3:prefix?'),
        ("*", condition("s3:prefix"), ""),
        ("s3:GetObject", condition("s3:prefix"), '"s3:prefix" is never set for s3:GetObject'),
        ("s3:GetObject", condition("s3:prefix", "StringEqualsIfExists"), ""),
        ("s3:GetObject", condition("s3:prefix", "StringNotEquals"), ""),
        ("s3:GetObject", condition("s3:prefix", "Null"), ""),
        ("s3:GetObject", condition("s3:prefix", "ForAllValues:StringEquals"), ""),
        ("s3:*", condition("s3:prefix"), ""),
        ("s3:GetObject", condition("s3:ExistingObjectTag/team"), ""),
        ("s3:GetObject", condition("s33:prefix"), 'no request sets "s33:prefix"; did you mean s3?'),
        ("s3:GetObject", condition("aws:PrincipalArn"), ""),
        ("s3:GetObject", condition("aws:principaltag/Team"), ""),
        (
            "s3:GetObject",
            condition("aws:PrincpalArn"),
            '"aws:PrincpalArn" is no global condition key; did you mean aws:PrincipalArn?',
        ),
        ("s3:GetObject", condition("aws:SomethingOfNextYear"), ""),
        ("s3:GetObject", condition("ec2:SourceInstanceArn"), ""),
        ("s3:GetObject", condition("saml:sub"), ""),
        ("s3:GetObject", condition("issuer.example/id/1:sub"), ""),
        ("elb:AddTags", condition("elb:Tag"), 'no request sets "elb:Tag"'),
    ],
)
def test_a_condition_key_that_no_request_sets_is_found(action: str, keys: Any, said: str) -> None:
    operator = next(iter(keys))
    assert remarks(Action=action, Condition=keys) == ([f"Condition.{operator}: {said}"] if said else [])


def test_the_key_of_a_web_identity_belongs_to_its_issuer() -> None:
    found = remarks(
        PolicyKind.TRUST,
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/issuer.example"},
        Condition={"StringEquals": {"issuer.example:sub": "a", "sts:ExternalId": "x"}},
    )
    assert found == [
        'Condition.StringEquals: "sts:ExternalId" is never set for sts:AssumeRoleWithWebIdentity'
    ]
