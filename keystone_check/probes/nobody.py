"""What the facts about operators are where there is no operator, or not what an operator names."""

from typing import Any

from keystone_check.model.facts import Absent, Subjects

NO_KARPENTER = "no Karpenter runs here"
NO_SPOT = "no Karpenter here asks for spot"
NO_ROLES = "there is neither a ConfigMap ack-role-account-map nor an IAMRoleSelector"


def undefined(fact: str) -> Absent:
    """Objects of a kind that nobody defined here, or that no operator reads."""
    return Absent(fact, NO_KARPENTER)


def no_such(what: str, name: str, account: str) -> Absent:
    """A thing that an operator's object names, and the account does not have."""
    return Absent(name, f"there is no {what} {name} in account {account}")


ROLE, PROFILE, QUEUE, KEY = "role", "instance profile", "queue", "KMS key"


def no_type(name: str, region: str) -> Absent:
    """An instance type that the region does not have."""
    return Absent(name, f"{region} has no {name}")


def no_kind(fact: str, definition: str) -> Absent:
    """Objects whose kind is not defined, or not in the version that Karpenter reads."""
    return Absent(fact, f"{definition} is not defined in version v1")


def unsearched(node_class: str) -> Absent:
    """The images of a class that names none and searches for none."""
    return Absent(node_class, f"{node_class} takes its images from an alias or an SSM parameter")


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
            "opinions",
            "dry_runs",
        ),
        Subjects(),
    )
    defined = {fact: undefined(fact) for fact in ("node_classes", "node_pools", "node_claims")}
    role_map, spot = Absent("role_map", NO_ROLES), Absent("spot_role", NO_SPOT)
    return {**nothing, **defined, "role_map": role_map, "spot_role": spot}
