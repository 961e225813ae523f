"""Facts by subject."""

from dataclasses import replace

from keystone_check.model.facts import Absent, Missing, Subjects

FOUND: Subjects[int] = Subjects((("a", 1), ("b", Absent("b", "gone")), ("a", 2)))


def test_a_subject_is_found_by_name_and_of_two_the_first() -> None:
    assert FOUND["a"] == 1
    assert FOUND["b"] == Absent("b", "gone")


def test_what_was_not_asked_for_is_missing_and_says_so() -> None:
    assert FOUND["c"] == Missing("c", "c was not asked for")


def test_other_facts_of_the_same_kind_are_looked_up_anew() -> None:
    assert FOUND["a"] == 1
    assert replace(FOUND, entries=(("a", 3),))["a"] == 3
    assert FOUND.put("c", 4)["c"] == 4
    assert Subjects(FOUND.entries) == FOUND
