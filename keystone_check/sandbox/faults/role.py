"""A role is not there, or its trust policy says something else."""

from dataclasses import replace
from typing import Any

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import account_of, with_trust
from keystone_check.sandbox.faults.fault import fault


@fault(breaks=("role_exists", "sts_accepts_the_token"))
def role_is_missing(world: World) -> World:
    """The annotated role does not exist."""
    arn = account_of(world).role_arn
    assert isinstance(world.roles, Subjects)
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    return replace(
        world, roles=world.roles.put(arn, Absent(arn, f"there is no role {name} in account {account}"))
    )


@fault(breaks=("trust_names_the_provider", "sts_accepts_the_token"))
def trust_names_another_provider(world: World) -> World:
    """The trust policy names the provider of a cluster that was rebuilt."""

    def edit(statement: dict[str, Any]) -> None:
        arn = statement["Principal"]["Federated"]
        statement["Principal"]["Federated"] = arn.replace("keystone-oidc-", "former-oidc-")

    return with_trust(world, edit)


@fault(breaks=("trust_pins_the_subject", "sts_accepts_the_token"))
def trust_names_another_namespace(world: World) -> World:
    """The trust policy's subject is of another namespace."""
    return with_trust(world, lambda statement: _set(statement, ":sub", "system:serviceaccount:apps:api"))


@fault(breaks=("trust_pins_the_subject", "wildcards_are_under_string_like", "sts_accepts_the_token"))
def trust_has_a_wildcard_under_string_equals(world: World) -> World:
    """The trust policy's subject has a wildcard under StringEquals, where it is a plain character."""
    return with_trust(world, lambda statement: _set(statement, ":sub", "system:serviceaccount:app:*"))


@fault(breaks=("trust_pins_the_subject", "no_role_trusts_every_pod"))
def trust_pins_no_subject(world: World) -> World:
    """The trust policy has no condition on the subject, so any pod of the cluster may assume the role."""
    return with_trust(world, lambda statement: _drop(statement, ":sub"))


@fault(breaks=("trust_pins_the_audience", "sts_accepts_the_token"))
def trust_names_another_audience(world: World) -> World:
    """The trust policy asks for another audience than tokens carry."""
    return with_trust(world, lambda statement: _set(statement, ":aud", "sts.amazonaws.com.cn"))


@fault(
    breaks=(
        "trust_pins_the_subject",
        "trust_pins_the_audience",
        "trust_keys_name_the_provider",
        "sts_accepts_the_token",
    )
)
def trust_keys_hold_the_arn(world: World) -> World:
    """The condition keys begin with the provider's ARN instead of its host."""

    def edit(statement: dict[str, Any]) -> None:
        arn = statement["Principal"]["Federated"]
        conditions = statement["Condition"]["StringEquals"]
        statement["Condition"]["StringEquals"] = {
            f"{arn}:{key.rpartition(':')[2]}": value for key, value in conditions.items()
        }

    return with_trust(world, edit)


def _set(statement: dict[str, Any], suffix: str, value: str) -> None:
    conditions = statement["Condition"]["StringEquals"]
    for key in conditions:
        if key.endswith(suffix):
            conditions[key] = value


def _drop(statement: dict[str, Any], suffix: str) -> None:
    conditions = statement["Condition"]["StringEquals"]
    statement["Condition"]["StringEquals"] = {
        key: value for key, value in conditions.items() if not key.endswith(suffix)
    }
