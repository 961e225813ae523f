"""Providers and roles, read from moto."""

import json
from dataclasses import replace
from typing import Any

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Caller, Provider, Role
from keystone_check.model.facts import Absent, Missing
from keystone_check.probes import rights
from keystone_check.probes.aws import Aws
from keystone_check.probes.identity import near, provider_arns, providers, roles, trusting_roles

ISSUER = "https://bkt.s3.eu-central-1.amazonaws.com/one"
ME = Caller("arn:aws:sts::123456789012:user/moto", "123456789012", "eu-central-1")
TRUST = (
    '{"Version": "2012-10-17",\n "Statement": [ {"Sid": "a+b %2B ü", '
    '"Effect": "Deny", "Action": "sts:*", "Principal": "*"} ]}'
)


@pytest.fixture
def iam(account: Access) -> Any:
    return Aws(account).client("iam")


def test_providers_on_the_issuers_host_are_read_and_others_are_not(account: Access, iam: Any) -> None:
    thumbprint = "a" * 40
    for url in (f"{ISSUER}/", ISSUER, "https://other.example.com"):
        iam.create_open_id_connect_provider(Url=url, ClientIDList=["z", "a"], ThumbprintList=[thumbprint])
    aws = Aws(account)
    listed = provider_arns(aws)
    found = providers(aws, listed, ISSUER)
    arn = "arn:aws:iam::123456789012:oidc-provider/bkt.s3.eu-central-1.amazonaws.com/one"
    assert [name for name, _ in found] == [arn, f"{arn}/"]
    assert len(listed) == 3
    made = found[arn]
    assert isinstance(made, Provider)
    assert isinstance(made.created, int)
    assert replace(made, created=0) == Provider(
        arn, ISSUER.removeprefix("https://"), ("z", "a"), (thumbprint,), 0
    )


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("bkt.s3.eu-central-1.amazonaws.com/one", True),
        ("BKT.s3.eu-central-1.amazonaws.com/One/", True),
        ("bkt.s3.eu-central-1.amazonaws.com:443/one", True),
        ("bkt.s3.eu-central-1.amazonaws.com.evil.example/one", False),
        ("other.s3.eu-central-1.amazonaws.com/one", False),
    ],
)
def test_near_means_the_same_host(resource: str, expected: bool) -> None:
    assert near(f"arn:aws:iam::123456789012:oidc-provider/{resource}", ISSUER) is expected


def test_a_roles_trust_is_its_text_to_the_letter(account: Access, iam: Any) -> None:
    arn = iam.create_role(
        RoleName="app-api", Path="/k8s/", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=7200
    )["Role"]["Arn"]
    assert json.loads(TRUST)
    assert roles(Aws(account), ME, [arn, arn])[arn] == Role(arn, TRUST, 7200)
    assert len(roles(Aws(account), ME, [arn, arn]).entries) == 1


def test_roles_that_cannot_be_there_or_seen_are_gaps_of_their_own(account: Access, iam: Any) -> None:
    stem = "arn:aws:iam::123456789012:role/"
    other, china = "arn:aws:iam::999999999999:role/x", "arn:aws-cn:iam::123456789012:role/x"
    found = roles(Aws(account), ME, [f"{stem}nobody", other, china, "not-an-arn"])
    assert found[f"{stem}nobody"] == Absent(
        f"{stem}nobody", "there is no role nobody in account 123456789012"
    )
    assert found["not-an-arn"] == Absent(
        "not-an-arn", "not-an-arn is not a role ARN, so there is no role to look up"
    )
    assert isinstance(found[other], Missing)
    assert found[china] == Absent(china, "account 123456789012 is of partition aws, not aws-cn")
    assert [name for name, _ in found] == sorted(name for name, _ in found)


def test_a_role_that_is_named_without_its_path_is_told_with_its_own_arn(account: Access, iam: Any) -> None:
    iam.create_role(RoleName="moved", Path="/k8s/", AssumeRolePolicyDocument=TRUST)
    named = "arn:aws:iam::123456789012:role/moved"
    role = roles(Aws(account), ME, [named])[named]
    assert isinstance(role, Role)
    assert role.arn == "arn:aws:iam::123456789012:role/k8s/moved"


def test_every_page_of_roles_is_read_for_those_that_trust_the_issuer(account: Access, iam: Any) -> None:
    host = ISSUER.removeprefix("https://")
    federated = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{host}"}
    for number in range(120):
        principal = federated if number % 40 == 0 else {"Service": "ec2.amazonaws.com"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=f"role-{number:03}", AssumeRolePolicyDocument=document)
    aws = Aws(account)
    pages = list(aws.pages(rights.LIST_ROLES, "Marker", lambda page: [len(page["Roles"])], MaxItems=50))
    assert pages == [50, 50, 20]
    names = [arn.rpartition("/")[2] for arn, _ in trusting_roles(aws, ISSUER)]
    assert names == ["role-000", "role-040", "role-080"]
