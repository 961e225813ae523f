"""A further bound service account in a world, with its role, its token, and a pod that has both."""

import json
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Caller, Role
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount, Token
from keystone_check.model.exchange import GRANTED, Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.injection import Namespace
from keystone_check.model.world import World
from keystone_check.sandbox.injecting import identity_of, injected
from keystone_check.sandbox.workloads import DAY, running
from keystone_check.sandbox.worlds import resized


def bound(world: World, namespace: str, name: str) -> World:
    """The world in which this account is bound to a role of its own name, unless it is bound already."""
    accounts, subject = seen(world.accounts), f"{namespace}/{name}"
    if subject in dict(accounts):
        return world
    uid = f"00000000-0000-4000-8000-{len(accounts.entries) + 1:012d}"
    role_arn = f"arn:{caller(world).partition}:iam::{caller(world).account}:role/{name}"
    account = ServiceAccount(namespace, name, uid, {ROLE_ARN: role_arn})
    identity = identity_of(world)
    role = _role(world, account)
    world = replace(
        world,
        accounts=put(accounts, subject, account),
        tokens=put(seen(world.tokens), subject, _token(world, account)),
        roles=put(seen(world.roles), role_arn, role),
        trusting_roles=put(seen(world.trusting_roles), role_arn, role),
        answers=put(seen(world.answers), subject, GRANTED),
        recorded=_recorded(world, subject),
        namespaces=put(
            seen(world.namespaces),
            namespace,
            Namespace(namespace, {"kubernetes.io/metadata.name": namespace}),
        ),
    )
    pod = running(account, identity.region, world.now - DAY)
    pods = put(seen(world.pods), f"{namespace}/{pod.name}", pod)
    return injected(replace(world, pods=pods), identity)


def role_of(world: World, account: str) -> str:
    """The ARN of the role that an account is bound to."""
    return str(one(world.accounts, account).role_arn)


def caller(world: World) -> Caller:
    """Who asks AWS in a world that is served."""
    assert isinstance(world.caller, Caller)
    return world.caller


def seen(fact: Subjects[Any] | Absent | Missing) -> Subjects[Any]:
    """A fact that stands in a world from which others are made."""
    assert isinstance(fact, Subjects)
    return fact


def one(fact: Subjects[Any] | Absent | Missing, name: str) -> Any:
    """One subject that was seen. KeyError for another."""
    return dict(seen(fact).seen())[name]


def put(held: Subjects[Any], name: str, value: object) -> Subjects[Any]:
    """One more, where a listing by name has it."""
    return Subjects(tuple(sorted(held.put(name, value).entries, key=lambda entry: entry[0])))


def _role(world: World, account: ServiceAccount) -> Role:
    """As trusting as the first one, of this account alone."""
    others = dict(seen(world.accounts).seen())
    first, other = next((role, others[name]) for name, role in _roles(world))
    return Role(account.role_arn, first.trust.replace(other.subject, account.subject))


def _roles(world: World) -> list[tuple[str, Role]]:
    roles = seen(world.roles)
    found = [(name, roles[account.role_arn]) for name, account in seen(world.accounts).seen()]
    return [(name, role) for name, role in found if isinstance(role, Role)]


def _token(world: World, account: ServiceAccount) -> Token:
    token: Token = next(token for _, token in seen(world.tokens).seen())
    workload = json.loads(json.dumps(token.claims["kubernetes.io"]))
    workload["namespace"] = account.namespace
    workload["serviceaccount"] = {"name": account.name, "uid": account.uid}
    claims = {**token.claims, "kubernetes.io": workload, "sub": account.subject}
    return resized(replace(token, claims=claims))


def _recorded(world: World, subject: str) -> Trail:
    assert isinstance(world.recorded, Trail)
    exchanges = world.recorded.exchanges
    first = next(recorded for _, recorded in exchanges.seen())
    refused = Absent(subject, "CloudTrail shows no refused exchange")
    return replace(world.recorded, exchanges=put(exchanges, subject, replace(first, refused=refused)))
