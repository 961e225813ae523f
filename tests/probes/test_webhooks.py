"""Webhooks are found by what they are asked about and called, whatever else is registered beside them."""

import base64
from typing import Any

import pytest

from keystone_check.model.injection import Requirement, Webhook
from keystone_check.probes.webhooks import read
from keystone_check.sandbox.authorities import ANOTHER, OWN, certificate

SERVICE = {"namespace": "ns", "name": "pod-identity-webhook", "path": "/mutate", "port": 8443}
RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}


def registered(name: str = "any", **webhook: Any) -> tuple[Webhook, ...]:
    """What is seen of one registration."""
    found = {"name": "w", "clientConfig": {"service": SERVICE}, "rules": [RULE], **webhook}
    return tuple(read({"metadata": {"name": name}, "webhooks": [found]}))


def test_what_the_registration_leaves_out_is_what_the_api_server_takes() -> None:
    (found,) = registered()
    assert (found.failure_policy, found.timeout, found.reinvocation) == ("Fail", 10, "Never")
    assert (found.service, found.url, found.port) == ("ns/pod-identity-webhook", "/mutate", 8443)
    assert (found.namespaces, found.objects, found.authorities) == ((), (), ())


def test_both_forms_of_a_selector_are_one() -> None:
    expression = {"key": "b", "operator": "Exists"}
    (found,) = registered(namespaceSelector={"matchLabels": {"a": "x"}, "matchExpressions": [expression]})
    assert found.namespaces == (Requirement("a", "In", ("x",)), Requirement("b", "Exists"))


@pytest.mark.parametrize(
    "rule",
    [
        {**RULE, "operations": ["UPDATE"]},
        {**RULE, "resources": ["deployments"]},
        {**RULE, "apiGroups": ["apps"]},
    ],
    ids=["updates", "deployments", "apps"],
)
def test_who_is_not_asked_about_new_pods_is_another(rule: dict[str, Any]) -> None:
    assert registered(rules=[rule]) == ()


def test_who_has_no_such_name_is_another() -> None:
    assert registered(clientConfig={"service": {"namespace": "istio-system", "name": "istiod"}}) == ()
    assert registered("iam-for-pods", clientConfig={"url": "https://127.0.0.1:23443/mutate"}) != ()


def test_an_address_is_shown_without_credentials_and_query() -> None:
    (found,) = registered(
        "pod-identity", clientConfig={"url": "https://me:secret@example.com/mutate?key=secret"}
    )
    assert found.url == "https://example.com/mutate"


@pytest.mark.parametrize(
    ("bundle", "authorities", "unreadable"),
    [
        (base64.b64encode((OWN + ANOTHER).encode()), (certificate(OWN), certificate(ANOTHER)), ""),
        (b"", (), ""),
        (b"***", (), "it is not base64"),
        (base64.b64encode(b"text"), (), "it is not a list of certificates in PEM form"),
    ],
    ids=["two", "none", "no base64", "no certificate"],
)
def test_a_bundle_is_its_certificates_or_says_why_it_is_none(
    bundle: bytes, authorities: tuple[Any, ...], unreadable: str
) -> None:
    (found,) = registered(clientConfig={"service": SERVICE, "caBundle": bundle.decode()})
    assert (found.authorities, found.unreadable) == (authorities, unreadable)
