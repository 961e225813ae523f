"""Emitted commands, run with the real AWS CLI and the real kubectl, leave the same world as applying."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from keystone_check.checks import load
from keystone_check.model.change import PutDocument, SetAnnotation, SetClientIds
from keystone_check.model.finding import Safety
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.probes.gather import gather
from keystone_check.remedy.emit import emit, shell
from keystone_check.remedy.mend import rehearsed
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.environment import bare
from tests.remedy.build import step
from tests.remedy.kinds import one_of_each_kind
from tests.remedy.test_every_fault import as_far_as_known, plannable
from tests.worlds import NOW

CHECKS = load()
EVERYTHING = frozenset(Safety)
IN_CLUSTER = SetAnnotation | SetNamespaceSelector | RestartWorkload
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
KUBECTL = shutil.which("kubectl", path=PATH)


def run(script: str, serving: Serving) -> subprocess.CompletedProcess[str]:
    environment = {**bare(), **serving.environment, "PATH": PATH}
    # Its host begins with the account's number, which no loopback address does: the sandbox is its proxy.
    if "aws s3control" in script:
        door = serving.access.aws_endpoint
        environment |= {"HTTP_PROXY": door, "http_proxy": door, "AWS_ENDPOINT_URL": "http://aws.test"}
    return subprocess.run(["sh"], input=script, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", one_of_each_kind(plannable()))
def test_the_emitted_commands_leave_the_world_that_applying_leaves(name: str) -> None:
    ground = Ground.make()
    with serve(FAULTS[name].apply(healthy(ground, NOW)), ground, clock=lambda: NOW) as serving:
        look = partial(gather, serving.access, clock=lambda: NOW)
        promised = rehearsed(look(), CHECKS, EVERYTHING)
        in_cluster = any(
            isinstance(item.change, SetAnnotation | SetNamespaceSelector | RestartWorkload)
            for item in promised.applied
        )
        if in_cluster and not KUBECTL:
            pytest.skip("there is no kubectl here")
        ran = run(emit("shell", promised.applied, promised.held_back), serving)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert as_far_as_known(look(), promised.after.world) == promised.after.world


def test_a_command_that_fails_ends_the_commands_and_not_the_shell() -> None:
    change = SetClientIds("arn", ("a",), ("a", "b"))
    script = emit("shell", (step(change),), ()).replace("aws iam", "false iam")
    ran = subprocess.run(["sh"], input=f"{script}\necho on", capture_output=True, text=True, check=False)
    assert ran.stdout == "on\n"


@pytest.mark.parametrize(
    "text", ["a", "a\n", "a\n\n", "it's $HOME `id` \\n", "END\n", "END\nEND_\n\n", "", "\n", "ü\t\x7f"]
)
def test_a_document_is_written_byte_for_byte(text: str, tmp_path: Path) -> None:
    change = PutDocument("bucket", "eu-central-1", "key", "before", text, "text/plain")
    *file, command = shell.commands(change)
    script = "\n".join((f"work={tmp_path}", *file))
    subprocess.run(["sh", "-eu"], input=script.encode(), check=True)
    assert (tmp_path / "document").read_bytes() == text.encode()
    assert command.startswith("aws s3api put-object")


def test_what_a_fact_holds_is_an_argument_and_never_a_command(tmp_path: Path) -> None:
    evil = f"$(touch {tmp_path}/a); touch {tmp_path}/b\n`touch {tmp_path}/c`'"
    change = SetClientIds("arn", (), (evil,))
    subprocess.run(
        ["sh"],
        input="aws() { :; }\n" + emit("shell", (step(change),), ()),
        text=True,
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
