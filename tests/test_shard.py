import pytest

from keystone_check.errors import UsageError
from keystone_check.shard import Shard, shard, share

NAMES = [f"cluster-{number}" for number in range(11)]


@pytest.mark.parametrize("total", [1, 2, 5, 11, 20])
def test_every_cluster_is_of_one_shard_and_shares_differ_by_one_at_most(total: int) -> None:
    shares = [share(NAMES, Shard(number, total)) for number in range(1, total + 1)]
    assert sorted(name for part in shares for name in part) == sorted(NAMES)
    sizes = [len(part) for part in shares]
    assert max(sizes) - min(sizes) <= 1


def test_a_share_does_not_depend_on_the_order_of_the_names() -> None:
    assert share(reversed(NAMES), Shard(2, 3)) == share(NAMES, Shard(2, 3))


def test_without_a_shard_all_are_there_once_in_their_order() -> None:
    assert share(["b", "a", "b"], None) == ("b", "a")


def test_two_of_five_is_written_and_read() -> None:
    assert shard("2/5") == Shard(2, 5)
    assert str(Shard(2, 5)) == "2/5"


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "-1/5", "2/5/7", "a/b", "2/", "1/1001", "²/5"])
def test_what_is_no_shard_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is no shard") as refused:
        shard(text)
    assert "1/5" in refused.value.hint
