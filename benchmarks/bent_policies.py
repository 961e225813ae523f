"""No bent policy takes long: `python -m benchmarks.bent_policies [NUMBER [SEED]]`, 100,000 by default.

Each input goes through everything that reads a policy, every answer measured in CPU time of its own. Exits
with 1 when an exception escapes or an answer takes more than 50 ms. `tests/iam/test_bent_policies.py` takes
some of the same inputs.
"""

import gc
import random
import sys
import time
import traceback
from collections.abc import Callable
from itertools import islice

from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from tests.iam.bent_policies import answers, inputs

KINDS = (PolicyKind.IDENTITY, PolicyKind.TRUST, PolicyKind.RESOURCE)
LIMIT = 0.05
"""Seconds of CPU for one answer."""


def main(number: int, seed: int) -> int:
    """Run them all; print the slowest and each one that broke the promise."""
    worst, broken, policies = 0.0, 0, 0
    gc.disable()  # the time of a collection would fall on whichever input it meets
    for count, text in enumerate(islice(inputs(random.Random(seed)), number), 1):
        try:
            taken, name = max((_measured(run), name) for name, run in answers(text).items())
        except Exception:
            broken += 1
            print(f"input {count}: {text[:2000]!r}\n{traceback.format_exc()}")
            continue
        if taken > LIMIT:
            broken += 1
            print(
                f"input {count}: {name} took {taken * 1000:.1f} ms, {len(text)} characters: {text[:2000]!r}"
            )
        worst = max(worst, taken)
        policies += any(read(text, kind).policy for kind in KINDS)
        if count % 5_000 == 0:
            gc.collect()
    print(
        f"{number} bent inputs from seed {seed}, {policies} of them policies; slowest {worst * 1000:.1f} ms"
    )
    print(f"{broken} escaped as an exception or took more than {LIMIT * 1000:.0f} ms")
    return 1 if broken else 0


def _measured(run: Callable[[], object]) -> float:
    """A slow one is measured again, so that only what is slow itself counts."""
    worst = float("inf")
    for _ in range(3):
        start = time.process_time()
        run()
        worst = min(worst, time.process_time() - start)
        if worst < LIMIT:
            break
    return worst


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [100_000, 0][len(given) :])))
