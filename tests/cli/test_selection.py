"""Checks by id and by link."""

import pytest

from keystone_check.cli.selection import known, select
from keystone_check.errors import UsageError

INDEX = {"issuer_is_https": "cluster", "role_exists": "role", "trust_pins_subject": "role"}


@pytest.mark.parametrize(
    ("only", "skip", "chosen"),
    [
        ((), (), ("issuer_is_https", "role_exists", "trust_pins_subject")),
        (("trust_pins_subject", "issuer_is_https"), (), ("issuer_is_https", "trust_pins_subject")),
        (("role",), (), ("role_exists", "trust_pins_subject")),
        (("role",), ("role_exists",), ("trust_pins_subject",)),
        ((), ("role",), ("issuer_is_https",)),
    ],
)
def test_checks_are_chosen_in_the_order_of_the_chain(
    only: tuple[str, ...], skip: tuple[str, ...], chosen: tuple[str, ...]
) -> None:
    assert select(INDEX, only, skip) == chosen


def test_an_unknown_id_is_a_usage_error_with_a_near_one() -> None:
    with pytest.raises(UsageError, match="no check or link 'role_exist'") as raised:
        select(INDEX, ("role_exist",), ())
    assert raised.value.hint == "did you mean role_exists?"


def test_an_id_like_no_other_leads_to_the_list() -> None:
    with pytest.raises(UsageError) as raised:
        known(INDEX, "zzz")
    assert raised.value.hint == "keystone-check --list names them all"


def test_leaving_no_check_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="leave no check"):
        select(INDEX, ("role",), ("role",))
