"""What tells that something else manages an object, and what tells nothing."""

from collections.abc import Mapping

import pytest

from keystone_check.model.owner import Owner, of_applier, of_marks, of_tags, telling


@pytest.mark.parametrize(
    ("key", "value", "name", "form"),
    [
        ("aws:cloudformation:stack-name", "keystone", "the CloudFormation stack keystone", "cloudformation"),
        ("ManagedBy", "terraform", "Terraform", "terraform"),
        ("managed-by", "Terraform", "Terraform", "terraform"),
        ("managed_by", "OpenTofu", "OpenTofu", "terraform"),
        ("Managed By", "Terragrunt", "Terragrunt", "terraform"),
        ("ManagedBy", "CloudFormation", "CloudFormation", "cloudformation"),
        ("CreatedBy", "aws-cdk", "the AWS CDK", "cloudformation"),
        ("provisioner", "pulumi", "Pulumi", "shell"),
        ("Terraform", "true", "Terraform", "terraform"),
        ("terraform:workspace", "prod", "Terraform", "terraform"),
        ("tf-module", "oidc", "Terraform", "terraform"),
        ("yor_trace", "5b1d", "Terraform", "terraform"),
    ],
)
def test_a_tag_that_names_a_tool_tells_who_manages_it(key: str, value: str, name: str, form: str) -> None:
    tags = {key: value, "team": "platform"}
    assert of_tags(tags) == Owner(name, f"tag {key}={value}", form)
    assert telling(tags) == {key: value}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ManagedBy", "platform-team"),
        ("CreatedBy", "jane"),
        ("Terraform", "false"),
        ("Terraform", ""),
        ("Name", "terraform"),
        ("tf", "true"),
        ("platform", "tf-state"),
        ("aws:cloudfront:stack", "x"),
    ],
)
def test_other_tags_tell_nothing_and_are_not_kept(key: str, value: str) -> None:
    assert of_tags({key: value}) is None
    assert telling({key: value}) == {}


def test_what_cloudformation_says_goes_before_what_people_say() -> None:
    found = of_tags({"ManagedBy": "terraform", "aws:cloudformation:stack-name": "keystone"})
    assert found is not None
    assert found.form == "cloudformation"


@pytest.mark.parametrize(
    ("marks", "name"),
    [
        ({"app.kubernetes.io/managed-by": "Helm"}, "Helm"),
        ({"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "api"}, "Helm (api)"),
        ({"app.kubernetes.io/managed-by": "argocd", "app.kubernetes.io/instance": "api"}, "Argo CD (api)"),
        ({"argocd.argoproj.io/tracking-id": "api:/ServiceAccount:app/api"}, "Argo CD (api)"),
        ({"argocd.argoproj.io/instance": "api", "app.kubernetes.io/managed-by": "Helm"}, "Argo CD (api)"),
        ({"kustomize.toolkit.fluxcd.io/name": "apps"}, "Flux (apps)"),
        ({"helm.toolkit.fluxcd.io/name": "api", "app.kubernetes.io/managed-by": "Helm"}, "Flux (api)"),
    ],
)
def test_labels_and_annotations_name_the_tool_and_gitops_before_it(
    marks: Mapping[str, str], name: str
) -> None:
    found = of_marks(marks)
    assert found is not None
    assert (found.name, found.form) == (name, "kubectl")


@pytest.mark.parametrize(
    "marks", [{}, {"app.kubernetes.io/instance": "api"}, {"app.kubernetes.io/managed-by": "keystone-check"}]
)
def test_an_instance_alone_and_our_own_mark_name_nobody(marks: Mapping[str, str]) -> None:
    assert of_marks(marks) is None


def test_whoever_owns_the_field_by_server_side_apply_is_named() -> None:
    found = of_applier("kustomize-controller", "eks.amazonaws.com/role-arn")
    assert found is not None
    assert found.name == "kustomize-controller, by server-side apply"
    assert of_applier("", "x") is None
    assert of_applier("keystone-check", "x") is None
