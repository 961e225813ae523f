"""Emitted Terraform is HCL to a parser, with arguments that the providers publish."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from keystone_check.model.change import Change, SetAnnotation, SetClientIds, SetThumbprints
from keystone_check.remedy.emit import emit, terraform
from keystone_check.sandbox.faults import FAULTS
from tests.environment import bare
from tests.remedy.build import PROVIDER, step
from tests.remedy.emit.plans import CHANGES, emitted

hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is among the dependencies of tox")

TERRAFORM = shutil.which("terraform") or shutil.which("tofu")

# From the documentation of hashicorp/aws and hashicorp/kubernetes:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs
# https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/annotations
BLOCK = {"block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"}
ARGUMENTS = {
    "aws_iam_openid_connect_provider": {"url", "client_id_list", "thumbprint_list"},
    "aws_s3_object": {"bucket", "key", "content", "content_type"},
    "aws_s3_bucket_public_access_block": {"bucket", *BLOCK},
    "aws_s3_account_public_access_block": {"account_id", *BLOCK},
    "aws_s3_bucket_policy": {"bucket", "policy"},
    "aws_iam_role": {"name", "path", "assume_role_policy", "max_session_duration"},
    "aws_s3_bucket": {"bucket"},
    "aws_s3_bucket_ownership_controls": {"bucket", "rule"},
    "aws_s3_bucket_acl": {"bucket", "acl"},
    "aws_s3_bucket_server_side_encryption_configuration": {"bucket", "rule"},
    "kubernetes_annotations": {"api_version", "kind", "metadata", "annotations", "force"},
}


def read(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = hcl2.loads(text)
    return parsed


def blocks(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and body of each resource; the parser keeps the quotes of labels."""
    return [
        (kind.strip('"'), body)
        for resource in read(text).get("resource", [])
        for kind, named in resource.items()
        if kind.strip('"') in ARGUMENTS
        for body in named.values()
        if isinstance(body, dict)
    ]


@pytest.mark.parametrize("name", FAULTS)
def test_the_plan_of_every_fault_is_hcl_with_known_arguments(name: str) -> None:
    for kind, body in blocks(emitted("terraform", name)):
        said = {key for key in body if not key.startswith("__")} - {"lifecycle"}
        assert said <= ARGUMENTS[kind]


@pytest.mark.skipif(TERRAFORM is None, reason="there is neither Terraform nor OpenTofu here")
def test_the_plans_of_all_faults_are_read_by_terraform_itself(tmp_path: Path) -> None:
    for name in FAULTS:
        (tmp_path / f"{name}.tf").write_text(emitted("terraform", name))
    command = [str(TERRAFORM), "fmt", "-list=false", "-write=false", str(tmp_path)]
    ran = subprocess.run(command, env=bare(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_every_change_is_a_resource_or_says_why_it_is_none(change: Change) -> None:
    text = emit("terraform", (step(change),), ())
    assert bool(blocks(text)) != bool(terraform.beyond(change))


def test_a_text_with_templates_and_escapes_that_hcl_lacks_is_one_string() -> None:
    change = SetAnnotation("app", "api", "a", None, 'x ${y} %{z} "q" \b')
    text = emit("terraform", (step(change),), ())
    assert '"x $${y} %%{z} \\"q\\" \\u0008"' in text
    read(text)


def test_two_changes_of_a_provider_are_one_resource_that_ignores_nothing_they_say() -> None:
    changes: tuple[Change, ...] = (
        SetThumbprints(PROVIDER, (), ("cd" * 20,)),
        SetClientIds(PROVIDER, (), ("sts.amazonaws.com",)),
    )
    text = emit("terraform", tuple(step(change) for change in changes), ())
    ((_, body),) = blocks(text)
    assert re.search(r'client_id_list += \["sts.amazonaws.com"\]', text)
    assert re.search(rf'thumbprint_list += \["{"cd" * 20}"\]', text)
    assert "lifecycle" not in body


def test_what_stands_there_is_imported_and_what_is_new_is_not() -> None:
    stands = SetClientIds(PROVIDER, ("a",), ("b",))
    assert f'id = "{PROVIDER}"' in emit("terraform", (step(stands),), ())
    new = emit("terraform", (step(CHANGES[0]),), ())
    assert "import {" not in new
