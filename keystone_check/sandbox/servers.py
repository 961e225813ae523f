"""The objects and the further API servers that a world's facts about its API servers come from."""

import json
from collections.abc import Iterator, Mapping

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import K3S_LIKE, Server, ServerArguments
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.kube.resources import ENDPOINT_SLICES, NODES, PODS
from keystone_check.sandbox.kube.state import Document, Peer, Seed


def stocked(world: World) -> Iterator[Seed]:
    """Nodes and static pods that show the arguments, and the list of the API servers."""
    if isinstance(world.server_arguments, Subjects):
        for name, arguments in world.server_arguments.seen():
            yield _shown(name.partition(" ")[2], arguments)
    if isinstance(world.servers, Subjects):
        yield _listed(tuple(address for address, _ in world.servers))


def peers(world: World) -> Iterator[Peer]:
    """The API servers that answer by an address of their own; what is Missing as a whole does not."""
    if not isinstance(world.servers, Subjects):
        return
    for address, server in world.servers:
        if isinstance(server, Server):
            yield Peer(address, document(server.discovery), document(server.key_set))
        elif isinstance(server, Missing):
            yield Peer(address)


def document(answer: Response | Missing) -> Document:
    """An answer of the API server as it is served; one that is Missing is refused before it is asked for."""
    if isinstance(answer, Missing):
        return Document("", "application/json")
    assert isinstance(answer.body, str)
    return Document(answer.body, answer.header("content-type"), answer.header("cache-control"), answer.status)


def _shown(name: str, arguments: ServerArguments) -> Seed:
    if arguments.program in K3S_LIKE:
        return Seed(NODES, "", {"metadata": {"name": name, "annotations": _annotation(arguments)}})
    words = ["kube-apiserver", *(f"--{word}" for word in arguments.written)]
    container = {"name": "kube-apiserver", "image": "registry.k8s.io/kube-apiserver", "command": words}
    labels = {"component": "kube-apiserver", "tier": "control-plane"}
    pod = {"metadata": {"name": name, "labels": labels}, "spec": {"containers": [container]}}
    return Seed(PODS, "kube-system", pod)


def _annotation(arguments: ServerArguments) -> Mapping[str, str]:
    """As K3s writes it: options and values as words of their own, secrets starred out."""
    words = ["server", "--token", "********"]
    if arguments.cluster_domain != "cluster.local":
        words += ["--cluster-domain", arguments.cluster_domain]
    for word in arguments.written:
        words += ["--kube-apiserver-arg", word]
    return {f"{arguments.program}.io/node-args": json.dumps(words, separators=(",", ":"))}


def _listed(addresses: tuple[str, ...]) -> Seed:
    hosts = [address.rpartition(":")[0].strip("[]") for address in addresses]
    port = int(addresses[0].rpartition(":")[2]) if addresses else 6443
    return Seed(
        ENDPOINT_SLICES,
        "default",
        {
            "metadata": {"name": "kubernetes", "labels": {"kubernetes.io/service-name": "kubernetes"}},
            "addressType": "IPv6" if hosts and ":" in hosts[0] else "IPv4",
            "endpoints": [{"addresses": [host], "conditions": {"ready": True}} for host in hosts],
            "ports": [{"name": "https", "protocol": "TCP", "port": port}],
        },
    )
