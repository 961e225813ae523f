"""What IAM's policy simulator says of all that operators ask of their roles.

It judges the policies that are in force, those that we may not read as well, and calls nothing:
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.opinion import ALLOWED, BOUNDARY, SCP, Opinion, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.operators.asking import Inquiry
from keystone_check.operators.simulated import Context, Key, Question, key_of, key_of_opinion, questions
from keystone_check.probes import operator_rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws

PAGE = 1000
"""Answers on a page: the most that IAM gives."""
_INVALID = "InvalidInput"


def opinions(aws: Aws, asking: Iterable[Inquiry], permissions: Subjects[Permissions]) -> Subjects[Opinions]:
    """By operator. A role whose policies are not there, or not our account's, is not asked about."""
    return Subjects(tuple((one.name, _of(aws, one, permissions[one.role_arn])) for one in asking))


def _of(aws: Aws, one: Inquiry, held: Permissions | Absent | Missing) -> Opinions | Absent | Missing:
    if one.gap:
        return one.gap
    if not one.role_arn:
        return unbound(one.name)
    if not isinstance(held, Permissions):
        return held
    asked = questions(one.needs)
    answers = side_by_side(lambda question: tuple(_asked(aws, one.role_arn, question)), asked)
    found = tuple(it for answer in answers for it in answer)
    given = {key_of_opinion(it): it for it in found if isinstance(it, Opinion)}
    gaps = tuple(it for it in found if isinstance(it, Missing))
    if gaps and not given:
        return Missing(one.name, gaps[0].because, gaps[0].permission)
    return Opinions(in_order(map(key_of, one.needs), given), gaps)


def unbound(name: str) -> Absent:
    """An operator without a role: there is nobody to ask about."""
    return Absent(name, f"{name} has no role to ask about")


def in_order(asked: Iterable[Key], given: Mapping[Key, Opinion]) -> tuple[Opinion, ...]:
    """The answers to what was asked, each once, in the order of the needs; what else came is dropped."""
    return tuple(given[key] for key in dict.fromkeys(asked) if key in given)


def _asked(aws: Aws, role_arn: str, question: Question) -> Iterator[Opinion | Missing]:
    """One question. Of one that IAM calls invalid each half is asked alone: the rest has its answer then."""
    try:
        yield from _answered(aws, role_arn, question)
    except ReadError as refusal:
        if refusal.code == _INVALID and len(question.actions) * len(question.resources) > 1:
            for half in _halves(question):
                yield from _asked(aws, role_arn, half)
        else:
            yield refusal.missing(question.about)


def _answered(aws: Aws, role_arn: str, question: Question) -> tuple[Opinion, ...]:
    return tuple(
        aws.pages(
            operator_rights.SIMULATE,
            "Marker",
            lambda page: (it for result in page["EvaluationResults"] for it in _read(result, question)),
            PolicySourceArn=role_arn,
            ActionNames=list(question.actions),
            ResourceArns=list(question.resources),
            ContextEntries=[_entry(*entry) for entry in question.context],
            MaxItems=PAGE,
        )
    )


def _halves(question: Question) -> Iterator[Question]:
    actions, resources = question.actions, question.resources
    if len(actions) > 1:
        for some in _halved(actions):
            yield Question(some, resources, question.context)
    else:
        for some in _halved(resources):
            yield Question(actions, some, question.context)


def _halved(items: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    middle = len(items) // 2
    return items[:middle], items[middle:]


def _entry(key: str, values: tuple[str, ...]) -> dict[str, Any]:
    """All that operators are known to send are texts; of a key that has many the type says so."""
    kind = "string" if len(values) == 1 and key.lower() != "aws:tagkeys" else "stringList"
    return {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": list(values)}


def _read(result: Mapping[str, Any], question: Question) -> Iterator[Opinion]:
    """By resource where IAM answers so; the name beside the whole result is then a template."""
    organization = result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True)
    specific = result.get("ResourceSpecificResults") or ()
    for one in specific:
        yield _opinion(
            result, one, one["EvalResourceName"], one["EvalResourceDecision"], organization, question.context
        )
    if not specific:
        resource = question.resources[0] if len(question.resources) == 1 else result["EvalResourceName"]
        yield _opinion(result, result, resource, result["EvalDecision"], organization, question.context)


def _opinion(
    result: Mapping[str, Any],
    one: Mapping[str, Any],
    resource: str,
    decision: str,
    organization: bool,
    context: Context,
) -> Opinion:
    bounded = (
        one.get("PermissionsBoundaryDecisionDetail") or result.get("PermissionsBoundaryDecisionDetail") or {}
    )
    layers = {BOUNDARY: bounded.get("AllowedByPermissionsBoundary", True), SCP: organization}
    return Opinion(
        action=result["EvalActionName"],
        resource=resource,
        context=dict(context),
        decision=decision,
        statements=tuple(map(_statement, one.get("MatchedStatements") or ())),
        refused_by=() if decision == ALLOWED else tuple(it for it, allows in layers.items() if not allows),
        lacking=tuple(sorted(one.get("MissingContextValues") or ())),
    )


def _statement(matched: Mapping[str, Any]) -> str:
    name = str(matched.get("SourcePolicyId", ""))
    line = matched.get("StartPosition", {}).get("Line")
    return f"{name}, line {line}" if line else name
