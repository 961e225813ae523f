"""Every world that the sandbox has can be asked for by name."""

import pytest

from keystone_check.sandbox import catalogue
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.numbers import numbers
from keystone_check.sandbox.scenarios import SCENARIOS
from keystone_check.sandbox.variants import VARIANTS
from tests.worlds import NOW

OF_EACH_KIND = (next(iter(FAULTS)), next(iter(SCENARIOS)), "p-384-key", "karpenter")


def test_faults_scenarios_variants_and_installs_have_a_name_each_and_no_two_the_same() -> None:
    assert len(catalogue.NAMES) == sum(map(len, (FAULTS, SCENARIOS, VARIANTS, catalogue.OPERATED)))
    assert (
        set(catalogue.NAMES) == FAULTS.keys() | SCENARIOS.keys() | VARIANTS.keys() | catalogue.OPERATED.keys()
    )


def test_their_numbers_are_told_by_kind() -> None:
    assert numbers() == {
        "faults": len(FAULTS),
        "scenarios": len(SCENARIOS),
        "variants": len(VARIANTS),
        "installs": len(catalogue.OPERATED),
    }


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_a_world_of_each_kind_is_staged_by_name_and_says_what_it_is(name: str) -> None:
    ground, world = catalogue.stage(name, NOW)
    _, usual = catalogue.stage("", NOW)
    assert world != usual
    assert ground.account in str(world.caller)
    assert catalogue.title(name) != catalogue.title("")
