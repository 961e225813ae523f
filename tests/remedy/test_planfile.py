"""A plan's file gives back its plan, reads as a review, and what is no plan is refused by its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from keystone_check.checks import load
from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.model.change import SetAnnotation, SetClientIds
from keystone_check.remedy.admit import admit
from keystone_check.remedy.planfile import PlanFile, planned, read, text
from keystone_check.sandbox.faults import FAULTS
from tests.remedy.build import PROVIDER, chain, step, trust
from tests.remedy.emit.plans import WORLD, of_fault

CHECKS = load()
CHANGES = (
    SetClientIds(PROVIDER, ("a",), ("a", "b")),
    trust('{"Statement": []}'),
    SetAnnotation("app", "api", "eks.amazonaws.com/role-arn", None, "x"),
)


def plan() -> PlanFile:
    return planned("prod", chain(), [step(change) for change in CHANGES])


def edited(edit: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(text(plan()))
    edit(document)
    return json.dumps(document)


def test_what_is_written_is_read_back() -> None:
    made = plan()
    again = read(text(made), "plan.json")
    assert [one.change for one in again.steps] == list(CHANGES)
    assert (again.cluster, again.account, again.issuer) == ("prod", made.account, made.issuer)
    assert again.made == made.made
    assert again.retold == ()
    assert text(again) == text(made)


def test_steps_of_one_repair_are_of_one_repair_again() -> None:
    pair = (step(CHANGES[0], CHANGES[1]), step(CHANGES[1], CHANGES[0]))
    first, second = read(text(planned("prod", chain(), pair)), "plan.json").steps
    assert first.repair == second.repair
    assert first.repair.changes == (CHANGES[0], CHANGES[1])


def test_a_review_reads_what_is_written_where_and_why() -> None:
    first = json.loads(text(plan()))["steps"][0]
    assert first["title"] == f"add client id 'b' of {PROVIDER}"
    assert first["diff"][-1] == "+b"
    assert (first["class"], first["reason"], first["mends"]) == ("safe", "because", ["check"])


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda it: it.pop("keystone_check_plan"), "is no plan of keystone-check"),
        (lambda it: it.update(keystone_check_plan=2), "has format 2; this version reads 1"),
        (lambda it: it.update(keystone_check_plan=True), "has format true; this version reads 1"),
        (lambda it: it.pop("account"), "damaged at account: a text belongs there"),
        (lambda it: it.update(issuer=None), "damaged at issuer: a text belongs there"),
        (lambda it: it.update(steps=[]), "damaged at steps: a list"),
        (lambda it: it.update(steps={}), "damaged at steps: a list"),
        (lambda it: it["steps"].append(3), r"damaged at steps\[3\]: an object"),
        (lambda it: it["steps"][1].update({"class": "manual"}), r"damaged at steps\[1\].class: 'manual'"),
        (lambda it: it["steps"][1].pop("reason"), r"damaged at steps\[1\].reason: a text"),
        (lambda it: it["steps"][1].update(mends="x"), r"damaged at steps\[1\].mends: a list"),
        (lambda it: it["steps"][0].pop("change"), r"damaged at steps\[0\].change: null"),
        (
            lambda it: it["steps"][0]["change"].pop("after"),
            r"damaged at steps\[0\].change: after is not there",
        ),
        (
            lambda it: it["steps"][0]["change"].update(more=1),
            r"damaged at steps\[0\].change: more is not known",
        ),
        (
            lambda it: it["steps"][0]["change"].update(after=[1]),
            r"damaged at steps\[0\].change.after\[0\]: 1",
        ),
        (lambda it: it["steps"][0]["change"].update({"is": "World"}), r"damaged at steps\[0\].change"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_its_place(
    edit: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        read(edited(edit), "plan.json")


@pytest.mark.parametrize("document", ["", "{", "[]", "null", '{"a": 1, "a": 2}', "[" * 100_000])
def test_what_is_not_even_an_object_is_refused(document: str) -> None:
    with pytest.raises(UsageError, match=r"plan\.json"):
        read(document, "plan.json")


def test_a_change_that_is_another_than_its_title_says_is_told() -> None:
    def edit(it: dict[str, Any]) -> None:
        it["steps"][0]["change"]["after"] = ["a", "c"]

    assert read(edited(edit), "plan.json").retold == (1,)


@pytest.mark.parametrize("name", FAULTS)
def test_the_plan_of_every_fault_goes_through_its_file_and_is_admitted_where_it_was_made(name: str) -> None:
    before = diagnose(FAULTS[name].apply(WORLD), CHECKS)
    made = planned("sandbox", before.world, of_fault(name).applied)
    if made.steps:
        again = read(text(made), "plan.json")
        assert [one.change for one in again.steps] == [one.change for one in made.steps]
        admit(again, before, CHECKS)
    else:
        with pytest.raises(UsageError, match="damaged at steps"):
            read(text(made), "plan.json")
