"""Selectors decide as apimachinery does, and pods are called by what people restart."""

import pytest

from keystone_check.model.injection import Requirement, RunningPod, Shape


@pytest.mark.parametrize(
    ("requirement", "labels", "met"),
    [
        (Requirement("a", "In", ("x", "y")), {"a": "y"}, True),
        (Requirement("a", "In", ("x",)), {}, False),
        (Requirement("a", "NotIn", ("x",)), {}, True),
        (Requirement("a", "NotIn", ("x",)), {"a": "x"}, False),
        (Requirement("a", "Exists"), {"a": ""}, True),
        (Requirement("a", "Exists"), {"b": ""}, False),
        (Requirement("a", "DoesNotExist"), {"b": ""}, True),
        (Requirement("a", "DoesNotExist"), {"a": "false"}, False),
    ],
    ids=str,
)
def test_a_label_that_is_not_there_is_in_no_set(
    requirement: Requirement, labels: dict[str, str], met: bool
) -> None:
    assert requirement.met(labels) is met


def pod(kind: str, name: str, **labels: str) -> RunningPod:
    return RunningPod(
        "app",
        "one",
        "api",
        kind,
        name,
        {key.replace("_", "-"): text for key, text in labels.items()},
        0,
        "Running",
        Shape((), ()),
    )


@pytest.mark.parametrize(
    ("found", "workload"),
    [
        (pod("ReplicaSet", "api-5d8c", pod_template_hash="5d8c"), ("deployment", "api")),
        (pod("ReplicaSet", "api-5d8c"), ("replicaset", "api-5d8c")),
        (pod("StatefulSet", "db"), ("statefulset", "db")),
        (pod("DaemonSet", "agent"), ("daemonset", "agent")),
        (pod("Job", "nightly-29012340"), ("job", "nightly-29012340")),
        (pod("", ""), ("pod", "one")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_a_replica_set_of_a_deployment_is_called_by_the_deployment(
    found: RunningPod, workload: tuple[str, str]
) -> None:
    assert found.workload == workload
