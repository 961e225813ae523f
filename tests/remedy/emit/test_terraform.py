"""Emitted Terraform is HCL to a parser and to Terraform, and fits what the providers publish.

`terraform validate` asks the providers themselves, which are not to be had everywhere; `published` knows of
their schemas what it would look at.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from keystone_check.model.aws import Encryption
from keystone_check.model.change import (
    SSE_S3,
    Change,
    PutDocument,
    SetAnnotation,
    SetClientIds,
    SetDefaultEncryption,
    SetThumbprints,
)
from keystone_check.remedy.emit import emit, terraform
from keystone_check.sandbox.faults import FAULTS
from tests.environment import bare
from tests.remedy.build import PROVIDER, step
from tests.remedy.emit.plans import CHANGES, emitted
from tests.remedy.emit.published import OURS, amiss, misnamed

hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is among the dependencies of tox")

TERRAFORM = shutil.which("terraform") or shutil.which("tofu")


def read(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = hcl2.loads(text)
    return parsed


def blocks(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and body of each resource; the parser keeps the quotes of labels."""
    return [
        (kind.strip('"'), body)
        for resource in read(text).get("resource", [])
        for kind, named in resource.items()
        if not kind.startswith(OURS)
        for body in named.values()
        if isinstance(body, dict)
    ]


def unfit(text: str) -> list[str]:
    """What the providers would refuse, in resources and in imports."""
    wrong = [what for kind, body in blocks(text) for what in amiss(kind, body)]
    imports = [
        (str(block["to"]).strip("${}").partition(".")[0], json.loads(block["id"]))
        for block in read(text).get("import", [])
    ]
    return [*wrong, *(f"{kind} is not imported by {id}" for kind, id in imports if misnamed(kind, id))]


@pytest.mark.parametrize("name", FAULTS)
def test_the_plan_of_every_fault_is_as_the_providers_publish(name: str) -> None:
    assert unfit(emitted("terraform", name)) == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_every_change_is_as_the_providers_publish(change: Change) -> None:
    assert unfit(emit("terraform", (step(change),), ())) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('resource "aws_s3_bucket_policy" "a" {\n  bucket = "b"\n}', "lacks policy"),
        ('resource "aws_s3_bucket" "a" {\n  bukket = "b"\n}', "has no argument bukket"),
        ('resource "aws_s3_bucket" "a" {\n  bucket = ["b"]\n}', "bucket is no string"),
        ('resource "aws_s3_bukket" "a" {\n}', "is no known resource"),
        ('resource "aws_s3_bucket_acl" "a" {\n  bucket = "b"\n}', "asks for exactly_one_of"),
        (
            'resource "aws_s3_bucket_ownership_controls" "a" {\n  bucket = "b"\n}',
            "lacks the block rule",
        ),
        (
            'resource "aws_s3_bucket_ownership_controls" "a" {\n  bucket = "b"\n  rule = { a = "b" }\n}',
            "rule is a block, and an argument stands there",
        ),
        (
            'resource "aws_s3_bucket" "a" {\n  tags {\n    a = "b"\n  }\n}',
            "tags is no map",
        ),
        (
            'resource "aws_s3_bucket" "a" {\n  lifecycle {\n    ignore_changes = [colour]\n  }\n}',
            "ignores colour",
        ),
        ('import {\n  to = aws_s3_account_public_access_block.a\n  id = "b"\n}', "is not imported by b"),
    ],
)
def test_what_the_providers_would_refuse_is_found(text: str, wrong: str) -> None:
    (found,) = unfit(text + "\n")
    assert wrong in found


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


def test_how_a_document_and_a_bucket_are_encrypted_is_said_whole() -> None:
    document = PutDocument("b", "r", "k", None, "{}", "application/json", encryption=SSE_S3)
    assert 'server_side_encryption = "AES256"' in emit("terraform", (step(document),), ())
    bucket = SetDefaultEncryption("b", "r", SSE_S3, Encryption("aws:kms", "k", bucket_key=True))
    assert "bucket_key_enabled = true" in emit("terraform", (step(bucket),), ())
