"""Emitted templates have the form and the resource types of CloudFormation, and keep what they import."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator

from keystone_check.model.change import Change
from keystone_check.remedy.emit import cloudformation, emit
from keystone_check.sandbox.faults import FAULTS
from tests.remedy.build import step
from tests.remedy.emit.plans import CHANGES, emitted
from tests.remedy.emit.published import FIXTURES

TYPES = json.loads((FIXTURES / "cloudformation" / "resources.json").read_text())


def unfit(template: Mapping[str, Any]) -> list[str]:
    """What AWS's published schemas of the resource types refuse."""
    return [
        f"{logical}: {error.message}"
        for logical, resource in template["Resources"].items()
        for error in Draft7Validator(TYPES[resource["Type"]]).iter_errors(resource.get("Properties", {}))
    ]


@pytest.mark.parametrize("name", FAULTS)
def test_the_template_of_every_fault_has_resources_of_known_types_and_properties(name: str) -> None:
    template = json.loads(emitted("cloudformation", name))
    assert template["Resources"]
    assert set(template["Metadata"]["Import"]) <= set(template["Resources"])
    for logical, resource in template["Resources"].items():
        assert re.fullmatch("[A-Za-z0-9]{1,255}", logical)
        assert resource["Type"] in TYPES
    assert unfit(template) == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_every_change_is_a_resource_that_is_retained_or_a_command_elsewhere(change: Change) -> None:
    template = json.loads(emit("cloudformation", (step(change),), ()))
    if cloudformation.beyond(change):
        assert template["Metadata"]["Elsewhere"][0]["Commands"]
        assert list(template["Resources"]) == ["Nothing"]
    else:
        (resource,) = template["Resources"].values()
        assert resource["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize(
    ("kind", "properties", "wrong"),
    [
        ("AWS::IAM::Role", {"RoleName": "a"}, "'AssumeRolePolicyDocument' is a required property"),
        ("AWS::S3::Bucket", {"Bucket": "a"}, "'Bucket' was unexpected"),
        ("AWS::IAM::OIDCProvider", {"ThumbprintList": ["ab"]}, "is too short"),
    ],
)
def test_what_the_schemas_refuse_is_found(kind: str, properties: dict[str, Any], wrong: str) -> None:
    found = unfit({"Resources": {"A": {"Type": kind, "Properties": properties}}})
    assert wrong in " ".join(found)
