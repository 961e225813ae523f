"""`--rehearse` on a snapshot: its exit codes, its three forms, and what goes with nothing else."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check import snapshot
from keystone_check.cli.main import main
from keystone_check.model.facts import Missing
from keystone_check.model.world import World
from tests.sandbox.worlds import healthy_world, world_with

QUIET: Mapping[str, str] = {"NO_COLOR": "1", "COLUMNS": "100"}


def run(folder: Path, world: World, *words: str) -> tuple[int, str, str]:
    path = folder / "world.json"
    path.write_text(snapshot.save(world))
    out, err = io.StringIO(), io.StringIO()
    code = main(["--cluster", f"snapshot:{path}", *words], out, err, environ=QUIET)
    return code, out.getvalue(), err.getvalue()


def test_a_rotation_that_can_go_ends_with_0(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, healthy_world(), "--rehearse", "rotate-key")
    assert (code, err) == (0, "")
    assert "It can go: step 1, publish the new key beside the old one." in out
    assert "k3s certificate rotate-ca --path=/opt/k3s/server" in out


def test_something_that_must_be_true_first_ends_with_1(tmp_path: Path) -> None:
    world = world_with("trust-names-another-namespace")
    code, out, _ = run(tmp_path, world, "--rehearse", "rotate-key")
    assert code == 1
    assert "Not yet: something must be true before step 1" in out


def test_what_cannot_be_judged_ends_with_3(tmp_path: Path) -> None:
    world = replace(healthy_world(), roles=Missing("roles", "iam:GetRole: AccessDenied"))
    assert run(tmp_path, world, "--rehearse", "rotate-key")[0] == 3


def test_json_names_every_account_and_ends_alike(tmp_path: Path) -> None:
    issuer = "change-issuer=https://s3.eu-central-1.amazonaws.com/keystone-next"
    code, out, _ = run(tmp_path, healthy_world(), "--rehearse", issuer, "--format", "json")
    said = json.loads(out)
    assert said["exit_code"] == code == 0
    assert [step["id"] for step in said["steps"]] == [
        "publish",
        "register",
        "trust",
        "sign",
        "forget",
        "distrust",
        "deregister",
    ]
    assert said["steps"][3]["early"][0]["accounts"] == [
        "ack-system/ack-s3-controller",
        "app/api",
        "karpenter/karpenter",
    ]
    assert any("keystone.cluster.oidc.issuerUrl" in line for line in said["steps"][3]["do"])
    assert any("services.k3s.extraFlags" in line for line in said["steps"][3]["do"])


def test_markdown_has_a_section_for_each_step(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, healthy_world(), "--rehearse", "rotate-key", "--format", "markdown")
    assert out.count("\n### ") == 4


def test_a_snapshot_of_before_is_read_as_well(tmp_path: Path) -> None:
    former = tmp_path / "former.json"
    former.write_text(snapshot.save(healthy_world()))
    code, out, _ = run(tmp_path, healthy_world(), "--rehearse", "rotate-key", "--resume", str(former))
    assert (code, "1 of 4, next" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--resume",), "--resume goes on with a rehearsal, and none is asked for"),
        (("--rehearse", "nothing"), "there is no rehearsal 'nothing'"),
        (("--rehearse", "rotate-key", "--list"), "--rehearse and --list each ask for a text of their own"),
        (("--rehearse", "rotate-key", "--format", "sarif"), "--rehearse has no --format sarif"),
        (("--rehearse", "rotate-key", "--save", "x"), "--save goes with a look and nothing else"),
        (("--rehearse", "move-bucket=A_B"), "'A_B' is no name of a bucket"),
    ],
)
def test_what_asks_for_what_cannot_be_ends_with_2(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    code, out, err = run(tmp_path, healthy_world(), *words)
    assert (code, out) == (2, "")
    assert message in err
