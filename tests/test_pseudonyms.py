"""Under other names the same world: every check judges the same, and no original is left."""

import re

import pytest

from keystone_check import snapshot
from keystone_check.diagnosis import diagnose
from keystone_check.model.world import World
from keystone_check.pseudonyms import pseudonymous
from keystone_check.sandbox.catalogue import NAMES, stage
from keystone_check.targets import Bench
from tests.worlds import NOW

BENCH = Bench()
SAMPLE = ("", *sorted(NAMES)[::6], "provider-is-in-another-case", "boundary-denies-all")
"""All of them in turn would take minutes."""
KEY = b"a key that no run has, for a test"


def judged(world: World) -> list[tuple[str, str]]:
    outcomes = diagnose(world, BENCH.checks).outcomes
    return sorted((outcome.check.id, outcome.status.value) for outcome in outcomes)


@pytest.mark.parametrize("name", SAMPLE)
def test_every_check_judges_the_same_and_no_original_is_left(name: str) -> None:
    ground, world = stage(name, NOW)
    renamed = pseudonymous(world, KEY)
    assert judged(renamed) == judged(world)
    saved = snapshot.save(renamed)
    originals = (
        ground.account,
        "keystone-oidc",
        "user/engineer",
        "app/api",
        "ip-10-0-1-20",
        "-lab",
        "0123456789abcdef0",
    )
    assert [original for original in originals if original in saved] == []


def test_lengths_and_forms_stay() -> None:
    _, world = stage("", NOW)
    renamed = pseudonymous(world, KEY)
    assert len(snapshot.save(renamed)) == len(snapshot.save(world))
    assert re.fullmatch(r"\d{12}", getattr(renamed.caller, "account", ""))
    assert re.fullmatch(
        r"https://[a-z]{8}-oidc-\d+\.s3\.eu-central-1\.amazonaws\.com", getattr(renamed.issuer, "url", "")
    )


def test_one_key_gives_the_same_names_and_another_key_others() -> None:
    _, world = stage("", NOW)
    assert pseudonymous(world, KEY) == pseudonymous(world, KEY)
    assert pseudonymous(world, KEY) != pseudonymous(world, b"another")
    assert pseudonymous(world) != pseudonymous(world)
