from dataclasses import replace

from keystone_check.model.acceptance import Acceptance
from keystone_check.reports import render
from keystone_check.reports.fleet.values import Fleet, Member, together, worst
from tests.reports import build as one
from tests.reports.fleet.build import SCREEN, report

ENTRY = Acceptance("audience_is_registered", "the old cluster goes in spring", "2027-03-31")
OTHER = Acceptance("role_exists", "nobody knows", "2027-03-31")


def test_a_bug_is_worse_than_what_is_broken_and_that_than_what_was_not_seen() -> None:
    assert [worst(codes) for codes in ([0, 3, 1, 4], [3, 1, 0], [0, 3], [0], [])] == [4, 1, 3, 0, 0]


def test_an_acceptance_that_fits_in_one_cluster_is_not_idle_in_another() -> None:
    accepted = report("old", replace(one.outcome(one.defect()), acceptance=ENTRY))
    clean = report("new")
    clean = replace(clean, diagnosis=replace(clean.diagnosis, unmatched=(ENTRY, OTHER)))
    members = together([Member("old", accepted), Member("new", clean)])
    assert [member.report.diagnosis.unmatched for member in members if member.report] == [(), (OTHER,)]


def test_what_is_accepted_fails_nothing_and_says_so_in_its_line() -> None:
    accepted = report("old", replace(one.outcome(one.defect()), acceptance=ENTRY))
    found = Fleet((Member("old", accepted),))
    assert found.exit_code == 0
    assert "✓ old: What is broken is accepted" in render(found, "text", SCREEN)
