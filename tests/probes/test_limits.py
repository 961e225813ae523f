"""Time, tries and threads."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from keystone_check.model.access import Access
from keystone_check.probes.limits import (
    TRANSIENT,
    TRIES,
    BrokenOffError,
    Limits,
    detached,
    persist,
    side_by_side,
)
from keystone_check.probes.refusals import ReadError

SPENT = Limits(10, 60, deadline=0.0)
ENDLESS = Limits(10)


@dataclass
class Said:
    status: int


def sender(*answers: int | Exception) -> Callable[[], Said]:
    left = iter(answers)

    def send() -> Said:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return Said(answer)

    return send


def test_a_request_gets_its_own_limit_or_what_is_left_of_the_budget() -> None:
    assert ENDLESS.for_request("x") == 10
    assert 0 < Limits.starting_now(Access("test", budget_seconds=5, request_seconds=10)).for_request("x") <= 5


def test_a_spent_budget_names_what_was_not_asked() -> None:
    with pytest.raises(ReadError, match="get /version: the time budget of 60 s was spent"):
        SPENT.for_request("get /version")


@pytest.mark.parametrize("status", sorted(TRANSIENT))
def test_transient_answers_are_asked_again(status: int) -> None:
    assert persist(sender(status, 200), SPENT) == (Said(200), 2)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 501])
def test_other_answers_stand_at_once(status: int) -> None:
    assert persist(sender(status), SPENT) == (Said(status), 1)


def test_the_last_try_stands() -> None:
    assert persist(sender(503, 503, 503), SPENT) == (Said(503), TRIES)


def test_a_broken_connection_is_tried_again_and_at_last_an_error() -> None:
    broken = BrokenOffError(ReadError("GET x: broken"))
    assert persist(sender(broken, 200), SPENT) == (Said(200), 2)
    with pytest.raises(ReadError, match="GET x: broken, 3 times"):
        persist(sender(broken, broken, broken), SPENT)


def test_an_error_is_not_tried_again() -> None:
    with pytest.raises(ReadError, match="refused"):
        persist(sender(ReadError("refused"), 200), SPENT)


@pytest.mark.parametrize("number", [0, 1, 7, 8, 9, 100])
def test_results_come_in_the_order_of_the_items(number: int) -> None:
    assert side_by_side(lambda item: item * 2, range(number)) == [item * 2 for item in range(number)]


def test_what_a_call_raises_is_raised() -> None:
    with pytest.raises(IndexError):
        side_by_side(lambda items: items[0], [[1], []])


def test_a_detached_call_hands_over_result_and_error() -> None:
    assert detached(lambda: 1).result(5) == 1
    with pytest.raises(ZeroDivisionError):
        detached(lambda: 1 // 0).result(5)
