"""A role lets in others than it is for, or nobody uses it."""

import json
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Role
from keystone_check.model.facts import Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import account_of, with_trust
from keystone_check.sandbox.faults.fault import fault


@fault(breaks=("no_role_trusts_every_pod", "roles_that_trust_the_issuer_are_used"))
def forgotten_role_trusts_every_pod(world: World) -> World:
    """A role that no service account names any more has no condition on the subject."""

    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        statement["Condition"]["StringEquals"] = {
            key: value for key, value in equals.items() if not key.endswith(":sub")
        }

    return _with_role(world, "former", edit)


@fault(breaks=("roles_that_trust_the_issuer_are_used",))
def role_is_unused(world: World) -> World:
    """A role trusts an account that is gone."""
    return _with_role(world, "former", lambda statement: None)


@fault(breaks=("no_wildcard_crosses_namespaces", "trust_pins_the_subject"))
def trust_wildcard_crosses_namespaces(world: World) -> World:
    """The trust policy lets in the account of that name in any namespace."""

    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        subject = next(key for key in equals if key.endswith(":sub"))
        del equals[subject]
        statement["Condition"]["StringLike"] = {subject: "system:serviceaccount:*:api"}

    return with_trust(world, edit)


def _with_role(world: World, name: str, edit: Any) -> World:
    """The world with one role more, made from the victim's."""
    assert isinstance(world.roles, Subjects)
    assert isinstance(world.trusting_roles, Subjects)
    like = world.roles[account_of(world).role_arn]
    assert isinstance(like, Role)
    document = json.loads(like.trust)
    edit(document["Statement"][0])
    arn = f"{like.arn.rpartition('/')[0]}/{name}"
    role = Role(arn, json.dumps(document, indent=2))
    return replace(world, trusting_roles=world.trusting_roles.put(arn, role))
