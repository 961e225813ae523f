"""Emitted templates have the form and the resource types of CloudFormation, and keep what they import."""

import json
import re

import pytest

from keystone_check.model.change import Change
from keystone_check.remedy.emit import cloudformation, emit
from keystone_check.sandbox.faults import FAULTS
from tests.remedy.build import step
from tests.remedy.emit.plans import CHANGES, emitted

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
PROPERTIES = {
    "AWS::IAM::OIDCProvider": {"Url", "ClientIdList", "ThumbprintList"},
    "AWS::S3::Bucket": {
        "BucketName",
        "PublicAccessBlockConfiguration",
        "OwnershipControls",
        "BucketEncryption",
    },
    "AWS::S3::BucketPolicy": {"Bucket", "PolicyDocument"},
    "AWS::IAM::Role": {"RoleName", "Path", "AssumeRolePolicyDocument"},
    "AWS::CloudFormation::WaitConditionHandle": set[str](),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_template_of_every_fault_has_resources_of_known_types_and_properties(name: str) -> None:
    template = json.loads(emitted("cloudformation", name))
    assert template["Resources"]
    assert set(template["Metadata"]["Import"]) <= set(template["Resources"])
    for logical, resource in template["Resources"].items():
        assert re.fullmatch("[A-Za-z0-9]{1,255}", logical)
        assert set(resource.get("Properties", {})) <= PROPERTIES[resource["Type"]]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_every_change_is_a_resource_that_is_retained_or_a_command_elsewhere(change: Change) -> None:
    template = json.loads(emit("cloudformation", (step(change),), ()))
    if cloudformation.beyond(change):
        assert template["Metadata"]["Elsewhere"][0]["Commands"]
        assert list(template["Resources"]) == ["Nothing"]
    else:
        (resource,) = template["Resources"].values()
        assert resource["DeletionPolicy"] == "Retain"
