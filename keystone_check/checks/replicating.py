"""What the checks of an operator's replicas share: whether all of them are ready."""

from keystone_check.checks.karpenting import by_hand
from keystone_check.model.finding import Evidence, Finding, broken, holds
from keystone_check.model.operators import Operator


def up(name: str, operator: Operator, meaning: str = "") -> Finding:
    """Of the operator `namespace/deployment`; `meaning` goes on with what is seen."""
    if operator.ready >= operator.replicas > 0:
        return holds(name)
    namespace, _, deployment = name.partition("/")
    seen = f"{operator.ready} of {operator.replicas} replicas are ready"
    return broken(
        name,
        f"{seen}{meaning}",
        Evidence("deployment", "all of its replicas ready", seen),
        by_hand(
            "read what it ended with",
            "what keeps it from being ready is not known from its status",
            f"kubectl -n {namespace} logs deployment/{deployment} --previous",
            f"kubectl -n {namespace} describe deployment/{deployment}",
        ),
    )
