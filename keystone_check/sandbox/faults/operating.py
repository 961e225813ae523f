"""Edits of an operator and what belongs to it, that faults are made of."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keystone_check.knowledge.store import facts
from keystone_check.model.aws import Role
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import Queue
from keystone_check.model.operators import AckKind, Condition, NodeClass, NodePool, Operator
from keystone_check.model.opinion import SCP, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.ack.least import least
from keystone_check.operators.ack.running import controller, running
from keystone_check.operators.denied import denials
from keystone_check.sandbox.dry_running import asked_of_aws
from keystone_check.sandbox.karpenter import CLASS, CLUSTER, MADE, POOL
from keystone_check.sandbox.operators import with_ack
from keystone_check.sandbox.staffing import caller, seen

Statement = dict[str, Any]


def operator_of(world: World) -> tuple[str, Operator]:
    """The first operator, by `namespace/deployment`."""
    name, operator = next(iter(seen(world.operators).seen()))
    assert isinstance(operator, Operator)
    return name, operator


def one(fact: Subjects[Any] | Absent | Missing, name: str) -> Any:
    """A subject that stands in a world from which others are made."""
    found = seen(fact)[name]
    assert not isinstance(found, Absent | Missing)
    return found


def with_operator(world: World, **changed: Any) -> World:
    """The world in which the operator is another."""
    name, operator = operator_of(world)
    return replace(world, operators=seen(world.operators).put(name, replace(operator, **changed)))


def with_setting(world: World, **changed: str) -> World:
    """The world in which the operator has other variables; an empty value stays one."""
    _, operator = operator_of(world)
    return with_operator(world, settings={**operator.settings, **changed})


def without_setting(world: World, name: str) -> World:
    """The world in which the operator lacks a variable."""
    _, operator = operator_of(world)
    return with_operator(world, settings={key: it for key, it in operator.settings.items() if key != name})


def with_held(world: World, edit: Callable[[Permissions], Permissions]) -> World:
    """The world in which the operator's role has other policies."""
    _, operator = operator_of(world)
    held = one(world.permissions, operator.role_arn)
    assert isinstance(held, Permissions)
    return replace(world, permissions=seen(world.permissions).put(operator.role_arn, edit(held)))


def with_boundary(world: World, text: str) -> World:
    """The world in which the operator's role has this permissions boundary."""
    _, operator = operator_of(world)
    role = one(world.roles, operator.role_arn)
    assert isinstance(role, Role)
    bounded = replace(role, boundary=f"{operator.role_arn.partition(':role/')[0]}:policy/boundary")
    world = replace(world, roles=seen(world.roles).put(operator.role_arn, bounded))
    return with_held(world, lambda held: replace(held, boundary=text))


def with_statements(world: World, edit: Callable[[list[Statement]], list[Statement]]) -> World:
    """The world in which the role's statements were edited; a policy without any is gone."""

    def edited(held: Subjects[str]) -> Subjects[str]:
        found = []
        for name, text in held.seen():
            document = json.loads(text)
            document["Statement"] = edit(document["Statement"])
            found += [(name, json.dumps(document, indent=2))] if document["Statement"] else []
        return Subjects(tuple(found))

    return with_held(
        world,
        lambda held: replace(held, inline=edited(seen(held.inline)), attached=edited(seen(held.attached))),
    )


def without_action(world: World, *actions: str, sid: str = "") -> World:
    """The world in which no statement (or that one) grants these actions."""

    def edit(statements: list[Statement]) -> list[Statement]:
        for statement in statements:
            if not sid or statement["Sid"] == sid:
                statement["Action"] = [it for it in _listed(statement["Action"]) if it not in actions]
        return [statement for statement in statements if statement["Action"]]

    return with_statements(world, edit)


def with_statement(world: World, sid: str, change: Callable[[Statement], object]) -> World:
    """The world in which the statement of this name was edited."""

    def edit(statements: list[Statement]) -> list[Statement]:
        for statement in statements:
            if statement["Sid"] == sid:
                change(statement)
        return statements

    return with_statements(world, edit)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def with_inline(world: World, name: str, *statements: Statement) -> World:
    """The world in which the role has one more inline policy."""
    text = policy(*statements)
    return with_held(
        world,
        lambda held: replace(
            held, inline=Subjects(tuple(sorted((*seen(held.inline).entries, (name, text)))))
        ),
    )


def policy(*statements: Statement) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def with_class(world: World, **changed: Any) -> World:
    """The world in which the node class is another."""
    found = one(world.node_classes, CLASS)
    assert isinstance(found, NodeClass)
    return replace(world, node_classes=seen(world.node_classes).put(CLASS, replace(found, **changed)))


def with_pool(world: World, label: str, *values: str) -> World:
    """The world in which the node pool asks for other instances."""
    found = one(world.node_pools, POOL)
    assert isinstance(found, NodePool)
    pool = replace(found, requirements={**found.requirements, label: values})
    return replace(world, node_pools=seen(world.node_pools).put(POOL, pool))


def with_queue(world: World, **changed: Any) -> World:
    """The world in which the queue is another."""
    found = one(world.queues, CLUSTER)
    assert isinstance(found, Queue)
    return replace(world, queues=seen(world.queues).put(CLUSTER, replace(found, **changed)))


def class_says(world: World, condition: Condition) -> World:
    """The world in which the node class reports this in place of what it reported of the same type."""
    found = one(world.node_classes, CLASS)
    return with_class(world, conditions=_put(found.conditions, condition))


def claim_says(world: World, condition: Condition, **changed: Any) -> World:
    """The world in which the claim reports this."""
    found = one(world.node_claims, MADE)
    claim = replace(found, conditions=_put(found.conditions, condition), **changed)
    return replace(world, node_claims=seen(world.node_claims).put(MADE, claim))


def _put(conditions: tuple[Condition, ...], condition: Condition) -> tuple[Condition, ...]:
    kept = {it.type: it for it in conditions} | {condition.type: condition}
    return tuple(kept.values())


def with_denial(world: World, text: str) -> World:
    """The world in which the operator's log has this line, which tells of a refusal."""
    name, _ = operator_of(world)
    return replace(world, denials=seen(world.denials).put(name, denials((text,))))


def with_kind(world: World, name: str, **changed: Any) -> World:
    """The world in which resources of an ACK kind are others."""
    found = one(world.ack_kinds, name)
    assert isinstance(found, AckKind)
    return replace(world, ack_kinds=seen(world.ack_kinds).put(name, replace(found, **changed)))


def using(service: str, *kinds: str, roles: tuple[str, ...] = ()) -> Callable[[World], World]:
    """What gives a world this controller of ACK, with a resource of each kind and the least policy for them.

    `roles` are the names of roles that the resources name.
    """

    def made(world: World) -> World:
        world = with_ack(world, service)
        told = facts("ack", service)["kinds"]
        arns = tuple(f"arn:aws:iam::{caller(world).account}:role/{name}" for name in roles)
        for kind, about in told.items():
            found = {"count": 1, "roles": arns} if kind in kinds else {"count": 0, "regions": ()}
            regions = {"regions": (caller(world).region,)} if kind in kinds else {}
            world = with_kind(world, f"{about['plural']}.{about['group']}", **{**found, **regions})
        return _granted(world)

    return made


def _granted(world: World) -> World:
    """The least policy for what the controller reconciles now."""
    (one,) = running(seen(world.operators))
    installed = controller(one, seen(world.ack_kinds), Absent("", ""), caller(world))
    assert installed is not None
    documents = Subjects(tuple((it.name, it.text) for it in least(installed)))
    return asked_of_aws(with_held(world, lambda held: replace(held, inline=documents)))


def with_unread_controls(world: World, *actions: str) -> World:
    """The world whose organization denies these actions, and lets nobody in this account read that."""
    right = "organizations:DescribeOrganization"
    said = "AccessDeniedException: You don't have permissions to access this resource."
    unread = Missing("controls", f"{right}: {said}", right)
    held = seen(world.permissions)
    hidden = ((arn, replace(it, controls=unread)) for arn, it in held.seen())
    told = ((name, _refused(it, actions)) for name, it in seen(world.opinions).seen())
    return replace(world, permissions=Subjects(tuple(hidden)), opinions=Subjects(tuple(told)))


def _refused(said: Opinions, actions: tuple[str, ...]) -> Opinions:
    """The simulator's answers, with an organization that denies these."""
    given = (
        replace(it, decision="explicitDeny", statements=(), refused_by=(SCP,)) if it.action in actions else it
        for it in said.given
    )
    return replace(said, given=tuple(given))
