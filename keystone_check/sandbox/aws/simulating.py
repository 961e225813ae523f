"""SimulatePrincipalPolicy: what the policies of a role decide, as IAM's simulator tells it.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Iterator, Mapping
from itertools import product

from werkzeug.wrappers import Response

from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.model.facts import Subjects
from keystone_check.model.permissions import Permissions
from keystone_check.operators.granted import Granted, Law, Refused
from keystone_check.operators.need import Need
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import query_error, query_result


def simulated(account: Account, call: Call) -> Response:
    """By the role's policies; everyone else who signs in may do all but what is refused in this account."""
    source = call.form.get("PolicySourceArn", "")
    law = _law(account, source)
    if law is None and ":role/" in source:
        return query_error("iam", 404, "NoSuchEntity", f"The role with ARN {source} cannot be found.")
    resources = _listed(call.form, "ResourceArns") or ["*"]
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": _decided(account, law, _question(call, source, action, resource)),
        }
        for action, resource in product(_listed(call.form, "ActionNames"), resources)
    ]
    return query_result("iam", call.action, {"IsTruncated": "false", "EvaluationResults": results})


def _law(account: Account, source: str) -> Law | None:
    held = state.permissions(account.id, source)
    if not isinstance(held, Permissions):
        return None
    levels = tuple(Subjects(tuple(level.items())) for level in account.landscape.controls)
    return Law(Permissions(held.inline, held.attached, held.boundary, levels))


def _question(call: Call, source: str, action: str, resource: str) -> Need:
    context = dict(_context(call.form))
    return Need(Request(action, resource, AwsPrincipal(source), context), "", "", "")


def _decided(account: Account, law: Law | None, need: Need) -> str:
    if law is None:
        return "implicitDeny" if need.action in account.denied else "allowed"
    answer = law.answer(need)
    if isinstance(answer, Granted):
        return "allowed"
    return "explicitDeny" if isinstance(answer, Refused) and answer.explicit else "implicitDeny"


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
