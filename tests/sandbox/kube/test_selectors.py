import pytest

from keystone_check.sandbox.kube.resources import SERVICE_ACCOUNTS
from keystone_check.sandbox.kube.selectors import matches_fields, matches_labels

VALUE = {"metadata": {"name": "api", "namespace": "apps", "labels": {"a": "1", "b/c": "2"}}}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("a=1", True),
        ("a==1", True),
        ("a=2", False),
        ("a!=2", True),
        ("none!=2", True),
        ("a", True),
        ("!a", False),
        ("!none", True),
        ("a in (1,2)", True),
        ("a in (3)", False),
        ("a notin (1)", False),
        ("none notin (1)", True),
        ("a=1,b/c=2", True),
        ("a=1,b/c in (3,4),a", False),
        ("", True),
    ],
)
def test_a_label_selector_selects_as_kubernetes_documents_it(selector: str, expected: bool) -> None:
    assert matches_labels(selector)(VALUE) is expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("metadata.name=api", True),
        ("metadata.name!=api", False),
        ("metadata.namespace==apps,metadata.name=api", True),
        ("metadata.namespace=other", False),
    ],
)
def test_a_field_selector_selects_by_name_and_namespace(selector: str, expected: bool) -> None:
    assert matches_fields(SERVICE_ACCOUNTS, selector)(VALUE) is expected
