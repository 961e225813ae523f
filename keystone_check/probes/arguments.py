"""What the API servers were started with: K3s notes it on its nodes, kubeadm and the like on static pods."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import K3S_LIKE, KEPT, ServerArguments
from keystone_check.probes import rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # the client is loaded when a fact of the cluster is asked for, not with this room
    from keystone_check.probes.kube import Kube

COMPONENT = "component=kube-apiserver"
"""The label that kubeadm and RKE2 put on the API server's static pod."""
STATIC_POD = "static pod"
ARGUMENT, DOMAIN = "--kube-apiserver-arg", "--cluster-domain"

Listing = list[Mapping[str, Any]] | Missing


def server_arguments(kube: Kube) -> Subjects[ServerArguments] | Absent | Missing:
    """By node, or by static pod where no node tells."""
    nodes, pods = side_by_side(
        lambda ask: _listed(kube, *ask),
        ((rights.LIST_NODES, "", ""), (rights.LIST_PODS, "kube-system", COMPONENT)),
    )
    # RKE2 shows both; one entry a server is enough.
    if found := tuple(_of_nodes(nodes)) or tuple(_of_pods(pods)):
        return Subjects(tuple(sorted(found, key=lambda entry: entry[0])))
    for listing in (nodes, pods):
        if isinstance(listing, Missing):
            return listing
    because = "no node has the annotation k3s.io/node-args, and no API server is a static pod"
    return Absent("server_arguments", because)


def _listed(kube: Kube, ask: rights.KubeAsk, namespace: str, selector: str) -> Listing:
    chosen = [("labelSelector", selector)] if selector else []
    try:
        return list(kube.nodes() if ask is rights.LIST_NODES else kube.listed(ask, namespace, chosen))
    except ReadError as refusal:
        return refusal.missing("server_arguments")


def _of_nodes(nodes: Listing) -> Iterator[tuple[str, ServerArguments | Missing]]:
    for node in () if isinstance(nodes, Missing) else nodes:
        annotations = node["metadata"].get("annotations") or {}
        for program in K3S_LIKE:
            text = annotations.get(f"{program}.io/node-args", "")
            if text and (arguments := _of_node(program, text)) is not None:
                yield f"node {node['metadata']['name']}", arguments


def _of_node(program: str, text: str) -> ServerArguments | Missing | None:
    """None for an agent, which starts no API server."""
    source = f"annotation {program}.io/node-args"
    try:
        words = json.loads(text)
    except ValueError:
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return Missing("server_arguments", f"the {source} is not a JSON list of words")
    if words[:1] != ["server"]:
        return None
    domain = (*after(words, DOMAIN), "cluster.local")[0]
    return ServerArguments(program, source, kept(after(words, ARGUMENT)), domain)


def after(words: Sequence[str], option: str) -> tuple[str, ...]:
    """What follows each use of an option: K3s writes `--option=value` as two words."""
    pairs = itertools.pairwise(words)
    return tuple(value for word, value in pairs if word == option)


def _of_pods(pods: Listing) -> Iterator[tuple[str, ServerArguments]]:
    for pod in () if isinstance(pods, Missing) else pods:
        for container in pod["spec"].get("containers") or ():
            if container.get("name") == "kube-apiserver":
                words = (*(container.get("command") or ()), *(container.get("args") or ()))
                name = f"pod {pod['metadata']['name']}"
                yield name, ServerArguments("kube-apiserver", STATIC_POD, kept(words))


def kept(words: Iterable[str]) -> tuple[str, ...]:
    """The arguments that concern the chain, without hyphens; all others are forgotten here."""
    bare = (word.removeprefix("--") for word in words)
    return tuple(word for word in bare if "=" in word and word.partition("=")[0].rstrip("+-") in KEPT)
