"""Which skew is broken, which is worth a word, and which is none."""

import pytest

from keystone_check.model.facts import Missing
from keystone_check.model.finding import Status
from keystone_check.model.servers import Clocks
from tests.checks.judging import told


@pytest.mark.parametrize(
    ("cluster", "status", "said"),
    [
        (0, Status.HOLDS, ""),
        (60, Status.HOLDS, ""),
        (-61, Status.HOLDS, "its clock is 61 s behind AWS's"),
        (300, Status.HOLDS, "its clock is 300 s ahead of AWS's"),
        (301, Status.BROKEN, "its clock is 301 s ahead of AWS's"),
        (-301, Status.BROKEN, "its clock is 301 s behind AWS's"),
    ],
)
def test_the_clusters_clock_is_compared_with_that_of_aws(cluster: int, status: Status, said: str) -> None:
    found = told("clocks_agree", clocks=Clocks(cluster, 0))
    assert found["the API server"] == (status, said)
    assert found["this machine"] == (Status.HOLDS, "")


def test_a_machine_whose_own_clock_is_off_does_not_blame_the_cluster() -> None:
    found = told("clocks_agree", clocks=Clocks(-400, -400))
    assert found["the API server"] == (Status.HOLDS, "")
    assert found["this machine"] == (Status.BROKEN, "its clock is 400 s ahead of AWS's")


def test_without_the_time_at_aws_there_is_nothing_to_compare_with() -> None:
    found = told("clocks_agree", clocks=Clocks(0, Missing("caller", "nobody answered")))
    assert found == {"AWS": (Status.BLOCKED, "nobody answered")}
    found = told("clocks_agree", clocks=Clocks(Missing("cluster", "gone"), 0))
    assert found["the API server"] == (Status.BLOCKED, "gone")
