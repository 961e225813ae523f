"""Near names."""

import pytest

from keystone_check.near import did_you_mean, nearest


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("prd", ["prod", "lab"], "did you mean prod?"),
        ("stage", ["stage-a", "stage-b"], "did you mean stage-b or stage-a?"),
        ("zzz", ["prod", "lab"], "known: lab, prod"),
        ("zzz", [], ""),
    ],
)
def test_a_hint_names_what_is_near_or_all_there_is(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known) == hint


def test_what_is_not_near_is_not_named() -> None:
    assert nearest("prd", ["prod", "lab"]) == "did you mean prod?"
    assert nearest("zzz", ["prod", "lab"]) == ""
