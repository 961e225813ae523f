"""Worlds with other service accounts than the usual three, and with more pods."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from keystone_check.iam.oidc import Jwk, KeySet, read_key_set
from keystone_check.model.aws import Caller, Role
from keystone_check.model.cluster import ROLE_ARN, Issuer, ServiceAccount
from keystone_check.model.exchange import GRANTED
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.workloads import with_injection
from keystone_check.sandbox.worlds import minted, recorded, role


def crowded(world: World, accounts: int, roles: int) -> World:
    """The world with so many bound accounts; those that share a role live in one namespace."""
    return bound(world, tuple(_members(_caller(world).account, accounts, roles)))


def bound(world: World, accounts: Iterable[ServiceAccount]) -> World:
    """The world with these bound accounts instead of its own, each with a pod."""
    there = {f"{account.namespace}/{account.name}": account for account in accounts}
    there = dict(sorted(there.items()))
    issuer, key, region = _issuer(world), _key(world), _caller(world).region
    roles = Subjects(tuple(sorted(_roles(world, there.values(), issuer))))
    bare = replace(
        world,
        accounts=Subjects(tuple(there.items())),
        tokens=Subjects(tuple((name, minted(it, issuer, key, world.now)) for name, it in there.items())),
        roles=roles,
        trusting_roles=roles,
        answers=Subjects(tuple((name, GRANTED) for name in there)),
        recorded=recorded(region, there.values(), world.now),
    )
    return with_injection(bare, region)


def with_pods(world: World, count: int) -> World:
    """The world with so many pods in all, dealt to the workloads that there are."""
    assert isinstance(world.pods, Subjects)
    first = tuple(pod for _, pod in world.pods.seen())
    dealt = (
        replace(pod, name=f"{pod.name.removesuffix('x2x4z')}{number:05d}")
        for number, pod in ((number, first[number % len(first)]) for number in range(count))
    )
    return replace(
        world, pods=Subjects(tuple(sorted(((f"{it.namespace}/{it.name}", it) for it in dealt), key=_name)))
    )


def _name(entry: tuple[str, object]) -> str:
    return entry[0]


def _members(account: str, accounts: int, roles: int) -> Iterator[ServiceAccount]:
    for number in range(accounts):
        team = f"team-{number % roles:03d}"
        arn = f"arn:aws:iam::{account}:role/{team}"
        uid = f"00000000-0000-4000-8000-{number + 1:012d}"
        yield ServiceAccount(team, f"worker-{number // roles}", uid, {ROLE_ARN: arn})


def _roles(world: World, accounts: Iterable[ServiceAccount], issuer: str) -> Iterator[tuple[str, Role]]:
    sharing: dict[str, list[ServiceAccount]] = defaultdict(list)
    for account in accounts:
        sharing[account.role_arn].append(account)
    assert isinstance(world.providers, Subjects)
    ((provider_arn, _),) = world.providers.entries
    yield from ((arn, role(bound_to, provider_arn, issuer)) for arn, bound_to in sharing.items())


def _issuer(world: World) -> str:
    assert isinstance(world.issuer, Issuer)
    return world.issuer.url


def _caller(world: World) -> Caller:
    assert isinstance(world.caller, Caller)
    return world.caller


def _key(world: World) -> Jwk:
    """The key that signs."""
    assert isinstance(world.cluster_keys, Response)
    assert not isinstance(world.cluster_keys.body, Missing)
    read = read_key_set(world.cluster_keys.body)
    assert isinstance(read, KeySet)
    return read.keys[0]
