"""No body makes the emulator crash: what it cannot read, it refuses."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.kube.conftest import Asker

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-5, 5000), st.text(max_size=3), st.just("api"))
KEYS = st.sampled_from(
    [
        "metadata", "spec", "name", "namespace", "labels", "annotations", "data", "stringData", "containers",
        "audiences", "expirationSeconds", "boundObjectRef", "kind", "apiVersion", "uid", "token", "resources",
        "resourceAttributes", "nonResourceAttributes", "preconditions", "volumeMounts", "secrets",
    ]
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "metadata": VALUES,
        "spec": VALUES,
        "data": VALUES,
        "stringData": VALUES,
        "preconditions": VALUES,
    },
) | st.dictionaries(KEYS, VALUES, max_size=3)
ACCOUNTS = "/api/v1/namespaces/apps/serviceaccounts"
ASKED = [
    ("POST", f"{ACCOUNTS}/api/token", "application/json"),
    ("POST", ACCOUNTS, "application/json"),
    ("PUT", f"{ACCOUNTS}/api", "application/json"),
    ("PATCH", f"{ACCOUNTS}/api", "application/merge-patch+json"),
    ("PATCH", f"{ACCOUNTS}/api", "application/strategic-merge-patch+json"),
    ("PATCH", f"{ACCOUNTS}/api?fieldManager=m", "application/apply-patch+yaml"),
    ("DELETE", f"{ACCOUNTS}/api?dryRun=All", "application/json"),
    ("POST", "/api/v1/namespaces/apps/pods?dryRun=All", "application/json"),
    ("POST", "/api/v1/namespaces/apps/secrets?dryRun=All", "application/json"),
    ("POST", "/api/v1/namespaces?dryRun=All", "application/json"),
    ("POST", "/apis/authentication.k8s.io/v1/tokenreviews", "application/json"),
    ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "application/json"),
    ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "application/json"),
    ("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "application/json"),
]


@pytest.mark.parametrize(("method", "target", "content_type"), ASKED)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=BODIES)
def test_any_body_is_taken_or_refused(
    admin: Asker, method: str, target: str, content_type: str, body: dict[str, Any]
) -> None:
    status, found = admin.ask(method, target, body, content_type=content_type)
    assert status in (200, 201, 400, 403, 404, 409, 422)
    assert admin.ask("GET", ACCOUNTS)[0] == 200
    assert found["kind"]
