"""SimulatePrincipalPolicy: what the policies of a role decide, as IAM's simulator tells it.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Iterable, Iterator, Mapping

from werkzeug.wrappers import Response

from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.opinion import ALLOWED, BOUNDARY, SCP, Opinion
from keystone_check.model.permissions import Permissions
from keystone_check.operators.simulated import Simulator
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import Tree, query_error, query_result

PAGE, MOST = 100, 1000
"""Answers on a page, unless more are asked for."""
_WORST = ("explicitDeny", "implicitDeny", ALLOWED)


def simulated(account: Account, call: Call) -> Response:
    """By the role's policies; everyone else who signs in may do all but what is refused in this account."""
    source = call.form.get("PolicySourceArn", "")
    law = law_of(account, source)
    if law is None and ":role/" in source:
        return query_error("iam", 404, "NoSuchEntity", f"The role with ARN {source} cannot be found.")
    actions = _listed(call.form, "ActionNames")
    if strange := next((it for it in actions if ":" not in it), None):
        return query_error("iam", 400, "InvalidInput", f"Invalid Entity: {strange}")
    results = [_result(account, law, call, source, action) for action in actions]
    first = int(call.form.get("Marker", "0"))
    last = first + min(MOST, int(call.form.get("MaxItems", PAGE)))
    more = {"IsTruncated": "true", "Marker": str(last)} if last < len(results) else {"IsTruncated": "false"}
    return query_result("iam", call.action, {**more, "EvaluationResults": results[first:last]})


def law_of(account: Account, role_arn: str) -> Simulator | None:
    """A role's policies, with the organization's; None for what is no role here."""
    held = state.permissions(account.id, role_arn)
    if not isinstance(held, Permissions):
        return None
    levels = tuple(Subjects(tuple(level.items())) for level in account.landscape.controls)
    controls = levels or Absent("controls", "no organization")
    return Simulator(
        Permissions(held.inline, held.attached, held.boundary, controls), account.landscape.unseen
    )


def _result(account: Account, law: Simulator | None, call: Call, source: str, action: str) -> Tree:
    """One for each action, and within it one for each resource that was named."""
    context = dict(_context(call.form))
    named = _listed(call.form, "ResourceArns") or ["*"]
    opinions = [_opinion(account, law, Request(action, it, AwsPrincipal(source), context)) for it in named]
    worst = min(opinions, key=lambda it: _WORST.index(it.decision))
    specific = {"ResourceSpecificResults": [_specific(it) for it in opinions]} if named != ["*"] else {}
    return {
        "EvalActionName": action,
        "EvalResourceName": "*",
        "EvalDecision": worst.decision,
        "MatchedStatements": _matched(dict.fromkeys(name for it in opinions for name in it.statements)),
        **_organizations(account, opinions),
        **_bounded(worst),
        **specific,
    }


def _specific(opinion: Opinion) -> Tree:
    return {
        "EvalResourceName": opinion.resource,
        "EvalResourceDecision": opinion.decision,
        "MatchedStatements": _matched(opinion.statements),
        **_bounded(opinion),
    }


def _matched(names: Iterable[str]) -> list[Tree]:
    return [{"SourcePolicyId": name} for name in names]


def _organizations(account: Account, opinions: Iterable[Opinion]) -> Tree:
    """Said of the whole result alone, and only in an organization."""
    if not account.landscape.controls and not account.landscape.unseen:
        return {}
    allowed = not any(SCP in it.refused_by for it in opinions)
    return {"OrganizationsDecisionDetail": {"AllowedByOrganizations": str(allowed).lower()}}


def _bounded(opinion: Opinion) -> Tree:
    refused = BOUNDARY in opinion.refused_by
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": "false"}} if refused else {}


def _opinion(account: Account, law: Simulator | None, request: Request) -> Opinion:
    if law is None:
        decision = "implicitDeny" if request.action in account.denied else ALLOWED
        return Opinion(request.action, request.resource, {}, decision)
    return law.opinion(request)


def _context(form: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    number = 1
    while key := form.get(f"ContextEntries.member.{number}.ContextKeyName"):
        yield key, tuple(_listed(form, f"ContextEntries.member.{number}.ContextKeyValues"))
        number += 1


def _listed(form: Mapping[str, str], name: str) -> list[str]:
    found: list[str] = []
    while (value := form.get(f"{name}.member.{len(found) + 1}")) is not None:
        found.append(value)
    return found
