"""Node pools ask for the instance and capacity types that are declared.

## Why it matters
Karpenter launches what its NodePool says. `defaultNodePool.instanceTypes` in a profile that was not rolled
out, or a pool that was edited with kubectl, launches other machines than the profile promises: dearer ones,
of another architecture, or on-demand where spot was meant; pods that ask for the declared type stay Pending
with `no instance type satisfied resources and requirements`.

## How to fix
Roll out what is declared, or declare what the pool says.

## References
- https://karpenter.sh/docs/concepts/nodepools/
- https://karpenter.sh/docs/concepts/scheduling/
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import apart, compared, listed
from keystone_check.model.declared import Declared, DeclaredPool
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.operators import NodePool

severity = Severity.MEDIUM


def judge(declared: Subjects[Declared], node_pools: Subjects[NodePool]) -> Iterator[Finding]:
    """One finding for each declared pool, and more where several of its requirements differ."""
    yield from compared(declared, node_pools, "NodePool", lambda one: one.pools, _differing)


def _differing(source: str, name: str, pool: DeclaredPool, live: NodePool) -> Iterator[Finding]:
    for label, wanted in pool.requirements.items():
        found = live.requirements.get(label, ())
        if set(found) != set(wanted):
            yield apart(name, source, label, listed(wanted), listed(found))
