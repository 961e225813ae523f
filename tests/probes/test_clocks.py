"""How far a clock is away, as far as one answer can tell."""

import pytest

from keystone_check.model.facts import Missing
from keystone_check.model.servers import Clocks
from keystone_check.probes.clocks import CLUSTER, ISSUER, STS, Heard, skew_of

AT = 1_700_000_000
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
"""The same second, as a header has it."""


@pytest.mark.parametrize(
    ("sent", "received", "skew"),
    [
        (AT, AT, 0),
        (AT + 0.9, AT + 0.95, 0),
        (AT - 5, AT + 5, 0),
        (AT - 2, AT - 1, 1),
        (AT - 400, AT - 399.5, 400),
        (AT + 1, AT + 1, -1),
        (AT + 400, AT + 401, -400),
        (AT + 2.5, AT + 3, -2),
    ],
)
def test_a_clock_is_off_by_what_no_delay_explains(sent: float, received: float, skew: int) -> None:
    assert skew_of({"date": DATE}, sent, received) == skew


def test_what_a_cache_kept_is_as_late_as_it_says() -> None:
    assert skew_of({"date": DATE, "age": "400"}, AT + 400, AT + 400) == 0
    assert skew_of({"date": DATE, "age": "long"}, AT, AT) == 0


@pytest.mark.parametrize("headers", [{}, {"date": ""}, {"date": "yesterday"}])
def test_an_answer_without_a_time_tells_nothing(headers: dict[str, str]) -> None:
    assert skew_of(headers, AT, AT) is None


def test_of_several_answers_the_nearest_counts_and_sts_before_s3() -> None:
    heard = Heard(lambda: AT)
    heard.note(ISSUER, {"date": "Tue, 14 Nov 2023 22:20:00 GMT"}, AT)
    assert heard.clocks(None, None).aws == 400
    heard.note(STS, {"date": "Tue, 14 Nov 2023 22:13:30 GMT"}, AT)
    heard.note(STS, {"date": "Tue, 14 Nov 2023 22:13:25 GMT"}, AT)
    heard.note(STS, {"date": "Tue, 14 Nov 2023 22:13:40 GMT"}, AT)
    heard.note(CLUSTER, {"date": DATE}, AT)
    assert heard.clocks(None, None) == Clocks(cluster=0, aws=5)


def test_nothing_heard_is_a_gap_for_each_clock() -> None:
    gone = Missing("cluster", "it cannot be reached")
    clocks = Heard().clocks(gone, None)
    assert clocks.cluster == gone
    assert isinstance(clocks.aws, Missing)
    assert "no answer of AWS told the time" in clocks.aws.because
