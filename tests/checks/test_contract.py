"""What every check promises, whoever writes it."""

import inspect
import re
from dataclasses import fields
from importlib import import_module
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import pytest

from keystone_check import checks
from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Severity
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.probes.rights import parts
from keystone_check.sandbox.faults import FAULTS

ALL = checks.load()
SECTIONS = ("## Why it matters", "## How to fix", "## References")
every_check = pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])


def test_every_link_has_a_check() -> None:
    assert [link.id for link in LINKS if link.id not in checks.index().values()] == []


def test_a_check_belongs_to_one_link_only() -> None:
    assert len(checks.index()) == len(ALL)


@every_check
def test_its_title_is_one_sentence_that_is_true_when_it_passes(check: Check) -> None:
    assert check.title
    assert "\n" not in check.title
    assert not re.search(r"\b(should|must|check|ensure|verify)\b", check.title, re.IGNORECASE)


@every_check
@pytest.mark.parametrize("section", SECTIONS)
def test_its_page_has_every_section_filled(check: Check, section: str) -> None:
    _, _, after = check.page.partition(section)
    text = after.partition("\n## ")[0].strip()
    assert text, f"{section} is missing or empty"


@every_check
def test_its_references_are_addresses(check: Check) -> None:
    references = check.page.partition("## References")[2].strip().splitlines()
    assert all(line.startswith("- https://") for line in references)


@every_check
def test_its_severity_is_one_of_four(check: Check) -> None:
    assert isinstance(check.severity, Severity)


@every_check
def test_it_needs_facts_that_a_world_has_under_the_same_type(check: Check) -> None:
    world = get_type_hints(World)
    judge = get_type_hints(check.judge)
    for need in check.needs:
        assert need in {field.name for field in fields(World)}
        assert _members(judge[need]) <= _members(world[need]), need


@every_check
def test_it_reads_parts_that_there_are_of_needs_that_have_parts(check: Check) -> None:
    assert check.parts <= {part for need in check.needs for part in parts(need)}
    for need in check.needs:
        assert not parts(need) or parts(need) & check.parts, f"{need}: name the parts with Annotated"


def _members(hint: object) -> set[object]:
    return set(get_args(hint)) if get_origin(hint) in (Union, UnionType) else {hint}


@every_check
def test_some_fault_breaks_it(check: Check) -> None:
    assert any(check.id in fault.breaks for fault in FAULTS.values())


@every_check
def test_it_reads_nothing_but_its_parameters(check: Check) -> None:
    source = inspect.getsource(import_module(f"keystone_check.checks.{check.link}.{check.id}"))
    assert not re.search(r"^(from|import) (os|time|datetime|socket|pathlib)\b", source, re.MULTILINE)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_names_checks_that_exist(fault: object) -> None:
    named = fault.breaks | fault.blocks  # type: ignore[attr-defined]  # parametrized
    assert named <= checks.index().keys()
