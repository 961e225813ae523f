"""Annotations are read as Go reads them: https://pkg.go.dev/strconv#ParseInt and #ParseBool."""

import pytest

from keystone_check.model.written import truth, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7200", 7200),
        ("-1", -1),
        ("+600", 600),
        ("000000000000000000000600", 600),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("9" * 5000, None),
        ("1h", None),
        ("1_000", None),
        (" 600", None),
        ("٦٠٠", None),
        ("", None),
    ],
)
def test_a_number_is_what_go_takes_for_one(text: str, number: int | None) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("true", True),
        ("True", True),
        ("1", True),
        ("f", False),
        ("yes", None),
        ("tRUE", None),
        ("true ", None),
    ],
)
def test_a_truth_is_what_go_takes_for_one(text: str, said: bool | None) -> None:
    assert truth(text) is said
