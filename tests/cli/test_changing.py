"""`--target` and `--compare` from the command line: what goes with what, and a run of each on snapshots."""

import contextlib
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from keystone_check import snapshot
from keystone_check.cli.main import main
from keystone_check.model.world import World
from keystone_check.reports.schema import schema
from keystone_check.sandbox.catalogue import stage
from keystone_check.sandbox.faults import FAULTS
from tests.worlds import NOW

HEALTHY = stage("", NOW)[1]


def command(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err, environ={"COLUMNS": "400"}), out.getvalue(), err.getvalue()


def kept(folder: Path, name: str, world: World) -> str:
    (folder / name).write_text(snapshot.save(world), "utf-8")
    return str(folder / name)


@pytest.fixture
def karpenter(tmp_path: Path) -> str:
    return f"--cluster=snapshot:{kept(tmp_path, 'k.json', stage('karpenter-1.6', NOW)[1])}"


def test_what_would_break_ends_with_1_and_what_would_not_with_0(karpenter: str) -> None:
    assert command(karpenter)[0] == 0
    assert command(karpenter, "--target=karpenter=1.6")[0] == 0
    code, out, _ = command(karpenter, "--target=karpenter=1.7")
    assert code == 1
    assert "as if       karpenter 1.6.8 → 1.7.6 (karpenter/karpenter)" in out
    assert "The link karpenter would break with karpenter=1.7: role karpenter lacks iam:ListIns" in out
    assert "karpenter 1.7 (breaking, by its own notes): iam:ListInstanceProfiles required" in out
    assert "https://karpenter.sh/docs/upgrading/upgrade-guide/" in out


def test_json_says_what_it_is_of_and_keeps_its_schema(karpenter: str) -> None:
    code, out, _ = command(karpenter, "--target=karpenter=1.14", "--target=kubernetes=1.36", "--format=json")
    document = json.loads(out)
    Draft202012Validator(schema(closed=True)).validate(document)
    foreseen = document["foreseen"]
    assert (code, document["exit_code"]) == (1, 1)
    assert foreseen["targets"] == ["karpenter=1.14", "kubernetes=1.36"]
    assert {it["check"] for it in foreseen["would_break"]} == {
        "karpenter_may_do_all_it_asks",
        "rules_target_the_queue",
    }
    assert foreseen["broken_now"] == []
    assert document["cluster"]["version"] == "v1.34.0+k3s1"
    assert json.loads(command(karpenter, "--format=json")[1])["foreseen"] is None


def test_markdown_has_a_table_of_now_and_then(karpenter: str) -> None:
    _, out, _ = command(karpenter, "--target=karpenter=1.7", "--format=markdown")
    rows = [line for line in out.splitlines() if line.startswith("| `karpenter_may_do_all_it_asks: ")]
    assert "### Now → then: karpenter 1.6.8 → 1.7.6" in out
    assert any("| – | ❌ would break with karpenter=1.7: role karpenter lacks" in row for row in rows)
    assert any(row.endswith("| ✅ holds | – |") for row in rows)


def test_short_and_sarif_say_it_too(karpenter: str) -> None:
    for form in ("short", "sarif"):
        code, out, _ = command(karpenter, "--target=karpenter=1.7", f"--format={form}")
        assert code == 1
        assert "would break with karpenter=1.7" in out


def test_what_is_accepted_then_does_not_fail(karpenter: str, tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text(
        '[[accept]]\ncheck = "karpenter_may_do_all_it_asks"\nreason = "next week"\nuntil = "2099-01-01"\n'
    )
    assert command(karpenter, "--target=karpenter=1.7", f"--accept={tmp_path / 'known.toml'}")[0] == 0


def test_the_configuration_names_targets_and_now_clears_them(karpenter: str, tmp_path: Path) -> None:
    (tmp_path / "keystone-check.toml").write_text('targets = ["karpenter=1.7"]\n')
    with contextlib.chdir(tmp_path):
        assert command(karpenter)[0] == 1
        assert command(karpenter, "--target=now")[0] == 0
        assert command(karpenter, "--target=karpenter=1.6")[0] == 0


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--target=karpenter=1.5",), "goes down"),
        (("--target=ack-s3=1.10",), "no ack-s3 runs here"),
        (("--target=karpenter",), "is no target"),
        (("--target=karpenter=newest",), "is no version"),
        (("--target=karpentr=1.14",), "there is no product"),
        (("--target=karpenter=1.7", "--target=karpenter=1.8"), "names karpenter 2 times"),
    ],
)
def test_a_target_that_cannot_be_ends_with_2(karpenter: str, argv: tuple[str, ...], said: str) -> None:
    code, out, err = command(karpenter, *argv)
    assert (code, out) == (2, "")
    assert said in err
    assert "next: " in err


@pytest.mark.parametrize(
    "argv",
    [
        ("--target=karpenter=1.7", "--fix"),
        ("--target=karpenter=1.7", "--list"),
        ("--target=karpenter=1.7", "--count=2"),
        ("--target=karpenter=1.7", "--compare=x"),
        ("--compare=x", "--fix"),
        ("--compare=x", "--permissions"),
        ("--compare=x", "--list-fixes"),
        ("--compare=x", "--undo"),
        ("--compare=x", "--wait"),
        ("--compare=x", "--format=sarif"),
    ],
)
def test_what_does_not_go_together_ends_with_2(argv: tuple[str, ...]) -> None:
    assert command("--cluster=sandbox", *argv)[0] == 2


def test_the_page_of_what_is_judged_of_targets_alone_is_printed() -> None:
    code, out, _ = command("--explain=kubernetes_release_is_known")
    assert code == 0
    assert "known here" in out


def compared(folder: Path, was: World, now: World, *argv: str) -> tuple[int, str, str]:
    old, new = kept(folder, "old.json", was), kept(folder, "new.json", now)
    return command(f"--cluster=snapshot:{new}", f"--compare={old}", *argv)


def test_what_got_worse_ends_with_1_and_what_got_better_with_0(tmp_path: Path) -> None:
    faulty = broken()
    code, out, _ = compared(tmp_path, HEALTHY, faulty)
    assert code == 1
    assert "Opened" in out
    assert compared(tmp_path, HEALTHY, faulty, "--fail-on=critical")[0] == 0
    assert compared(tmp_path, HEALTHY, faulty, "--exit-zero")[0] == 0
    code, out, _ = compared(tmp_path, faulty, HEALTHY)
    assert code == 0
    assert "Closed" in out


def broken() -> World:
    """A world with a finding of middling severity, and none graver."""
    return FAULTS["cluster-is-behind"].apply(HEALTHY)


def test_nothing_changed_is_said(tmp_path: Path) -> None:
    code, out, _ = compared(tmp_path, HEALTHY, HEALTHY)
    assert code == 0
    assert "Nothing changed." in out


def test_a_comparison_as_json_and_markdown(tmp_path: Path) -> None:
    code, out, _ = compared(tmp_path, HEALTHY, broken(), "--format=json")
    document = json.loads(out)
    assert (code, document["exit_code"]) == (1, 1)
    assert {it["check"] for it in document["opened"]} == {"clocks_agree"}
    assert document["changes"][0]["path"] == ["clocks", "cluster"]
    assert document["closed"] == document["unseen"] == []
    code, out, _ = compared(tmp_path, HEALTHY, broken(), "--format=markdown")
    assert code == 1
    assert "### Opened" in out
    assert "- the clock of cluster is -400 seconds ahead of ours; it was 0" in out


def test_a_snapshot_that_is_not_there_is_told_before_the_look(tmp_path: Path) -> None:
    code, _, err = command("--cluster=snapshot:/nowhere", f"--compare={tmp_path / 'none.json'}")
    assert code == 3
    assert "none.json cannot be read" in err
