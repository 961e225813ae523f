"""The least rights, as manifests and as a policy."""

import json

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from keystone_check.cli.permissions import Scope, iam_policy, manifests, permissions, resource
from keystone_check.probes.rights import (
    ASKED,
    CLUSTER_DISCOVERY,
    CREATE_TOKEN,
    GET_ACCOUNT,
    LIST_ACCOUNTS,
    VERSION,
    WHOAMI,
    AwsAsk,
    KubeAsk,
    aws_actions,
    kube_rights,
)

SCOPE = Scope("", "aws-cn", "111122223333", "keys")
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
    roles = [dict(role) for role in manifests(ALL, namespace)]
    assert set().union(*(granted(role) for role in roles)) == set(ALL)


def test_what_lies_in_a_namespace_is_granted_there_alone() -> None:
    across, inside = manifests(
        (VERSION, WHOAMI, CLUSTER_DISCOVERY, LIST_ACCOUNTS, GET_ACCOUNT, CREATE_TOKEN), "app"
    )
    assert granted(dict(across)) == {VERSION, WHOAMI, CLUSTER_DISCOVERY}
    assert granted(dict(inside)) == {LIST_ACCOUNTS, GET_ACCOUNT, CREATE_TOKEN}
    assert inside["metadata"] == {"name": "keystone-check", "namespace": "app"}


def test_the_policy_allows_exactly_the_actions() -> None:
    actions = aws_actions(ASKED)
    statements = iam_policy(actions, SCOPE)["Statement"]
    assert isinstance(statements, list)
    assert sorted(action for statement in statements for action in statement["Action"]) == list(actions)
    assert {statement["Effect"] for statement in statements} == {"Allow"}


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("iam:GetRole", "arn:aws-cn:iam::111122223333:role/*"),
        ("iam:GetOpenIDConnectProvider", "arn:aws-cn:iam::111122223333:oidc-provider/*"),
        ("iam:ListOpenIDConnectProviders", "*"),
        ("s3:GetAccountPublicAccessBlock", "*"),
        ("s3:GetObject", "arn:aws-cn:s3:::keys/*"),
        ("s3:ListBucket", "arn:aws-cn:s3:::keys"),
        ("s3:GetBucketPolicy", "arn:aws-cn:s3:::keys"),
    ],
)
def test_an_action_is_granted_on_the_narrowest_resource_that_is_known(action: str, arn: str) -> None:
    assert resource(action, SCOPE) == arn


def test_every_action_that_is_read_with_is_known_to_be_of_iam_or_s3() -> None:
    asks = {ask for asked in ASKED.values() for ask in asked if isinstance(ask, AwsAsk) and ask.action}
    assert {ask.action.partition(":")[0] for ask in asks} == {"iam", "s3"}


def test_the_text_is_yaml_for_kubectl_and_then_json_for_iam() -> None:
    text = permissions(ALL, ("iam:GetRole",), Scope(), "text")
    roles, policy = text.split("# IAM: ", 1)
    (role,) = (document for document in yaml.safe_load_all(roles) if document)
    assert granted(role) == set(ALL)
    assert json.loads(policy[policy.index("{") :])["Version"] == "2012-10-17"


def test_an_unknown_bucket_is_said() -> None:
    assert "the issuer's bucket is not known here" in permissions((), ("s3:GetObject",), Scope(), "text")
