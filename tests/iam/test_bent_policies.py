"""Bent policies never escape as an exception: 2,000 of them, or as many as KEYSTONE_FUZZ says.

`python -m benchmarks.bent_policies` runs 100,000 and measures each.
"""

import os
import random
from itertools import islice

import pytest

from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from tests.iam.bent_policies import SEEDS, answers, inputs

NUMBER = int(os.environ.get("KEYSTONE_FUZZ", "2000"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_no_bent_policy_escapes_as_an_exception(part: int) -> None:
    """Every answer is put into words; an exception from one fails the test."""
    done = 0
    for text in islice(inputs(random.Random(part)), NUMBER // PARTS):
        said = [run() for run in answers(text).values()]
        assert None not in said
        reading = read(text, PolicyKind.IDENTITY)
        assert reading.policy is not None or reading.because, text
        done += 1
    assert done == NUMBER // PARTS


def test_the_seeds_are_policies_before_they_are_bent() -> None:
    kinds = (PolicyKind.TRUST, PolicyKind.IDENTITY, PolicyKind.RESOURCE)
    assert [read(text, kind).because for text, kind in zip(SEEDS, kinds, strict=True)] == ["", "", ""]


def test_many_of_the_inputs_are_still_policies() -> None:
    texts = list(islice(inputs(random.Random(0)), 500))
    policies = [text for text in texts if any(read(text, kind).policy for kind in PolicyKind)]
    assert 50 < len(policies) < 450
    assert len(set(texts)) > 400
