"""The operators that run are those that are declared.

## Why it matters
A controller in `keystone.cluster.operators.ack.controllers` that does not run reconciles nothing: its
resources stay without a status, and no event says why. One that runs and is not declared (any more) still
owns resources in AWS, with a role that nobody looks after, and the next rebuild takes it away together with
what it would have cleaned up.

## How to fix
Roll out what is declared; or, of what runs beside it, declare it too or delete its resources first and then
the controller.

## References
- https://aws-controllers-k8s.github.io/community/docs/user-docs/install/
- https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
"""

from collections.abc import Iterator

from keystone_check.checks.declaring import apart, unseen
from keystone_check.model.declared import Declared, family
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity, holds
from keystone_check.model.operators import Operator

severity = Severity.MEDIUM


def judge(declared: Subjects[Declared], operators: Subjects[Operator]) -> Iterator[Finding]:
    """One finding for each product that is declared, and for each that runs and is not."""
    yield from unseen(declared)
    running = {operator.product: name for name, operator in operators.seen()}
    for source, one in declared.seen():
        for product in one.operators:
            if product in running:
                yield holds(product)
            else:
                yield apart(product, source, product, "that it runs", "no such operator")
        for product, name in running.items():
            if family(product) in one.products and product not in one.operators:
                yield apart(name, source, product, "nothing of it", name)
