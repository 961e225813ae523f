"""Of a pod only what concerns the chain becomes a fact, and never a key."""

from keystone_check.model.injection import Container, Import, Mount, Shape, Variable, Volume
from keystone_check.probes.shapes import shape

POD = {
    "securityContext": {"fsGroup": 2000, "runAsUser": 1000},
    "volumes": [
        {
            "name": "kube-api-access-x7k2p",
            "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]},
        },
        {
            "name": "aws-token",
            "projected": {
                "defaultMode": 256,
                "sources": [
                    {"configMap": {"name": "beside"}},
                    {"serviceAccountToken": {"path": "t", "audience": "a", "expirationSeconds": 7200}},
                ],
            },
        },
        {"name": "password", "secret": {"secretName": "password"}},
        {"name": "data", "emptyDir": {}},
    ],
    "initContainers": [{"name": "init", "securityContext": {"runAsUser": 0}}],
    "containers": [
        {
            "name": "main",
            "env": [
                {"name": "PASSWORD", "value": "swordfish"},
                {"name": "AWS_ACCESS_KEY_ID", "value": "swordfish"},
                {"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"name": "AWS_ROLE_ARN", "value": "arn"},
                {"name": "AWS_REGION", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}},
            ],
            "envFrom": [
                {"secretRef": {"name": "whole"}},
                {"configMapRef": {"name": "settings"}, "prefix": "AWS_"},
                {"secretRef": {"name": "database"}, "prefix": "DB_"},
            ],
            "volumeMounts": [
                {"name": "data", "mountPath": "/data"},
                {"name": "aws-token", "mountPath": "/aws"},
                {"name": "kube-api-access-x7k2p", "mountPath": "/kube"},
            ],
        }
    ],
}


def test_variables_token_volumes_mounts_and_users_are_kept_and_nothing_else() -> None:
    variables = (
        Variable("AWS_ACCESS_KEY_ID", "value"),
        Variable("AWS_SECRET_ACCESS_KEY", "secret"),
        Variable("AWS_ROLE_ARN", "value", "arn"),
        Variable("AWS_REGION", "config map"),
    )
    imports = (Import("secret", "whole"), Import("config map", "settings"))
    mounts = (Mount("aws-token", "/aws"), Mount("kube-api-access", "/kube"))
    assert shape(POD) == Shape(
        (Container("init", (), (), 0), Container("main", variables, mounts, 1000, imports)),
        (
            Volume("kube-api-access", "token", "token", "", 3600),
            Volume("aws-token", "token", "t", "a", 7200, 0o400),
            Volume("password", "secret"),
        ),
        2000,
    )


def test_the_value_of_a_key_is_in_no_fact() -> None:
    assert "swordfish" not in repr(shape(POD))


def test_an_empty_pod_has_an_empty_shape() -> None:
    assert shape({}) == Shape((), ())
