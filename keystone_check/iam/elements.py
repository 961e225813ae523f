"""Whether each element of a statement matches a request."""

import re

from keystone_check.iam.conditions import all_of, any_of, judge, negation
from keystone_check.iam.language import Principals, Statement
from keystone_check.iam.match import arn_like, glob
from keystone_check.iam.request import Anonymous, AwsPrincipal, Federated, Request, Service, Unknown, Verdict

_SESSION = re.compile(r"arn:([a-z-]+):sts::(\d{12}):assumed-role/([^/]+)/.+")


def matches(statement: Statement, request: Request) -> Verdict:
    """Whether the statement applies: action, resource, principal and every condition."""
    if not action(statement, request):
        return False
    return all_of(
        (
            principal(statement, request),
            resource(statement, request),
            *(judge(condition, request, statement.variables) for condition in statement.conditions),
        )
    )


def action(statement: Statement, request: Request) -> bool:
    """Actions are not case-sensitive."""
    named = any(glob(entry, ignore_case=True).fullmatch(request.action) for entry in statement.actions)
    return named != statement.not_actions


def resource(statement: Statement, request: Request) -> Verdict:
    """Part by part of the ARN; a trust policy has no resource, it stands on one."""
    if not statement.resources:
        return True
    named = any_of(
        entry == request.resource == "*" or arn_like(entry, request.resource, request, statement.variables)
        for entry in statement.resources
    )
    return negation(named) if statement.not_resources else named


def principal(statement: Statement, request: Request) -> Verdict:
    """A policy without Principal stands on the principal itself."""
    if statement.principals is None:
        return True
    named = _names(statement.principals, request)
    return negation(named) if statement.not_principals else named


def _names(named: Principals, request: Request) -> Verdict:
    if named.everyone:
        return True
    match request.principal:
        case Anonymous():
            return False
        case Federated(arn):
            if arn not in named.federated and "*" in named.federated:
                return Unknown('AWS does not document what {"Federated": "*"} names')
            return arn in named.federated
        case Service(name):
            return name in named.service or "*" in named.service
        case AwsPrincipal() as caller:
            if named.canonical:
                return any_of((_is_named(named, caller), Unknown("canonical user ids are not resolved here")))
            return _is_named(named, caller)


def _is_named(named: Principals, caller: AwsPrincipal) -> bool:
    """By its own ARN, by its role's, or by its account's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    names = {caller.arn, caller.account}
    names.add(":".join((*caller.arn.split(":")[:2], "iam", "", caller.account, "root")))
    session = _SESSION.fullmatch(caller.arn)
    return any(entry in names or (session and _role_of(session, entry)) for entry in named.aws)


def _role_of(session: re.Match[str], entry: str) -> bool:
    """A session's ARN leaves the role's path out."""
    prefix = f"arn:{session[1]}:iam::{session[2]}:role/"
    return entry.startswith(prefix) and entry.rsplit("/", 1)[-1] == session[3]
