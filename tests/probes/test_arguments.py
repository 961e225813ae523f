"""What is kept of the arguments that K3s and static pods show."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import ServerArguments
from keystone_check.probes.arguments import kept, server_arguments
from keystone_check.probes.kube import Kube
from keystone_check.sandbox.faults.editing import as_static_pods
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.sandbox.worlds import healthy_world
from tests.worlds import NOW

UNREADABLE = Missing("server_arguments", "the annotation k3s.io/node-args is not a JSON list of words")


@contextmanager
def asked(facts: Any, *denied: str) -> Iterator[Kube]:
    ground = Ground.make()
    world = replace(healthy(ground, NOW), server_arguments=facts)
    with serve(world, ground, clock=lambda: NOW, denied=denied) as serving:
        yield Kube(serving.access)


def annotated(text: str) -> dict[str, Any]:
    return {"metadata": {"name": "server-1", "annotations": {"k3s.io/node-args": text}}}


def test_no_other_argument_is_kept_whatever_it_holds() -> None:
    words = [
        "kube-apiserver",
        "--etcd-servers=https://user:word@10.0.0.9",
        "--service-account-issuer=https://a",
    ]
    assert kept([*words, "oidc-client-id=x", "api-audiences+=b"]) == (
        "service-account-issuer=https://a",
        "api-audiences+=b",
    )


def test_where_neither_nodes_nor_pods_tell_the_arguments_are_absent() -> None:
    with asked(Subjects()) as kube:
        assert isinstance(server_arguments(kube), Absent)


def test_nodes_are_enough_where_pods_may_not_be_listed() -> None:
    world = healthy_world()
    with asked(world.server_arguments, "list pods") as kube:
        assert server_arguments(kube) == world.server_arguments
    with asked(world.server_arguments, "list nodes") as kube:
        found = server_arguments(kube)
        assert isinstance(found, Missing)
        assert found.permission == "list nodes"


def test_static_pods_tell_too() -> None:
    world = as_static_pods(healthy_world())
    with asked(world.server_arguments) as kube:
        assert server_arguments(kube) == world.server_arguments
    with asked(world.server_arguments, "list pods") as kube:
        found = server_arguments(kube)
        assert isinstance(found, Missing)
        assert found.permission == "list pods"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '["server","--token","********","--cluster-domain","lab","--kube-apiserver-arg",'
            '"service-account-issuer+=https://a","--kube-apiserver-arg","v=4"]',
            ServerArguments(
                "k3s", "annotation k3s.io/node-args", ("service-account-issuer+=https://a",), "lab"
            ),
        ),
        ('["agent"]', None),
        (
            "no list",
            Missing("server_arguments", "the annotation k3s.io/node-args is not a JSON list of words"),
        ),
        (
            '{"a": 1}',
            Missing("server_arguments", "the annotation k3s.io/node-args is not a JSON list of words"),
        ),
    ],
)
def test_the_annotation_is_read_as_k3s_writes_it(text: str, found: ServerArguments | Missing | None) -> None:
    with asked(Subjects()) as kube:
        kube.request("POST", "/api/v1/nodes", annotated(text))
        told = server_arguments(kube)
        assert told == (Subjects((("node server-1", found),)) if found else told)
        assert isinstance(told, Subjects if found else Absent)


def test_what_the_sandbox_writes_is_one_list_of_words() -> None:
    with asked(healthy_world().server_arguments) as kube:
        (node,) = kube.request("GET", "/api/v1/nodes")["items"]
        words = json.loads(node["metadata"]["annotations"]["k3s.io/node-args"])
        assert words[:3] == ["server", "--token", "********"]
