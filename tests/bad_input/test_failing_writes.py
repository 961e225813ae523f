"""A write that fails, as its user sees it: what was tried, what came back, what is next, the exit code."""

import pytest

from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.mishaps import Mishap, Mishaps, always
from keystone_check.sandbox.serve import serve, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.bad_input.looking import Ran, look

FAULT = "trust-names-another-namespace"
WRITE = "iam:UpdateAssumeRolePolicy"


def mended(mishaps: Mishaps, befall: dict[int, Mishap]) -> Ran:
    """`--fix --yes` of one fault, whose only write fares so."""
    ground = Ground.make()
    world = FAULTS[FAULT].apply(healthy(ground, wall_clock()))
    with serve(world, ground, mishaps=mishaps) as serving:
        mishaps.start(befall)
        return look(serving.access, "--fix", "--yes")


@pytest.mark.parametrize(
    ("mishap", "said", "following"),
    [
        (Mishap.DENIED, f"{WRITE} api: AccessDenied", f"next: allow {WRITE} to whoever runs this"),
        (Mishap.THROTTLED, "Throttling: Rate exceeded (after 3 tries)", "next: AWS throttles these calls"),
    ],
    ids=["denied", "throttled"],
)
def test_a_write_that_fails_says_what_came_back_and_what_to_do(
    mishap: Mishap, said: str, following: str
) -> None:
    mishaps = Mishaps()
    ran = mended(mishaps, dict(always(mishap)))
    assert ran.code == 1
    assert "✗ not written: write the trust policy" in ran.out
    assert said in ran.out
    assert following in ran.out
    assert mishaps.written == []


def test_a_write_whose_answer_is_lost_is_no_failure_when_it_took_effect() -> None:
    ran = mended(Mishaps(), {1: Mishap.LOST})
    assert ran.code == 0
    assert "Every link holds" in ran.out
    assert ran.out.endswith("1 change written.")
