"""`--managed`: what Terraform and others manage is left to them, with the command for their source."""

from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check.model.facts import Subjects
from tests.cli.build import Outside, audience_check, command, world
from tests.reports.build import PROVIDER


def managed() -> Outside:
    before = world()
    assert isinstance(before.providers, Subjects)
    ((arn, provider),) = before.providers.seen()
    tagged = replace(provider, tags={"ManagedBy": "terraform"})
    return Outside([audience_check()], replace(before, providers=Subjects(((arn, tagged),))))


def test_it_is_held_back_with_the_owner_and_the_form_for_its_source() -> None:
    outside = managed()
    ran = command(outside, "--fix", "--yes")
    assert (ran.code, outside.written) == (1, [])
    words = " ".join(ran.out.split())
    assert "managed by Terraform (tag ManagedBy=terraform)" in words
    instead = "keystone-check --only audience_is_registered --fix --emit terraform"
    assert f"instead {instead}" in words
    assert "release --fix --managed, which Terraform will likely revert" in words
    assert ran.out.endswith(f"next: {instead}\n")


def test_the_list_of_fixes_names_the_owner() -> None:
    ran = command(managed(), "--list-fixes")
    assert "managed: by Terraform (tag ManagedBy=terraform); released by --managed" in ran.out


@pytest.mark.parametrize("format", ["short", "json", "markdown"])
def test_every_format_names_the_owner(format: str) -> None:
    assert "Terraform" in command(managed(), "--fix", "--yes", "--format", format).out


def test_released_it_is_written() -> None:
    outside = managed()
    assert command(outside, "--fix", "--managed", "--yes").code == 0
    assert len(outside.written) == 1


def test_the_emitted_form_needs_no_release() -> None:
    outside = managed()
    ran = command(outside, "--fix", "--emit", "terraform")
    assert f'id = "{PROVIDER}"' in ran.out
    assert outside.written == []


def test_a_plan_of_what_is_managed_says_so_again_when_it_is_applied(tmp_path: Path) -> None:
    path, outside = tmp_path / "plan", managed()
    ran = command(outside, "--fix", "--managed", "--plan-out", str(path))
    assert f"--apply {path} --managed" in ran.out
    refused = command(outside, "--apply", str(path), "--yes")
    assert (refused.code, outside.written) == (2, [])
    assert "to write what Terraform manages (tag ManagedBy=terraform) and will likely revert" in refused.err
    assert "add --managed" in refused.err
    assert command(outside, "--apply", str(path), "--managed", "--yes").code == 0
    assert len(outside.written) == 1


def test_a_plan_of_a_time_before_the_owner_came_is_refused(tmp_path: Path) -> None:
    path, outside = tmp_path / "plan", managed()
    command(Outside([audience_check()]), "--fix", "--plan-out", str(path))
    assert command(outside, "--apply", str(path), "--yes").code == 2
    assert outside.written == []


def test_the_option_goes_with_a_repair_alone() -> None:
    ran = command(managed(), "--managed")
    assert ran.code == 2
    assert "add --fix" in ran.err
