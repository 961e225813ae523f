"""One issuer front for each chain that the world names: a host is found where its certificates are served."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.sandbox import cellar
from keystone_check.sandbox.front import Front
from keystone_check.sandbox.ground import WEB_NAMES, Ground
from keystone_check.sandbox.issuing import ServerIdentity
from keystone_check.sandbox.relay import Relay


@dataclass(frozen=True, slots=True)
class Reached:
    """How the hosts of a world are found."""

    connect_to: tuple[tuple[str, str], ...]
    """`(host, address:port)`"""
    proxy: str
    """The proxy that leads to the hosts that are not among them; empty where there is none."""


@contextmanager
def fronts(world: World, ground: Ground, front: Callable[..., Front]) -> Iterator[Reached]:
    """Serve every host of the world until the block ends; `front` makes one for certificates."""
    with ExitStack() as stack:

        def start(identity: ServerIdentity, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> str:
            return stack.enter_context(front(identity=identity, oldest_tls=oldest)).address

        usual = start(ground.web)
        direct, behind = {WEB_NAMES[0]: usual}, dict[str, str]()
        for host, chain in world.chains.seen():
            found = behind if chain.by == "proxy" else direct
            found[host] = usual if _usual(chain, ground) else start(*_described(chain))
        proxy = stack.enter_context(Relay(behind)).url if behind else ""
        yield Reached(tuple(direct.items()), proxy)


def _usual(chain: Chain, ground: Ground) -> bool:
    return chain.tls12 and chain.certificates == cellar.facts(ground.web)


def _described(chain: Chain) -> tuple[ServerIdentity, ssl.TLSVersion]:
    oldest = ssl.TLSVersion.TLSv1_2 if chain.tls12 else ssl.TLSVersion.TLSv1_3
    return cellar.serving(chain.certificates), oldest
