import pytest

from keystone_check.sandbox.kube.shapes import ShapeError, shaped


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        (
            "ServiceAccount",
            {"metadata": {"name": 5}},
            "number into Go struct field ObjectMeta.metadata.name of type string",
        ),
        (
            "ServiceAccount",
            {"metadata": {"annotations": {"a": 1}}},
            "number into Go struct field ObjectMeta.metadata.annotations of type string",
        ),
        (
            "TokenRequest",
            {"spec": {"audiences": "x"}},
            "string into Go struct field TokenRequestSpec.spec.audiences of type []string",
        ),
        (
            "TokenRequest",
            {"spec": {"expirationSeconds": 600.5}},
            "number 600.5 into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64",
        ),
    ],
)
def test_another_type_is_told_in_gos_words(kind: str, value: dict[str, object], field: str) -> None:
    with pytest.raises(ShapeError) as refused:
        shaped(kind, value)
    assert str(refused.value) == f"json: cannot unmarshal {field}"


def test_null_is_as_if_left_out() -> None:
    assert shaped("ServiceAccount", {"metadata": {"name": "a", "labels": None}, "secrets": None}) == {
        "metadata": {"name": "a"}
    }


def test_unknown_fields_pass() -> None:
    value = {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "env": [{"name": "X"}]}]}}
    assert shaped("Pod", value) == value
