"""serve(world): a Kubernetes API, an issuer front and an AWS account that hold exactly these facts."""

import os
import time
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from keystone_check import scratch
from keystone_check.jose import algorithm_of
from keystone_check.model.access import Access
from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.cluster import Cluster, Listing, Token
from keystone_check.model.exchange import Trail
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import Key, Queue, Selection
from keystone_check.model.opinion import DryRuns, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.model.servers import ApiToken, Clocks
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox import cellar, declaring, equipping, furnishing
from keystone_check.sandbox.aws import loading, state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.server import AwsServer
from keystone_check.sandbox.aws.sts import Sts
from keystone_check.sandbox.consequences import operated
from keystone_check.sandbox.front import Front
from keystone_check.sandbox.fronts import fronts
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.injecting import identity_of
from keystone_check.sandbox.kube.server import KubeServer
from keystone_check.sandbox.kube.state import KubeState, Signer, Tls
from keystone_check.sandbox.mishaps import Mishaps
from keystone_check.sandbox.pace import Pace
from keystone_check.sandbox.publication import Publication, in_front
from keystone_check.sandbox.servers import document, peers, stocked
from keystone_check.sandbox.settling import settled, stubborn
from keystone_check.sandbox.tokens import overrides
from keystone_check.sandbox.worlds import API_AUDIENCES


@dataclass(frozen=True, slots=True, eq=False)
class Serving:
    """A sandbox that runs: how to reach it, and the world as it is served."""

    world: World
    """The world that was given, with the address that the API server got."""
    access: Access
    folder: Path
    """Holds the kubeconfig and the CA; gone when serving ends."""
    environment: Mapping[str, str]
    """For kubectl, the AWS CLI and any SDK: where their configuration lies. No secret is in it."""
    asked: Callable[[], frozenset[str]]
    """What requests have needed so far: `list serviceaccounts`, `iam:GetRole`."""
    events: list[dict[str, Any]]
    """What CloudTrail recorded, in its own form, the latest first."""
    asked_of: Callable[[], frozenset[tuple[str, str]]]
    """The IAM actions that were needed, with the ARN of what they were asked of."""


PATIENCE = 300.0
"""Seconds for a look at the sandbox: it runs on the machine that looks, and that may be busy with both."""


def wall_clock() -> int:
    """Unix seconds."""
    return int(time.time())


@contextmanager
def serve(
    world: World,
    ground: Ground,
    *,
    clock: Callable[[], int] = wall_clock,
    fixed: Mapping[str, Response] | None = None,
    denied: Container[str] = (),
    pace: Pace | None = None,
    throttled: Mapping[str, Collection[int]] | None = None,
    mishaps: Mishaps | None = None,
) -> Iterator[Serving]:
    """Serve a world until the block ends. What is Missing in it is refused, by the permission that it names.

    `denied` names more permissions that are refused: `iam:GetRole`, `create serviceaccounts/token`; what it
    holds at the moment of a request counts.
    `throttled` names by service the requests that come too soon: `{"s3": range(1, 4)}` refuses its first
    three. `fixed` gives answers by URL that stand in front of the bucket; `pace` counts answers and delays
    them; `mishaps` befall writes. One process can serve several worlds, each on a ground of its own.
    """
    pace, mishaps, world = pace or Pace(), mishaps or Mishaps(), operated(world)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch.folder())
        refused = _refused(world, denied)
        kube = stack.enter_context(kube_server(world, ground, clock, refused, pace, mishaps))
        account = opened_account(world, ground, clock)
        access = stack.enter_context(serving_cloud(world, account, ground, clock, fixed, refused, pace))
        account.throttled = throttled or {}
        account.mishaps = mishaps
        kubeconfig = private_file(folder / "kubeconfig", kube.kubeconfig.reveal())
        (folder / "ca.pem").write_bytes(ground.root_pem)
        access = declaring.served(world, access, folder)
        ways = (*access.connect_to, *kube.peers.items())
        yield Serving(
            world=as_served(world, kube.url),
            access=replace(access, kubeconfig=str(kubeconfig), connect_to=ways, state=str(folder / "state")),
            folder=folder,
            environment=_environment(access, folder),
            asked=lambda: frozenset(kube.asked).union(action for action, _ in account.asked),
            events=account.events,
            asked_of=lambda: frozenset(account.asked),
        )


@contextmanager
def serve_cloud(
    world: World,
    ground: Ground,
    *,
    clock: Callable[[], int] = wall_clock,
    fixed: Mapping[str, Response] | None = None,
) -> Iterator[Access]:
    """Serve a world's AWS account and issuer front alone; the cluster is somebody else's."""
    account = opened_account(world, ground, clock)
    with serving_cloud(world, account, ground, clock, fixed, _refused(world), Pace()) as access:
        yield access


def opened_account(world: World, ground: Ground, clock: Callable[[], int]) -> Account:
    """The account that a world is of, with nothing in it yet."""
    region = world.caller.region if isinstance(world.caller, Caller) else ground.region
    account = Account.open(ground.account, region, _caller(world, ground))
    account.clock = clock
    return account


@contextmanager
def serving_cloud(
    world: World,
    account: Account,
    ground: Ground,
    clock: Callable[[], int],
    fixed: Mapping[str, Response] | None,
    refused: Container[str],
    pace: Pace,
) -> Iterator[Access]:
    """Serve the account with what the world has of AWS, and the hosts of its issuer."""
    publication = Publication(
        partial(state.bucket, account.id),
        partial(state.account_public_access, account.id),
        {**in_front(world), **(fixed or {})},
    )
    sts = Sts(account, publication, world.chains, clock, stubborn(world))
    cloud_clock = _skewed(clock, world, "aws")
    with (
        fronts(world, ground, partial(Front, publication, pace=pace, clock=cloud_clock)) as reached,
        AwsServer(account, sts, cloud_clock) as aws,
    ):
        loading.load(world, aws.url, account)
        account.opened, account.denied = True, refused
        account.pace = pace
        account.asked.clear()  # what loading asked
        yield Access(
            name="sandbox",
            budget_seconds=PATIENCE,
            request_seconds=PATIENCE / 5,
            region=account.region,
            aws_endpoint=aws.url,
            aws_credentials=account.credentials,
            connect_to=reached.connect_to,
            proxy=reached.proxy,
            resolved=_resolved(world),
            public_roots=cellar.public_roots() if any(_public(world)) else "",
            server_timing=True,
            namespace=world.listed.namespace if isinstance(world.listed, Listing) else "",
            selector=world.listed.selector if isinstance(world.listed, Listing) else "",
            live=not isinstance(world.answers, Absent),
            cloudtrail=not isinstance(world.recorded, Absent),
            second_opinion=not isinstance(world.opinions, Absent),
            expected=world.expected,
        )


def _resolved(world: World) -> tuple[tuple[str, tuple[str, ...]], ...]:
    known = world.addresses.seen() if isinstance(world.addresses, Subjects) else ()
    return tuple((host, addresses.found) for host, addresses in known)


def _public(world: World) -> Iterator[bool]:
    return (chain.publicly_trusted for _, chain in world.chains.seen())


@dataclass(frozen=True, slots=True)
class _Refused:
    """What is missing in the world for want of a permission, and what is denied beside it at the moment."""

    missing: frozenset[str]
    denied: Container[str]

    def __contains__(self, permission: object) -> bool:
        return permission in self.missing or permission in self.denied


def _refused(world: World, denied: Container[str] = ()) -> _Refused:
    wanting = (missing.permission for missing in _missing(world) if missing.permission)
    return _Refused(frozenset(wanting), denied)


PARTED = World | Bucket | Trail | Permissions | Queue | Selection | Key | Opinions | DryRuns
"""What can have gaps in it."""


def _missing(value: object) -> Iterator[Missing]:
    """Every gap in the world, at whatever depth."""
    if isinstance(value, Missing):
        yield value
    elif isinstance(value, Subjects):
        for _, fact in value:
            yield from _missing(fact)
    elif isinstance(value, tuple):
        for part in value:
            yield from _missing(part)
    elif isinstance(value, PARTED):
        for one in fields(value):
            yield from _missing(getattr(value, one.name))


def _caller(world: World, ground: Ground) -> str:
    if isinstance(world.caller, Caller):
        return world.caller.arn
    return f"arn:aws:iam::{ground.account}:user/engineer"


def kube_server(
    world: World,
    ground: Ground,
    clock: Callable[[], int],
    refused: Container[str],
    pace: Pace,
    mishaps: Mishaps,
) -> KubeServer:
    """Serve the world's API server."""
    assert isinstance(world.accounts, Subjects)
    clock = _skewed(clock, world, "cluster")
    tls = Tls(ground.api.chain_pem, ground.api.key_pem, ground.root_pem)
    user = world.cluster.user if isinstance(world.cluster, Cluster) else "sandbox-admin"
    version = world.cluster.version if isinstance(world.cluster, Cluster) else "v1.36.3+k3s1"
    signer = _signer(world, ground)
    kube = KubeState(
        version=version,
        discovery=document(world.cluster_discovery),
        key_set=document(world.cluster_keys),
        signer=signer,
        api_audiences=_api_audiences(world),
        accounts=tuple(account for _, account in world.accounts.seen()),
        user=user,
        token_overrides=overrides(world, signer, algorithm_of(ground.signing_key)),
        peers=tuple(peers(world)),
        closed=_closed(world),
        labels=furnishing.labels(world),
        annotations=equipping.annotations(world),
        seeds=equipping.merged((*stocked(world), *furnishing.seeds(world), *equipping.seeds(world))),
        identity=identity_of(world),
        custom=equipping.customs(world),
        logs=equipping.logs(world),
    )
    return KubeServer(kube, tls, clock, refused, pace, mishaps)


def _skewed(clock: Callable[[], int], world: World, whose: str) -> Callable[[], int]:
    ahead = getattr(world.clocks, whose) if isinstance(world.clocks, Clocks) else 0
    return (lambda: clock() + ahead) if isinstance(ahead, int) and ahead else clock


def _api_audiences(world: World) -> tuple[str, ...]:
    return world.api_token.audiences if isinstance(world.api_token, ApiToken) else API_AUDIENCES


def _closed(world: World) -> tuple[str, ...]:
    if isinstance(world.discovery_access, Missing):
        return ()
    return tuple(path for path, open in world.discovery_access.seen() if not open)


def _signer(world: World, ground: Ground) -> Signer:
    assert isinstance(world.tokens, Subjects)
    token: Token = next(token for _, token in world.tokens.seen())
    return Signer(token.issuer, ground.signing_key, token.kid)


def as_served(world: World, url: str) -> World:
    """The world as whoever looks at it has to see it, with the API server at this address."""
    world = settled(world)
    if isinstance(world.cluster, Missing):
        return world
    return replace(world, cluster=replace(world.cluster, server=url))


def _environment(access: Access, folder: Path) -> dict[str, str]:
    """Names of files only: the keys themselves stay in the folder, which nobody else can read."""
    config = f"[default]\nregion = {access.region}\nendpoint_url = {access.aws_endpoint}\n"
    keys = access.aws_credentials
    assert keys is not None, "the sandbox always gives keys"
    credentials = (
        f"[default]\naws_access_key_id = {keys.access_key_id.reveal()}\n"
        f"aws_secret_access_key = {keys.secret_access_key.reveal()}\n"
    )
    return {
        "KUBECONFIG": str(folder / "kubeconfig"),
        "AWS_CONFIG_FILE": str(private_file(folder / "aws-config", config)),
        "AWS_SHARED_CREDENTIALS_FILE": str(private_file(folder / "aws-credentials", credentials)),
    }


def private_file(path: Path, text: str) -> Path:
    """A new file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return path
