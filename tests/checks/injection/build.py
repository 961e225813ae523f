"""Pods and accounts of which a test says only what it is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding
from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    Container,
    Mount,
    RunningPod,
    Shape,
    Variable,
    Volume,
)

ROLE = "arn:aws:iam::111122223333:role/api"
FOLDER = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
TOKEN = Volume("aws-iam-token", "token", "token", "sts.amazonaws.com", 86400)
OWN = Volume(DEFAULT_TOKEN, "token", "token", "", 3607)
MOUNTS = (Mount(DEFAULT_TOKEN, "/var/run/secrets/kubernetes.io/serviceaccount"), Mount(TOKEN.name, FOLDER))
INJECTED = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": f"{FOLDER}/token"}
ACCOUNT = ServiceAccount("app", "api", "", {ROLE_ARN: ROLE})
ACCOUNTS = Subjects((("app/api", ACCOUNT),))


def container(env: Mapping[str, str] = INJECTED, **given: Any) -> Container:
    """A container with these variables, mounts as the webhook leaves them."""
    variables = tuple(Variable(name, "value", text) for name, text in env.items())
    return Container(**{"name": "main", "variables": variables, "mounts": MOUNTS, **given})


def shape(*containers: Container, **given: Any) -> Shape:
    """A pod's shape, with the two token volumes."""
    return Shape(**{"containers": containers or (container(),), "volumes": (TOKEN, OWN), **given})


def pod(found: Shape | None = None, name: str = "api-5d8c-x2x4z", **given: Any) -> RunningPod:
    """A pod of the Deployment `api`."""
    said = {
        "namespace": "app",
        "name": name,
        "account": "api",
        "owner_kind": "ReplicaSet",
        "owner_name": "api-5d8c",
        "labels": {"pod-template-hash": "5d8c"},
        "created": 0,
        "phase": "Running",
        "shape": found or shape(),
    }
    return RunningPod(**{**said, **given})


def pods(*found: RunningPod) -> Subjects[RunningPod]:
    """These pods, by their names."""
    return Subjects(tuple((f"{it.namespace}/{it.name}", it) for it in found))


def one(found: Iterable[Finding]) -> Finding:
    """The only finding."""
    (finding,) = found
    return finding
