"""What the facts about operators are where there is no operator, or none of the kind that they are about."""

from typing import Any

from keystone_check.model.facts import Absent, Subjects

NO_KARPENTER = "no Karpenter runs here"
NO_SPOT = "no Karpenter here asks for spot"
NO_ROLES = "there is neither a ConfigMap ack-role-account-map nor an IAMRoleSelector"


def undefined(fact: str) -> Absent:
    """Objects of a kind that nobody defined here, or that no operator reads."""
    return Absent(fact, NO_KARPENTER)


def without_operators() -> dict[str, Any]:
    """Every fact about operators, by field, in a cluster that has none."""
    nothing: dict[str, Subjects[Any]] = dict.fromkeys(
        (
            "operators",
            "crds",
            "nodes",
            "ack_kinds",
            "permissions",
            "node_roles",
            "instance_profiles",
            "queues",
            "selections",
            "instance_types",
            "keys",
            "denials",
        ),
        Subjects(),
    )
    defined = {fact: undefined(fact) for fact in ("node_classes", "node_pools", "node_claims")}
    role_map, spot = Absent("role_map", NO_ROLES), Absent("spot_role", NO_SPOT)
    return {**nothing, **defined, "role_map": role_map, "spot_role": spot}
