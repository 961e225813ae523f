"""How a resource policy names the caller: what else has to allow depends on it.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
…/reference_policies_evaluation-logic_policy-eval-denyallow.html (Resource-based policies)
"""

from collections.abc import Iterable
from dataclasses import replace

from keystone_check.iam import elements
from keystone_check.iam.language import Effect, Policy, Principals, Statement
from keystone_check.iam.layers import Found, Naming
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.iam.verdicts import Unknown, Verdict, all_of, any_of


def grants(policies: Iterable[Policy], request: Request, entity: str) -> dict[Naming, Found]:
    """For each way of naming the caller, the first statement that allows and names it so."""
    found: dict[Naming, Found] = dict.fromkeys(Naming)
    for statement in _having(policies, Effect.ALLOW):
        naming = named(statement, request, entity)
        if naming is None:
            continue
        verdict = elements.matches(_for_all(statement), request)
        if verdict is False:
            continue
        if isinstance(naming, Unknown):
            verdict, naming = naming, Naming.CALLER
        if verdict is True and not isinstance(found[naming], Statement):
            found[naming] = statement
        elif isinstance(verdict, Unknown):
            found[naming] = found[naming] or verdict
    return found


def strongest(found: dict[Naming, Found]) -> Found:
    """Any grant, however it names the caller."""
    statements = [item for item in found.values() if isinstance(item, Statement)]
    return statements[0] if statements else next((item for item in found.values() if item), None)


def named(statement: Statement, request: Request, entity: str) -> Naming | Unknown | None:
    """The strongest way in which an allowing statement names the caller."""
    whole = elements.principal(statement, request)
    if statement.not_principals and whole is not False:
        # "Using it with "Effect":"Allow" is not supported" (NotPrincipal element)
        return Unknown("AWS does not support NotPrincipal with Allow")
    if not isinstance(request.principal, AwsPrincipal) or statement.principals is None:
        return whole if isinstance(whole, Unknown) else Naming.CALLER if whole else None
    ways = [_entry(entry, request.principal, request, entity) for entry in statement.principals.aws]
    for naming in Naming:
        if naming in ways:
            return naming
    return next((way for way in (*ways, whole) if isinstance(way, Unknown)), None)


def _entry(entry: str, caller: AwsPrincipal, request: Request, entity: str) -> Naming | Unknown | None:
    _, partition, _, _, account, name = (caller.arn.split(":", 5) + [""] * 6)[:6]
    # "The principal that makes the request is the IAM role session": a role's own ARN never names it.
    if entry == "*" or (entry == caller.arn and not name.startswith("role/")):
        return Naming.CALLER
    if entry in (account, f"arn:{partition}:iam::{account}:root"):
        return Naming.ACCOUNT
    if entry == entity or elements.principal(_alone(entry), request) is True:
        return Naming.ENTITY
    if not entity and is_federated_user(caller) and entry.startswith(f"arn:{partition}:iam::{account}:user/"):
        return Unknown(f"{entry} may be the user that {caller.arn} stands for")
    return None


def denial(policies: Iterable[Policy], request: Request, bounded: Verdict, entity: str) -> Found:
    """The first statement that denies. `bounded`: whether the caller has a permissions boundary."""
    unknown: Unknown | None = None
    for statement in _having(policies, Effect.DENY):
        verdict = _denies(statement, request, bounded, entity)
        if verdict is True:
            return statement
        if isinstance(verdict, Unknown):
            unknown = unknown or verdict
    return unknown


def _denies(statement: Statement, request: Request, bounded: Verdict, entity: str) -> Verdict:
    verdict = elements.matches(statement, request)
    if verdict is not False or not isinstance(request.principal, AwsPrincipal) or not statement.principals:
        return verdict
    caller = request.principal
    if statement.not_principals:
        also: Verdict = any_of((bounded, _half_excepted(statement.principals, caller, request)))
    else:
        also = _of_its_user(statement.principals, caller, entity)
    return also and all_of((also, elements.matches(_for_all(statement), request)))


def _half_excepted(excepted: Principals, caller: AwsPrincipal, request: Request) -> Verdict:
    """Whether NotPrincipal leaves out the account, or the role, of a caller that it excepts.

    Sources: "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a
    permissions boundary"; "you must also specify the account ARN of the not-denied principal. Otherwise,
    the policy might deny access" (…/reference_policies_elements_notprincipal.html).
    """
    _, partition, service, _, account, name = (caller.arn.split(":", 5) + [""] * 6)[:6]
    if excepted.everyone:
        return False
    if not {account, f"arn:{partition}:iam::{account}:root"} & set(excepted.aws):
        return Unknown(f"NotPrincipal leaves out the account of {caller.arn}, which may deny it")
    session = service == "sts" and name.startswith("assumed-role/")
    roles = [entry for entry in excepted.aws if ":role/" in entry]
    named_role = any(elements.principal(_alone(role), request) is True for role in roles)
    if session and caller.arn in excepted.aws and not named_role:
        return Unknown(f"NotPrincipal leaves out the role of {caller.arn}, which may deny it")
    return False


def _of_its_user(denied: Principals, caller: AwsPrincipal, entity: str) -> Verdict:
    if is_federated_user(caller) and entity and entity in denied.aws:
        return Unknown(f"AWS does not document whether a denial of {entity} reaches {caller.arn}")
    return False


def is_federated_user(caller: AwsPrincipal) -> bool:
    """Whether it is a session of sts:GetFederationToken."""
    return ":sts:" in caller.arn and caller.arn.split(":")[-1].startswith("federated-user/")


def _having(policies: Iterable[Policy], effect: Effect) -> list[Statement]:
    return [statement for policy in policies for statement in policy.statements if statement.effect is effect]


def _for_all(statement: Statement) -> Statement:
    return replace(statement, principals=None, not_principals=False)


def _alone(entry: str) -> Statement:
    return Statement("", "", Effect.ALLOW, (), (), Principals(aws=(entry,)))
