"""A role that is not there is made for the accounts that are bound to it, and for nobody else."""

import json

from keystone_check.model.aws import Caller
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN, Issuer, ServiceAccount
from keystone_check.model.creation import CreateRole
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.finding import Repair, Safety
from keystone_check.model.world import Binding, Expected
from tests.checks.judging import judge

OURS, THEIRS = "111122223333", "999988887777"
HOST = "oidc.example.com"


def offered(expected: Expected, account: str = OURS, **audiences: str) -> Repair:
    """The repair for a role of this account that two service accounts name."""
    arn = f"arn:aws:iam::{account}:role/k8s/api"
    bound = [
        ServiceAccount("app", name, name, {ROLE_ARN: arn, **({AUDIENCE: audience} if audience else {})})
        for name, audience in (("api", ""), ("worker", audiences.get("worker", "")))
    ]
    (found,) = judge(
        "role_exists",
        accounts=Subjects(tuple((f"app/{one.name}", one) for one in bound)),
        roles=Subjects(((arn, Absent(arn, "there is no role api")),)),
        issuer=Issuer(f"https://{HOST}", "configuration"),
        caller=Caller(f"arn:aws:iam::{OURS}:user/engineer", OURS, "eu-central-1"),
        expected=expected,
    )
    assert found.repair is not None
    return found.repair


def declared(*names: str) -> Expected:
    arn = f"arn:aws:iam::{OURS}:role/k8s/api"
    return Expected(bindings=tuple(Binding("app", name, arn) for name in names))


def test_it_lets_in_the_bound_accounts_with_their_audience_and_nobody_else() -> None:
    (change,) = offered(Expected()).changes
    assert isinstance(change, CreateRole)
    (statement,) = json.loads(change.trust)["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{OURS}:oidc-provider/{HOST}"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    subjects = ["system:serviceaccount:app:api", "system:serviceaccount:app:worker"]
    assert statement["Condition"] == {
        "StringEquals": {f"{HOST}:sub": subjects, f"{HOST}:aud": "sts.amazonaws.com"}
    }


def test_it_is_safe_where_the_configuration_declares_every_binding() -> None:
    assert offered(declared("api", "worker")).safety is Safety.SAFE


def test_it_is_unsafe_where_an_annotation_alone_asks_for_it() -> None:
    assert offered(declared("api")).safety is Safety.UNSAFE
    assert "an annotation alone" in offered(Expected()).reason


def test_it_says_that_it_has_no_permissions() -> None:
    repair = offered(Expected())
    assert "without permissions" in repair.title
    assert "attach to api the policies" in repair.steps[0]


def test_a_role_of_another_account_or_for_two_audiences_is_for_hands() -> None:
    assert offered(Expected(), THEIRS).safety is Safety.MANUAL
    assert offered(Expected(), worker="other").safety is Safety.MANUAL
