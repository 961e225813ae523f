"""Each documented case, decided: `fixtures/iam/cases/` holds AWS's rule, its page and the decision."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from keystone_check.iam.evaluate import Allowed, Decision, Denied, Undecided, decide
from keystone_check.iam.language import OPERATORS, PolicyKind
from keystone_check.iam.policy import Reading, read
from keystone_check.iam.request import Anonymous, AwsPrincipal, Federated, Principal, Request, Service

FILES = sorted(Path(__file__).parents[2].joinpath("fixtures", "iam", "cases").glob("*.json"))
CASES: list[dict[str, Any]] = [case for file in FILES for case in json.loads(file.read_text())]
DECIDED = [case for case in CASES if "request" in case]
READ = [case for case in CASES if "request" not in case]
PAGE = re.compile(
    r"https://docs\.aws\.amazon\.com/(IAM/latest/UserGuide|AmazonS3/latest/userguide)/[\w.-]+\.html"
)
FORMS = {"match", "mismatch", "missing"}
SETS = {f"for-{which}-{form}" for which in ("all", "any") for form in FORMS}
EXISTS = {f"if-exists-{form}" for form in FORMS}
CONTRADICTED = {("StringNotLike", "for-all-missing")}
"""A table on the operators' page says the contrary of the prose on the page of multivalued keys."""


def principal_of(written: object) -> Principal:
    match written:
        case {"AWS": str(arn)}:
            return AwsPrincipal(arn)
        case {"Federated": str(arn)}:
            return Federated(arn)
        case {"Service": str(name)}:
            return Service(name)
        case _:
            assert written == "anonymous"
            return Anonymous()


def request_of(written: Mapping[str, Any]) -> Request:
    context = {
        key: tuple(values) if isinstance(values, list) else values
        for key, values in written["context"].items()
    }
    unknown = tuple(key.lower() for key in written.get("unknown", ()))
    who = principal_of(written["principal"])
    return Request(written["action"], written["resource"], who, context, unknown)


def reading_of(policy: Mapping[str, Any]) -> Reading:
    text = policy["text"] if "text" in policy else json.dumps(policy["document"])
    return read(text, PolicyKind(policy["kind"]))


def named(decision: Decision) -> str:
    match decision:
        case Allowed():
            return "allow"
        case Denied(statement):
            return "explicit deny" if statement else "deny"
        case Undecided():
            return "undecided"


@pytest.mark.parametrize("case", DECIDED, ids=lambda case: str(case["id"]))
def test_what_aws_documents_is_what_is_decided(case: dict[str, Any]) -> None:
    readings = [reading_of(policy) for policy in case["policies"]]
    decision = decide(readings, request_of(case["request"]))
    assert named(decision) == case["decision"], (case["rule"], decision, [r.because for r in readings])


@pytest.mark.parametrize("case", READ, ids=lambda case: str(case["id"]))
def test_what_aws_documents_of_the_text_is_told_with_its_place(case: dict[str, Any]) -> None:
    (policy,) = case["policies"]
    reading = reading_of(policy)
    assert (reading.policy is None) == (case["decision"] == "refused"), reading
    told = [problem for problem in reading.problems if problem.place == case["place"]]
    assert any(case["says"] in problem.message for problem in told), reading.problems


def test_there_are_at_least_250_cases_each_with_its_own_name() -> None:
    ids = [case["id"] for case in CASES]
    assert len(set(ids)) == len(ids) >= 250


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_every_case_names_its_page_and_its_rule(file: Path) -> None:
    for case in json.loads(file.read_text()):
        assert case["id"].startswith(f"{file.stem}-")
        assert PAGE.fullmatch(case["page"]), case["id"]
        assert len(case["rule"]) > 10, case["id"]


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_every_operator_is_there_in_every_form(operator: str) -> None:
    forms = {case["form"] for case in CASES if case.get("operator") == operator}
    needed = FORMS if operator == "Null" else FORMS | SETS | EXISTS
    assert {form for form in needed if (operator, form) not in CONTRADICTED} <= forms


def test_every_operator_that_has_a_negation_is_there_with_it() -> None:
    there = {case["operator"] for case in CASES if "operator" in case}
    assert there == OPERATORS
    assert {operator.replace("Not", "", 1) for operator in there if "Not" in operator} < there
