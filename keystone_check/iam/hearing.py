"""Each layer asked by itself: what its policies deny, what they allow, what nobody could read."""

from collections.abc import Iterable, Iterator

from keystone_check.iam import elements, naming
from keystone_check.iam.language import Effect, Policy, PolicyKind, Statement
from keystone_check.iam.layers import Found, Given, Heard, Layer, Layers
from keystone_check.iam.policy import Reading
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.iam.verdicts import Unknown, Verdict
from keystone_check.model.facts import Missing

_ASSUMING = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
"""What a role's trust policy decides. https://docs.aws.amazon.com/service-authorization/latest/reference/
list_awssecuritytokenservice.html (actions on the resource type role)"""


def heard(layers: Layers, request: Request) -> Iterator[Heard]:
    """What every layer says that AWS asks for this caller."""
    yield _owner(layers, request)
    free = is_service_linked(layers, request)
    for level, given in enumerate(() if free else layers.rcps, 1):
        yield _layer(Layer.RCP, given, request, level)
    if not isinstance(request.principal, AwsPrincipal):
        return
    for level, given in enumerate(() if free else layers.scps, 1):
        yield _layer(Layer.SCP, given, request, level)
    if is_root(request.principal.arn):
        return
    yield _layer(Layer.IDENTITY, layers.identity, request)
    if layers.boundary:
        yield _layer(Layer.BOUNDARY, layers.boundary, request)
    # "If you do not pass a policy, then the resulting federated user session has no permissions"
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
    if layers.session or naming.is_federated_user(request.principal):
        yield _layer(Layer.SESSION, layers.session, request)


def is_assuming(layers: Layers, request: Request) -> bool:
    """Whether the resource is a role, and its policy a trust policy."""
    trusting = any(isinstance(item, Policy) and item.kind is PolicyKind.TRUST for item in layers.resource)
    # sts:SetContext has the session itself for a resource as well.
    asked = request.action.lower().startswith(_ASSUMING) and not request.resource.endswith(":self")
    return trusting or asked


def is_root(arn: str) -> bool:
    """Whether it is the ARN of an account's root user."""
    return arn.split(":")[-1] == "root"


def is_service_linked(layers: Layers, request: Request) -> bool:
    """Whether the caller is, or is a session of, a service-linked role."""
    arn = request.principal.arn if isinstance(request.principal, AwsPrincipal) else ""
    return any(":role/aws-service-role/" in known for known in (arn, layers.entity))


def _layer(layer: Layer, given: tuple[Given, ...], request: Request, level: int = 0) -> Heard:
    policies, unread = _read(given)
    denial = _or_unread(_first(policies, Effect.DENY, request), unread)
    grant = _or_unread(_first(policies, Effect.ALLOW, request), unread)
    return Heard(layer, denial, grant, level, unread, _policies=policies, _request=request)


def _owner(layers: Layers, request: Request) -> Heard:
    policies, unread = _read(layers.resource)
    found = naming.grants(policies, request, layers.entity)
    if unread:
        found = {name: _or_unread(item, unread) for name, item in found.items()}
    return Heard(
        Layer.TRUST if is_assuming(layers, request) else Layer.RESOURCE,
        _or_unread(naming.denial(policies, request, _bounded(layers), layers.entity), unread),
        naming.strongest(found),
        unread=unread,
        namings=found,
        _policies=policies,
        _request=request,
    )


def _bounded(layers: Layers) -> Verdict:
    absent = [item.because for item in layers.boundary if isinstance(item, Missing)]
    return Unknown(absent[0]) if absent else bool(layers.boundary)


def _read(given: Iterable[Given]) -> tuple[tuple[Policy, ...], tuple[Missing | str, ...]]:
    """The policies that can be read, and what keeps the others from it."""
    policies: list[Policy] = []
    unread: list[Missing | str] = []
    for item in given:
        match item:
            case Missing():
                unread.append(item)
            case Reading(policy=None):
                unread.append(f"a policy cannot be read: {item.because}")
            case Reading(policy=Policy() as policy) | (Policy() as policy):
                policies.append(policy)
    return tuple(policies), tuple(unread)


def _or_unread(found: Found, unread: tuple[Missing | str, ...]) -> Found:
    if isinstance(found, Statement) or not unread:
        return found
    first = unread[0]
    return Unknown(first.because if isinstance(first, Missing) else first)


def _first(policies: Iterable[Policy], effect: Effect, request: Request) -> Found:
    """The first statement of that effect that matches; else why one may; else None."""
    unknown: Unknown | None = None
    for policy in policies:
        for statement in policy.statements:
            verdict = elements.matches(statement, request) if statement.effect is effect else False
            if verdict is True:
                return statement
            if isinstance(verdict, Unknown):
                unknown = unknown or verdict
    return unknown
