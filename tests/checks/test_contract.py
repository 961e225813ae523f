"""What every check promises, whoever writes it: by the contract that --lint-checks applies to users' own."""

import inspect
from importlib import import_module

import pytest

from keystone_check import checks
from keystone_check.contract import flaws, unfit
from keystone_check.model.chain import LINKS
from keystone_check.model.outcome import Check
from keystone_check.sandbox.faults import FAULTS

ALL = checks.load()
every_check = pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])


def test_every_link_has_a_check() -> None:
    assert [link.id for link in LINKS if link.id not in checks.index().values()] == []


def test_a_check_belongs_to_one_link_only() -> None:
    assert len(checks.index()) == len(ALL)


@every_check
def test_it_lacks_nothing_of_what_lint_checks_asks_of_everybody(check: Check) -> None:
    module = import_module(f"keystone_check.checks.{check.link}.{check.id}")
    assert list(unfit(module)) == []
    assert list(flaws(check, inspect.getsource(module))) == []


@every_check
def test_some_fault_breaks_it(check: Check) -> None:
    assert any(check.id in fault.breaks for fault in FAULTS.values())


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_names_checks_that_exist(fault: object) -> None:
    named = fault.breaks | fault.blocks  # type: ignore[attr-defined]  # parametrized
    assert named <= checks.index().keys()
