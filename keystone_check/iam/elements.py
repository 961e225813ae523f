"""Whether each element of a statement matches a request."""

import re
from functools import lru_cache

from keystone_check.iam.arn_match import any_arn
from keystone_check.iam.conditions import Test, all_of, any_of, judge, negation
from keystone_check.iam.language import Principals, Statement
from keystone_check.iam.match import glob, has_variables, lacks_parts, reaches, resource_like
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
    return resources(statement)(request)


def resources(statement: Statement) -> Test:
    """The resources of a statement made ready."""
    return prepared(statement.resources, statement.not_resources, statement.variables)


@lru_cache(maxsize=4096)
def prepared(entries: tuple[str, ...], negated: bool, variables: bool) -> Test:
    """Patterns of a Resource or NotResource made ready; thousands of roles have few kinds of them."""
    if not entries:
        return lambda request: True
    templates = [entry for entry in entries if has_variables(entry, variables)]
    plain = [entry for entry in entries if entry not in templates]
    matched, far = any_arn(plain), [entry for entry in plain if reaches(entry)]
    if not templates and not far and not negated:
        return lambda request: matched(request.resource, request.parts)
    always = [*templates, *(entry for entry in far if lacks_parts(entry))]
    beyond = [*templates, *far]

    def test(request: Request) -> Verdict:
        parts = request.parts
        if matched(request.resource, parts):
            return not negated
        # Beyond a colon there is something only where the sixth part has one, or the pattern has fewer.
        others = beyond if parts and ":" in parts[5] else always
        if not others:
            return negated
        found = any_of([resource_like(entry, request.resource, request, variables) for entry in others])
        return negation(found) if negated else found

    return test


def principal(statement: Statement, request: Request) -> Verdict:
    """A policy without Principal stands on the principal itself."""
    if statement.principals is None:
        return True
    if statement.not_principals and isinstance(request.principal, AwsPrincipal):
        return negation(_spared(statement.principals, request.principal))
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
            return name in named.service
        case AwsPrincipal() as caller:
            if named.canonical:
                return any_of((_is_named(named, caller), Unknown("canonical user ids are not resolved here")))
            return _is_named(named, caller)


def _is_named(named: Principals, caller: AwsPrincipal) -> bool:
    """By its own ARN, by its role's, or by its account's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    names = {caller.arn, caller.account, _root(caller)}
    session = _SESSION.fullmatch(caller.arn)
    return any(entry in names or (session and _role_of(session, entry)) for entry in named.aws)


def _spared(named: Principals, caller: AwsPrincipal) -> Verdict:
    """Whether NotPrincipal leaves the caller out: it has to name the caller and its account.

    A session is named by its own ARN and its role's. Where one of them is missing, AWS says only that
    the caller "might" be denied; where another of the account is named, the caller is not left out.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    if named.everyone or named.canonical:
        return True if named.everyone else Unknown("canonical user ids are not resolved here")
    session = _SESSION.fullmatch(caller.arn)
    account = {caller.account, _root(caller)}
    itself = caller.arn in named.aws
    role = any(session and _role_of(session, entry) for entry in named.aws)
    above = bool(account & set(named.aws))
    if itself and above and (role or not session):
        return True
    others = any(entry.split(":")[4:5] == [caller.account] for entry in set(named.aws) - account)
    if itself or role or (above and not others):
        return Unknown("AWS says that NotPrincipal has to name the caller, its role and its account")
    return False


def _root(caller: AwsPrincipal) -> str:
    return ":".join((*caller.arn.split(":")[:2], "iam", "", caller.account, "root"))


def _role_of(session: re.Match[str], entry: str) -> bool:
    """A session's ARN leaves the role's path out."""
    prefix = f"arn:{session[1]}:iam::{session[2]}:role/"
    return entry.startswith(prefix) and entry.rsplit("/", 1)[-1] == session[3]
