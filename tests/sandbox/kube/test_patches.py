from typing import Any

import pytest

from keystone_check.sandbox.kube.patches import json_patched, merged
from keystone_check.sandbox.kube.status import StatusError

VALUE: dict[str, Any] = {"a": {"b": 1, "c": [1, 2]}, "secrets": [{"name": "x", "k": 1}]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/a/d", "value": 2}, {"b": 1, "c": [1, 2], "d": 2}),
        ({"op": "add", "path": "/a/c/-", "value": 3}, {"b": 1, "c": [1, 2, 3]}),
        ({"op": "add", "path": "/a/c/0", "value": 0}, {"b": 1, "c": [0, 1, 2]}),
        ({"op": "replace", "path": "/a/c/0", "value": 0}, {"b": 1, "c": [0, 2]}),
        ({"op": "remove", "path": "/a/b"}, {"c": [1, 2]}),
        ({"op": "remove", "path": "/a/c/1"}, {"b": 1, "c": [1]}),
        ({"op": "move", "from": "/a/b", "path": "/a/e"}, {"c": [1, 2], "e": 1}),
        ({"op": "copy", "from": "/a/b", "path": "/a/e"}, {"b": 1, "c": [1, 2], "e": 1}),
        ({"op": "test", "path": "/a/b", "value": 1}, {"b": 1, "c": [1, 2]}),
    ],
)
def test_a_json_patch_does_what_rfc_6902_says(operation: dict[str, Any], expected: object) -> None:
    assert json_patched(VALUE, [operation])["a"] == expected
    assert VALUE["a"] == {"b": 1, "c": [1, 2]}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a/b", "value": 2},
        {"op": "remove", "path": "/a/none"},
        {"op": "add", "path": "/none/x", "value": 1},
        {"op": "add", "path": "a", "value": 1},
        {"op": "add", "path": "/a/c/9", "value": 1},
        {"op": "nope", "path": "/a"},
        {"op": "add", "path": "/a"},
        {"op": "replace", "path": "", "value": 1},
        "no operation",
    ],
)
def test_a_json_patch_that_does_not_apply_is_refused(operation: object) -> None:
    with pytest.raises(StatusError) as refused:
        json_patched(VALUE, [operation])
    assert (refused.value.code, refused.value.details) == (422, {})


def test_null_removes_and_the_rest_stays() -> None:
    assert merged(VALUE, {"a": {"b": None}}, strategic=False)["a"] == {"c": [1, 2]}


def test_only_a_strategic_merge_joins_lists_by_their_key() -> None:
    change = {"secrets": [{"name": "y"}, {"name": "x", "k": 2}]}
    assert merged(VALUE, change, strategic=False)["secrets"] == change["secrets"]
    assert merged(VALUE, change, strategic=True)["secrets"] == [{"name": "x", "k": 2}, {"name": "y"}]
    gone = {"secrets": [{"name": "x", "$patch": "delete"}]}
    assert merged(VALUE, gone, strategic=True)["secrets"] == []
