"""Several clusters on one command line, behind doors of the test's own."""

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keystone_check.cli.doors import Doors
from keystone_check.cli.progress import Progress
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access
from keystone_check.model.world import World
from keystone_check.probes.limits import AT_ONCE
from tests.cli.build import Outside, audience_check, command, unreachable, world

HEALTHY = world(("sts.amazonaws.com",))


@dataclass
class Clusters(Outside):
    """Each cluster has a world of its own; those that are none of these are healthy."""

    def doors(self) -> Doors:
        return replace(super().doors(), configured=lambda: ("a", "b", "c", "d", "e"))

    def gather(self, access: Access, needs: frozenset[str], progress: Progress) -> World:
        match access.name:
            case "broken":
                return world()
            case "gone":
                return unreachable()
            case "unreadable":
                raise KeystoneError("the snapshot cannot be read", "save it again")
        return HEALTHY


def outside() -> Clusters:
    return Clusters([audience_check()])


def clusters(*names: str) -> tuple[str, ...]:
    return tuple(word for name in names for word in ("--cluster", name))


def test_each_has_its_line_and_the_worst_decides() -> None:
    ran = command(outside(), *clusters("a", "broken", "gone", "unreadable"))
    assert ran.code == 1
    assert "on 4 clusters" in ran.out
    for line in (
        "✓ a: Every link holds",
        "✗ broken: Broken at",
        "? gone: could not be",
        "? unreadable: the snapshot",
    ):
        assert line in ran.out
    assert "next: keystone-check --cluster broken --fix --dry-run" in ran.out
    assert command(outside(), *clusters("a", "gone")).code == 3
    assert command(outside(), *clusters("a", "b")).code == 0


def test_all_is_every_cluster_of_the_configuration_and_each_is_closed_again() -> None:
    there = outside()
    ran = command(there, "--all", "--format", "json")
    assert [member["name"] for member in json.loads(ran.out)["clusters"]] == list("abcde")
    assert [name for name, _ in there.opened] == list("abcde")
    assert there.closed == 5


def test_shards_divide_them_and_merging_their_files_gives_the_whole(tmp_path: Path) -> None:
    files = [f"{tmp_path}/{number}.json" for number in (1, 2, 3)]
    for number, file in enumerate(files, 1):
        assert (
            command(outside(), "--all", f"--shard={number}/3", "--format=json", f"--output={file}").code == 0
        )
    shards = [json.loads(Path(file).read_text("utf-8")) for file in files]
    assert [len(shard["clusters"]) for shard in shards] == [2, 2, 1]
    assert [shard["shard"] for shard in shards] == [{"number": number, "of": 3} for number in (1, 2, 3)]


def test_a_share_of_fewer_clusters_than_shards_is_empty_and_green() -> None:
    ran = command(outside(), "--cluster=a", "--shard=2/3")
    assert (ran.code, "no cluster is of this shard" in ran.out.lower()) == (0, True)


def test_a_name_that_means_nothing_is_refused_before_any_look() -> None:
    there = outside()
    ran = command(there, *clusters("a", "prd"))
    assert (ran.code, there.needs) == (2, [])
    assert "there is no cluster 'prd'" in ran.err


def test_the_same_name_twice_is_one_cluster() -> None:
    assert "keystone-check 0" in command(outside(), *clusters("a", "a")).out


def test_what_fails_is_the_gates_to_say_for_each() -> None:
    assert command(outside(), *clusters("a", "broken"), "--exit-zero").code == 0


@dataclass
class Waiting(Clusters):
    """Nobody answers before so many are asked at once."""

    def __post_init__(self) -> None:
        self.together = threading.Barrier(AT_ONCE)

    def gather(self, access: Access, needs: frozenset[str], progress: Progress) -> World:
        self.together.wait(timeout=30)
        return HEALTHY


def test_they_are_looked_at_side_by_side_and_not_all_at_once() -> None:
    names = [f"c{number}" for number in range(2 * AT_ONCE)]
    assert command(Waiting([audience_check()]), *clusters(*names)).code == 0


@pytest.mark.parametrize("argv", [("--fix",), ("--fix=unsafe", "--yes"), ("--undo",), ("--apply", "plan")])
def test_a_repair_is_of_one_cluster(argv: tuple[str, ...]) -> None:
    ran = command(outside(), *clusters("a", "b"), *argv)
    assert ran.code == 2
    assert "a repair is of one cluster" in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ("--save", "x"),
        ("--compare", "x"),
        ("--wait",),
        ("--count", "2"),
        ("--permissions",),
        ("--endpoints",),
        ("--context", "c"),
        ("--list-fixes",),
        ("--manifest", "x"),
        ("--events", "-"),
    ],
)
def test_what_goes_with_one_cluster_says_so(argv: tuple[str, ...]) -> None:
    ran = command(outside(), "--all", *argv)
    assert ran.code == 2
    assert f"{argv[0]} goes with one cluster" in ran.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--all", "--cluster", "a"), "--all names every cluster"),
        (("--shard", "1/2"), "none is named"),
        (("--all", "--shard", "3/2"), "'3/2' is no shard"),
        (("--max-age", "3", "--all"), "--max-age goes with --merge"),
        (("--merge", "x", "--max-age", "0"), "'0' is not a number of hours"),
        (("--merge", "x", "--fix"), "--merge joins reports"),
        (("--merge", "x", "--only", "a"), "--merge joins reports"),
        (("--merge", "x", "--fail-on", "critical"), "--merge joins reports"),
        (("--merge", "x", "--second-opinion"), "--merge joins reports"),
        (("--merge", "x", "--list"), "--merge joins reports"),
        (("--merge", "x", "--lint-checks"), "--merge joins reports"),
        (("--merge", "x", "-A"), "--merge joins reports"),
        (("--merge", "x", "--kubeconfig", "k"), "--merge joins reports"),
        (("--output", "s3://bucket/prefix/"), "names no object"),
        (("--output", "s3://"), "names no bucket"),
    ],
)
def test_what_contradicts_itself_is_refused(argv: tuple[str, ...], said: str) -> None:
    ran = command(outside(), *argv)
    assert (ran.code, said in ran.err) == (2, True)
