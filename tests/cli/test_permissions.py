"""The least rights, as manifests and as a policy."""

import json

import pytest
import yaml

from keystone_check.cli.permissions import iam_policy, manifests, permissions, resources
from keystone_check.cli.scope import Scope, scope
from keystone_check.model.access import Access
from keystone_check.model.world import Binding, Expected
from keystone_check.probes.rights import (
    ASKED,
    CLUSTER_DISCOVERY,
    CREATE_POD,
    CREATE_TOKEN,
    GET_ACCOUNT,
    LIST_ACCOUNTS,
    LIST_PODS,
    VERSION,
    WHOAMI,
    AwsAsk,
    KubeAsk,
    aws_actions,
    kube_rights,
)
from tests.worlds import world

SCOPE = Scope("", "aws-cn", "111122223333", "keys", ("one/.well-known/openid-configuration", "one/k"))
ALL = kube_rights(ASKED)


def granted(role: dict[str, object]) -> set[KubeAsk]:
    rules = role["rules"]
    assert isinstance(rules, list)
    return {
        KubeAsk(verb, name, group)
        for rule in rules
        for verb in rule["verbs"]
        for group in rule.get("apiGroups", [""])
        for name in (*rule.get("resources", ()), *rule.get("nonResourceURLs", ()))
    }


@pytest.mark.parametrize("namespace", ["", "app"])
def test_the_roles_grant_exactly_what_is_asked(namespace: str) -> None:
    roles = [dict(role) for role in manifests(ALL, Scope(namespace))]
    assert set().union(*(granted(role) for role in roles)) == set(ALL)


def test_what_lies_in_a_namespace_is_granted_there_alone() -> None:
    across, inside = manifests(
        (VERSION, WHOAMI, CLUSTER_DISCOVERY, LIST_ACCOUNTS, GET_ACCOUNT, CREATE_TOKEN), Scope("app")
    )
    assert granted(dict(across)) == {VERSION, WHOAMI, CLUSTER_DISCOVERY}
    assert granted(dict(inside)) == {LIST_ACCOUNTS, GET_ACCOUNT, CREATE_TOKEN}
    assert inside["metadata"] == {"name": "keystone-check", "namespace": "app"}


def test_the_policy_allows_exactly_the_actions() -> None:
    actions = aws_actions(ASKED)
    statements = iam_policy(actions, SCOPE)["Statement"]
    assert isinstance(statements, list)
    assert "sts:GetCallerIdentity" not in actions
    assert sorted(action for statement in statements for action in statement["Action"]) == list(actions)
    assert {statement["Effect"] for statement in statements} == {"Allow"}


@pytest.mark.parametrize(
    ("action", "arns"),
    [
        ("iam:GetRole", ["arn:aws-cn:iam::111122223333:role/*"]),
        ("iam:GetOpenIDConnectProvider", ["arn:aws-cn:iam::111122223333:oidc-provider/*"]),
        ("iam:ListOpenIDConnectProviders", ["*"]),
        ("s3:GetAccountPublicAccessBlock", ["*"]),
        (
            "s3:GetObject",
            ["arn:aws-cn:s3:::keys/one/.well-known/openid-configuration", "arn:aws-cn:s3:::keys/one/k"],
        ),
        ("s3:ListBucket", ["arn:aws-cn:s3:::keys"]),
        ("s3:GetBucketPolicy", ["arn:aws-cn:s3:::keys"]),
    ],
)
def test_an_action_is_granted_on_the_narrowest_resources_that_are_known(action: str, arns: list[str]) -> None:
    assert list(resources(action, SCOPE)) == arns


def test_known_roles_are_named_whatever_their_path() -> None:
    narrow = Scope(account="111122223333", roles=("api",))
    assert resources("iam:GetRole", narrow) == (
        "arn:aws:iam::111122223333:role/api",
        "arn:aws:iam::111122223333:role/*/api",
    )


def test_an_expected_binding_elsewhere_gets_a_role_for_its_account_and_its_pods_alone() -> None:
    binding = Binding("other", "job", "arn:aws:iam::111122223333:role/job")
    access = Access("test", namespace="app", expected=Expected(bindings=(binding,)))
    *_, elsewhere = manifests(ALL, scope(access, world()))
    assert elsewhere["metadata"] == {"name": "keystone-check", "namespace": "other"}
    rules = elsewhere["rules"]
    assert isinstance(rules, list)
    named = {"".join(rule["resources"]): rule.get("resourceNames") for rule in rules}
    assert named == {"serviceaccounts": ["job"], "serviceaccounts/token": ["job"], "pods": None}
    assert granted(dict(elsewhere)) == {GET_ACCOUNT, CREATE_TOKEN, CREATE_POD, LIST_PODS}


@pytest.mark.parametrize("format", ["text", "json"])
def test_no_check_that_asks_aws_needs_no_policy(format: str) -> None:
    printed = permissions(ALL, (), Scope(), format)
    assert ("nothing has to be allowed" in printed) == (format == "text")


def test_every_action_that_is_read_with_is_of_a_service_that_is_known_to_be_read() -> None:
    asks = {ask for asked in ASKED.values() for ask in asked if isinstance(ask, AwsAsk) and ask.action}
    services = {ask.action.partition(":")[0] for ask in asks}
    assert services == {"cloudtrail", "ec2", "events", "iam", "kms", "organizations", "s3", "sqs"}


def test_the_text_is_yaml_for_kubectl_and_then_json_for_iam() -> None:
    text = permissions(ALL, ("iam:GetRole",), Scope(), "text")
    roles, policy = text.split("# IAM: ", 1)
    (role,) = (document for document in yaml.safe_load_all(roles) if document)
    assert granted(role) == set(ALL)
    assert "# iam:GetRole: " in policy
    assert "# sts:GetCallerIdentity needs no permission" in policy
    assert json.loads(policy[policy.index("{") :])["Version"] == "2012-10-17"


def test_an_unknown_bucket_is_said() -> None:
    assert "the issuer's bucket is not known here" in permissions((), ("s3:GetObject",), Scope(), "text")
