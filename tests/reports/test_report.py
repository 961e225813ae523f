"""The verdict, its exit code, and what is said beside the outcomes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from keystone_check.model.facts import Missing
from keystone_check.model.finding import Evidence, Safety, Status, broken
from keystone_check.model.outcome import Outcome
from keystone_check.model.web import Response
from keystone_check.reports.report import alike, counts, next_step, retries, rows, sentence, unseen
from tests.reports import build

WORST = (
    ((), 0),
    ((Status.HOLDS,), 0),
    ((Status.HOLDS, Status.NOT_APPLICABLE), 0),
    ((Status.HOLDS, Status.BROKEN), 1),
    ((Status.HOLDS, Status.BLOCKED), 3),
    ((Status.BROKEN, Status.BLOCKED), 1),
    ((Status.BROKEN, Status.BLOCKED, Status.CRASHED), 4),
    ((Status.CRASHED, Status.HOLDS), 4),
)


@pytest.mark.parametrize(("statuses", "code"), WORST)
def test_the_exit_code_is_that_of_the_worst_outcome(statuses: Sequence[Status], code: int) -> None:
    assert build.report(*(build.FINDINGS[status] for status in statuses)).exit_code == code


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((Status.BROKEN,), 0),
        ((Status.BROKEN, Status.BLOCKED), 3),
        ((Status.BLOCKED,), 3),
        ((Status.BROKEN, Status.CRASHED), 4),
    ],
)
def test_exit_zero_forgives_what_is_broken_and_nothing_else(statuses: Sequence[Status], code: int) -> None:
    findings = (build.FINDINGS[status] for status in statuses)
    assert build.report(*findings, exit_zero=True).exit_code == code


def test_counts_name_only_the_statuses_that_occur() -> None:
    diagnosis = build.report(build.FINDINGS[Status.HOLDS], build.defect(), build.defect()).diagnosis
    assert counts(diagnosis) == "2 broken, 1 hold"


def test_each_reason_for_not_seeing_is_given_once() -> None:
    first, second = (
        build.outcome(build.unseen(), "role_exists"),
        build.outcome(build.unseen(), "trust_pins_subject"),
    )
    other = build.outcome(build.unseen("sts: no network", ""), "token_is_accepted")
    reasons = tuple(unseen(build.report(first, other, second).diagnosis))
    assert reasons == (
        ("iam:GetRole app-api: AccessDenied", "iam:GetRole", (first, second)),
        ("sts: no network", "", (other,)),
    )


@pytest.mark.parametrize(
    ("safety", "step"),
    [
        (Safety.SAFE, "keystone-check --cluster prod --fix --dry-run"),
        (Safety.UNSAFE, "keystone-check --cluster prod --fix=unsafe --dry-run"),
        (Safety.MANUAL, "keystone-check --explain audience_is_registered"),
        (None, "keystone-check --explain audience_is_registered"),
    ],
)
def test_the_next_step_is_the_mildest_repair_there_is(safety: Safety | None, step: str) -> None:
    assert next_step(build.report(build.defect(build.repair(safety) if safety else None))) == step


def test_a_missing_right_leads_to_the_list_of_rights() -> None:
    assert next_step(build.report(build.unseen())) == "keystone-check --cluster prod --permissions"


def test_without_anything_wrong_there_is_no_next_step() -> None:
    assert next_step(build.report(build.FINDINGS[Status.HOLDS])) == ""


def test_the_header_says_why_it_does_not_know_who_asks() -> None:
    cluster, caller, issuer = (Missing(name, f"no {name}") for name in ("cluster", "caller", "issuer"))
    unread = replace(build.world(), cluster=cluster, caller=caller, issuer=issuer)
    assert list(rows(unread)) == [
        ("cluster", "unknown: no cluster"),
        ("aws", "unknown: no caller"),
        ("issuer", "unknown: no issuer"),
    ]


def test_an_issuer_that_is_unknown_with_its_cluster_is_not_told_twice() -> None:
    gap = Missing("cluster", "connection refused")
    told = dict(rows(replace(build.world(), cluster=gap, issuer=Missing("issuer", gap.because))))
    assert (told["cluster"], "issuer" in told) == ("unknown: connection refused", False)


@pytest.mark.parametrize(("attempts", "word"), [(2, "2nd"), (3, "3rd"), (4, "4th")])
def test_an_answer_after_a_transient_refusal_is_noted(attempts: int, word: str) -> None:
    answer = Response("https://oidc.example/keys", 200, (), "{}", 2, attempts=attempts)
    assert list(retries(replace(build.world(), key_set=answer))) == [
        f"{answer.url} answered at the {word} try"
    ]


def test_an_outage_that_did_not_pass_is_noted_as_one() -> None:
    answer = Response("https://oidc.example/keys", 503, (), "", 0, attempts=3)
    assert list(retries(replace(build.world(), key_set=answer))) == [
        f"{answer.url} still answered 503 at the 3rd try"
    ]


def test_an_answer_at_the_first_try_is_not_noted() -> None:
    answer = Response("https://oidc.example/keys", 200, (), "{}", 2)
    assert list(retries(replace(build.world(), key_set=answer))) == []


def of_account(namespace: str, name: str, seen: str = "absent") -> Outcome:
    role = f"arn:aws:iam::111122223333:role/{name}"
    evidence = Evidence("iam:GetRole", f"system:serviceaccount:{namespace}:{name}", seen)
    return build.outcome(
        broken(f"{namespace}/{name}", f"the trust policy of {role} lets nobody in", evidence)
    )


def test_one_defect_of_many_accounts_is_told_once_with_all_their_names() -> None:
    api, web, other = (
        of_account("app", "api"),
        of_account("shop", "web"),
        of_account("app", "other", "another"),
    )
    assert list(alike([api, other, web])) == [(api, ("shop/web",)), (other, ())]


def test_a_message_that_does_not_name_its_subject_gets_it() -> None:
    assert (
        sentence(broken("app/api", "its tokens are bent", Evidence("s", "e", "s")))
        == "app/api: its tokens are bent"
    )
    assert sentence(broken("app/api", "app/api is bent", Evidence("s", "e", "s"))) == "app/api is bent"


def test_a_headline_that_only_people_can_mend_is_not_passed_over() -> None:
    by_hand, later = build.defect(build.repair(Safety.MANUAL)), build.defect(build.repair())
    assert next_step(build.report(by_hand, later)) == "keystone-check --explain audience_is_registered"
