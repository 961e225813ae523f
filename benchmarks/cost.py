"""What a look costs: answers waited for in a row, AWS requests by role, CPU and memory of a crowd.

The longest chain of requests that depend on each other follows from the readers: each waits for the facts
that it follows from, and then makes so many requests of its own one after the other (`IN_A_ROW`). How many
answers are waited for in a row is measured twice: by the clock, as what a delay adds to the fastest look, and
without one, in rounds (benchmarks/rounds.py), which a busy machine leaves as they are.

CPU and memory are those of the looking process alone; the sandbox runs in another one.
"""

from collections.abc import Iterator, Mapping

from benchmarks.elsewhere import Crowd, Took, serving
from benchmarks.figures import Figure, Promise, measured
from keystone_check.model.access import Access
from keystone_check.probes.gather import closure
from keystone_check.probes.readers import READERS, reader_of

DELAY = 0.08
QUIET = 1.5
ROUNDS = 5
LOOKS = 3
IN_A_ROW: Mapping[str, int] = {
    **dict.fromkeys(("issuer", "listed", "clocks", "answers", "recorded"), 0),  # of other facts, or not asked
    **dict.fromkeys(("chains", "addresses"), 0),  # TLS and DNS, no requests
    "provider_buckets": 0,  # the account has all of them
    "bucket": 2,  # where it is; then its settings and objects, side by side
    **dict.fromkeys(("cluster", "discovery_access"), 1),  # two that do not depend on each other
}
"""Requests of a reader that depend on each other; where nothing is said it is one: listings have one page."""
LEAST, SMALL, LARGE = Crowd(2, 2, 2), Crowd(200, 50, 500), Crowd(2_000, 500, 5_000)

IN_ROUNDS = Promise("10 bindings: answers waited for in a row, times the longest chain", "×", 1.5)
BY_THE_CLOCK = Promise("10 bindings: what 80 ms a request add, times the longest chain of them", "×", 1.5)
PER_ROLE = Promise("AWS requests for one more role", "requests", 4)
PER_BINDING = Promise("AWS requests for a second binding of a role", "requests", 0)
CPU = Promise("2,000 accounts, 500 roles, 5,000 pods: CPU of a look", "s", 15)
MEMORY = Promise("2,000 accounts, 500 roles, 5,000 pods: memory of a look", "MB", 300)
PER_ACCOUNT = Promise("CPU of a look per account at 2,000, times that at 200", "×", 1.0)
PROMISES = (IN_ROUNDS, BY_THE_CLOCK, PER_ROLE, PER_BINDING, CPU, MEMORY, PER_ACCOUNT)


def figures() -> Iterator[Figure]:
    """Of a look with all checks, from an empty Python to the last outcome."""
    yield from _in_a_row()
    yield from _by_the_clock()
    yield from _requests()
    yield from _crowd()


def longest_chain() -> int:
    """Requests of a look that depend on each other, at most.

    For a fact that is called for later a reader does not wait: what he asks then is no longer a chain
    than that of others (the key set in the bucket, once the published document names it).
    """
    access = Access("any")
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            reader = reader_of(name, access)
            before = (depth(needed) for needed in reader.after if needed not in reader.later)
            depths[name] = IN_A_ROW.get(name, 1) + max(before, default=0)
        return depths[name]

    return max(depth(name) for name in READERS if name in closure(None, access))


def _in_a_row() -> Iterator[Figure]:
    chain = longest_chain()
    yield Figure("10 bindings: the longest chain of requests that depend on each other", "requests", chain)
    with serving(Crowd(10, 10, 10, quiet=QUIET)) as served:
        _healthy(served.look())
    yield Figure("10 bindings: answers waited for in a row", "requests", served.asked["rounds"])
    yield measured(IN_ROUNDS, served.asked["rounds"] / chain)


def _by_the_clock() -> Iterator[Figure]:
    with serving(Crowd(10, 10, 10)) as near, serving(Crowd(10, 10, 10, DELAY)) as far:
        taken = [(near.look().seconds, far.look().seconds) for _ in range(ROUNDS)]
    start, slow = map(min, zip(*taken, strict=True))  # a busy machine only ever adds
    yield Figure("10 bindings: start-up, the fastest look without a delay", "s", start)
    yield Figure("10 bindings: the fastest look with 80 ms for each request", "s", slow)
    yield measured(BY_THE_CLOCK, (slow - start) / (DELAY * longest_chain()))


def _requests() -> Iterator[Figure]:
    usual = _asked_of_aws(Crowd(4, 4, 4))
    yield Figure("AWS requests for four roles", "requests", usual)
    yield measured(PER_ROLE, _asked_of_aws(Crowd(5, 5, 5)) - usual)
    yield measured(PER_BINDING, _asked_of_aws(Crowd(5, 4, 5)) - usual)


def _asked_of_aws(crowd: Crowd) -> int:
    with serving(crowd) as served:
        _healthy(served.look())
    return served.asked["AWS"]


def _crowd() -> Iterator[Figure]:
    least, small, large = (_look(crowd) for crowd in (LEAST, SMALL, LARGE))
    yield Figure("2 accounts: CPU of a look, which is start-up", "s", least.cpu)
    yield Figure("200 accounts, 50 roles, 500 pods: CPU of a look", "s", small.cpu)
    yield measured(CPU, large.cpu)
    yield measured(MEMORY, large.megabytes)
    yield measured(PER_ACCOUNT, large.cpu / LARGE.accounts / (small.cpu / SMALL.accounts))
    for took, crowd in ((small, SMALL), (large, LARGE)):
        further = (took.cpu - least.cpu) / (crowd.accounts - LEAST.accounts)
        yield Figure(f"CPU for each further account, up to {crowd.accounts:,}", "ms", further * 1000)


def _look(crowd: Crowd) -> Took:
    """The cheapest of several looks: caches that others fill cost CPU as well."""
    with serving(crowd) as served:
        return min((_healthy(served.look()) for _ in range(LOOKS)), key=lambda took: took.cpu)


def _healthy(took: Took) -> Took:
    """A look at a healthy world that finds something amiss measures something else."""
    if took.amiss:
        raise AssertionError(f"not all of it holds: {', '.join(took.amiss)}")
    return took
