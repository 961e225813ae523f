"""`--keystone-shard`: each run of a matrix judges its share of the clusters."""

from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parents[1] / "fixtures" / "snapshots"
TWO = [f"--keystone-cluster=snapshot:{SNAPSHOTS / name}" for name in ("schema-1-last.json", "schema-2.json")]


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    quick = ("-p", "no:hypothesispytest", "--collect-only", "-q", "--keystone-allow-blocked")
    return pytester.runpytest_inprocess(*quick, *args)


def test_each_cluster_is_of_one_shard(pytester: pytest.Pytester) -> None:
    first, second = (run(pytester, *TWO, f"--keystone-shard={number}/2") for number in (1, 2))
    for result in (first, second):
        assert result.ret == 0
        assert "snapshot:" not in result.stdout.str()  # an item names its cluster where there are several
    assert first.stdout.str() != second.stdout.str()


def test_a_shard_without_a_cluster_is_green_and_says_so(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("-p", "no:hypothesispytest", *TWO, "--keystone-shard=3/3")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*no cluster is of this shard*"])


def test_what_is_no_shard_is_refused(pytester: pytest.Pytester) -> None:
    result = run(pytester, *TWO, "--keystone-shard=3/2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'3/2' is no shard*"])
