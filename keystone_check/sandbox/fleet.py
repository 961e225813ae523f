"""Several clusters of one AWS account, each with its own issuer, key, provider and roles."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from keystone_check import scratch
from keystone_check.model.access import Access
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.world import World
from keystone_check.sandbox.aws import loading
from keystone_check.sandbox.crowd import bound
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.mishaps import Mishaps
from keystone_check.sandbox.pace import Pace
from keystone_check.sandbox.serve import as_served, kube_server, opened_account, private_file, serving_cloud
from keystone_check.sandbox.serve import wall_clock as now
from keystone_check.sandbox.worlds import healthy


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Clusters that run."""

    worlds: tuple[World, ...]
    """As they are served."""
    accesses: tuple[Access, ...]
    pace: Pace
    """Which counts the answers of each door."""


def worlds(count: int, bindings: int) -> list[tuple[Ground, World]]:
    """So many clusters of so many bindings, in which every link holds; each knows of the others' buckets and
    providers, for they are of its account."""
    ground = Ground.make()
    grounds = [ground, *(ground.beside() for _ in range(count - 1))]
    alone = [_cluster(ground, number, bindings) for number, ground in enumerate(grounds)]
    buckets = tuple(sorted(name for world in alone for name in _names(world.own_buckets)))
    providers = tuple(sorted(arn for world in alone for arn in _names(world.provider_arns)))
    together = [replace(world, own_buckets=buckets, provider_arns=providers) for world in alone]
    return list(zip(grounds, together, strict=True))


@contextmanager
def serve_fleet(count: int, bindings: int) -> Iterator[Fleet]:
    """Serve so many clusters of so many bindings each until the block ends, and one account for them all."""
    placed = worlds(count, bindings)
    ground, pace = placed[0][0], Pace()
    cloud = _cloud([world for _, world in placed])
    account = opened_account(cloud, ground, now)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch.folder())
        access = stack.enter_context(serving_cloud(cloud, account, ground, now, None, frozenset(), pace))
        accesses, served = [], []
        for number, (own, world) in enumerate(placed):
            if number:
                loading.add(world, access.aws_endpoint, account)
            kube = stack.enter_context(kube_server(world, own, now, frozenset(), pace, Mishaps()))
            file = private_file(folder / f"kubeconfig-{number}", kube.kubeconfig.reveal())
            ways = (*access.connect_to, *kube.peers.items())
            reached = replace(access, name=f"cluster-{number:03d}", kubeconfig=str(file), connect_to=ways)
            accesses.append(replace(reached, resolved=_resolved(world)))
            served.append(as_served(world, kube.url))
        pace.answered.clear()  # what loading asked
        yield Fleet(tuple(served), tuple(accesses), pace)


def _cluster(ground: Ground, number: int, bindings: int) -> World:
    accounts = (
        ServiceAccount(
            f"team-{binding}",
            "worker",
            f"00000000-0000-4000-8000-{binding + 1:012d}",
            {ROLE_ARN: f"arn:aws:iam::{ground.account}:role/cluster-{number:03d}-team-{binding}"},
        )
        for binding in range(bindings)
    )
    return replace(
        bound(healthy(ground, now()), accounts),
        answers=Absent("answers", "--live was not given"),
        recorded=Absent("recorded", "--cloudtrail was not given"),
        dry_runs=Absent("dry_runs", "--live was not given"),
    )


def _cloud(all: Sequence[World]) -> World:
    """What is served once: the first cluster's account, and the certificates of every issuer's host."""
    chains = Subjects(tuple(entry for world in all for entry in world.chains.entries))
    own, providers = all[0].own_buckets, all[0].provider_arns
    # The others' are made when their clusters are, with all that is in them.
    mine = replace(all[0], chains=chains)
    assert isinstance(own, tuple)
    assert isinstance(providers, tuple)
    bucket = getattr(all[0].bucket, "name", "")
    host = f"oidc-provider/{bucket}."
    return replace(mine, own_buckets=(bucket,), provider_arns=tuple(arn for arn in providers if host in arn))


def _names(fact: object) -> tuple[str, ...]:
    assert isinstance(fact, tuple)
    return fact


def _resolved(world: World) -> tuple[tuple[str, tuple[str, ...]], ...]:
    assert isinstance(world.addresses, Subjects)
    return tuple((host, addresses.found) for host, addresses in world.addresses.seen())
