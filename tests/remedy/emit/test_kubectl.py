"""Emitted patches, applied with the real kubectl, change what they were planned over and nothing else."""

import json
import shlex
import shutil
import subprocess

import pytest

from keystone_check.model.change import Change, SetAnnotation
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN
from keystone_check.probes.kube import Kube
from keystone_check.remedy.emit import emit, kubectl
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.environment import bare
from tests.remedy.build import step
from tests.remedy.emit.plans import CHANGES
from tests.worlds import NOW

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl here")


def patched(serving: Serving, change: SetAnnotation) -> int:
    environment = {**bare(), **serving.environment}
    script = emit("kubectl", (step(change),), ())
    return subprocess.run(["sh"], input=script, env=environment, capture_output=True, text=True).returncode


def annotations(serving: Serving) -> dict[str, str]:
    found: dict[str, str] = Kube(serving.access).service_account("app", "api")["metadata"]["annotations"]
    return found


@needs_kubectl
def test_annotations_are_added_replaced_and_removed_by_the_real_kubectl() -> None:
    ground = Ground.make()
    with serve(healthy(ground, NOW), ground) as serving:
        role = annotations(serving)[ROLE_ARN]
        assert patched(serving, SetAnnotation("app", "api", AUDIENCE, None, "it's $a")) == 0
        assert annotations(serving) == {ROLE_ARN: role, AUDIENCE: "it's $a"}
        assert patched(serving, SetAnnotation("app", "api", AUDIENCE, "it's $a", "b")) == 0
        assert annotations(serving) == {ROLE_ARN: role, AUDIENCE: "b"}
        assert patched(serving, SetAnnotation("app", "api", AUDIENCE, "b", None)) == 0
        assert annotations(serving) == {ROLE_ARN: role}


@needs_kubectl
def test_a_patch_is_refused_where_somebody_has_changed_the_annotation_since() -> None:
    ground = Ground.make()
    with serve(healthy(ground, NOW), ground) as serving:
        before = annotations(serving)
        assert patched(serving, SetAnnotation("app", "api", ROLE_ARN, "another", "mine")) != 0
        assert annotations(serving) == before


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_every_change_is_a_patch_or_says_why_it_is_none(change: Change) -> None:
    lines = emit("kubectl", (step(change),), ()).splitlines()
    commands = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert bool(commands) != bool(kubectl.beyond(change))
    for command in commands:
        json.loads(command[-1].removeprefix("--patch="))
