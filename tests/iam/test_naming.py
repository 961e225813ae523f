import pytest

from keystone_check.iam.language import PolicyKind
from keystone_check.iam.layers import Naming
from keystone_check.iam.naming import is_federated_user, named
from keystone_check.iam.request import Anonymous, AwsPrincipal, Principal
from keystone_check.iam.verdicts import Unknown
from tests.iam.builders import policy, statement
from tests.iam.situations import (
    ACCOUNT,
    ACCOUNT_ROOT,
    CAROL,
    CAROL_ARN,
    ROLE_ARN,
    ROOT,
    SESSION,
    SESSION_ARN,
    USER,
    USER_ARN,
    asking,
    bucket,
)

CALLER, ENTITY = Naming.CALLER, Naming.ENTITY
BENT = AwsPrincipal("not an arn")


@pytest.mark.parametrize(
    ("entry", "caller", "entity", "naming"),
    [
        ("*", USER, "", CALLER),
        ("*", Anonymous(), "", CALLER),
        (USER_ARN, USER, "", CALLER),
        (USER_ARN, Anonymous(), "", None),
        (USER_ARN.upper(), USER, "", None),
        (ACCOUNT_ROOT, USER, "", Naming.ACCOUNT),
        (ACCOUNT, USER, "", Naming.ACCOUNT),
        (ACCOUNT_ROOT, ROOT, "", CALLER),
        (SESSION_ARN, SESSION, "", CALLER),
        (ROLE_ARN, SESSION, "", ENTITY),
        (f"arn:aws:iam::{ACCOUNT}:role/Demo", SESSION, "", ENTITY),
        (ROLE_ARN, AwsPrincipal(ROLE_ARN), "", ENTITY),
        ("arn:aws:iam::999922223333:role/Demo", SESSION, "", None),
        (CAROL_ARN, CAROL, "", CALLER),
        (USER_ARN, CAROL, USER_ARN, ENTITY),
        (USER_ARN, CAROL, f"{USER_ARN}2", None),
        (USER_ARN, BENT, "", None),
        ("*", BENT, "", CALLER),
    ],
)
def test_a_policy_names_a_caller_in_the_strongest_way_that_holds(
    entry: str, caller: Principal, entity: str, naming: Naming | None
) -> None:
    (body,) = bucket(entry).statements
    assert named(body, asking(caller), entity) is naming


def test_of_several_names_the_strongest_counts() -> None:
    (body,) = bucket(ACCOUNT_ROOT, ROLE_ARN, SESSION_ARN).statements
    assert named(body, asking(SESSION), "") is CALLER


def test_a_canonical_user_may_be_anyone() -> None:
    (body,) = policy(statement(Principal={"CanonicalUser": "79a5"}), kind=PolicyKind.RESOURCE).statements
    assert isinstance(named(body, asking(), ""), Unknown)


def test_only_a_session_of_get_federation_token_is_a_federated_user() -> None:
    assert is_federated_user(CAROL)
    assert not is_federated_user(SESSION)
    assert not is_federated_user(BENT)
