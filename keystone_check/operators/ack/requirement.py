"""What an ACK controller asks of AWS.

1. A kind that has resources is read on every resync and written when one changes: both are needed.
2. A kind that is only installed may be used tomorrow: its actions are needed then, and not before.
3. A field that names a role is passed on; another account's role is assumed.
4. sts:GetCallerIdentity, which every controller starts with, needs no permission.

The actions were read from each controller's code, see `knowledge/ack`; `source` there says at which commit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keystone_check.iam.global_keys import CROSS_SERVICE_KEYS, GLOBAL_KEYS
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.knowledge.store import controllers, facts
from keystone_check.operators.need import Need
from keystone_check.operators.regions import REGION, region_asked

_KNOWN = ("aws:principalarn",)
_UNKNOWN = (
    *(key.lower() for key in (*GLOBAL_KEYS, *CROSS_SERVICE_KEYS) if key.lower() not in _KNOWN),
    "*:*",
)
"""What a controller sends is in the resources, which nobody here takes apart; its region is known."""

USED, INSTALLED, PASSED, ASSUMED = "in use", "installed", "role fields", "roles of other accounts"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A kind that the controller watches."""

    kind: str
    used: bool = True
    """Whether there is at least one resource of it."""
    roles: tuple[str, ...] = ()
    """ARNs of roles that its resources name, for AWS to use."""


@dataclass(frozen=True, slots=True)
class Controller:
    """One ACK controller as far as what it asks of AWS depends on it."""

    service: str
    account: str
    region: str
    kinds: tuple[Reconciled, ...]
    partition: str = "aws"
    assumes: tuple[str, ...] = ()
    """ARNs of the roles that CARM or a selector has it assume."""


def every_kind(service: str, *, used: bool = True) -> tuple[Reconciled, ...]:
    """All kinds of a service. KeyError for a service that no controller is known for."""
    return tuple(Reconciled(kind, used) for kind in controllers()[service]["kinds"])


def requirement(controller: Controller) -> tuple[Need, ...]:
    """Every request of this controller, each once: what is in use before what is only installed."""
    found: dict[tuple[str, str], Need] = {}
    for need in sorted(_needs(controller), key=lambda need: not need.hard):
        found.setdefault((need.action, need.resource), need)
    return tuple(found.values())


def _needs(controller: Controller) -> Iterator[Need]:
    known: Mapping[str, Any] = facts("ack", controller.service)["kinds"]
    for one in controller.kinds:
        told = known.get(one.kind, {})
        feature = USED if one.used else INSTALLED
        for verb, effect in (("reads", _READ), ("writes", _WRITTEN)):
            for action in told.get(verb, ()):
                request = _request(controller, action, "*")
                yield Need(request, feature, one.kind, effect, hard=one.used)
        for role in one.roles:
            yield Need(_request(controller, "iam:PassRole", role), PASSED, one.kind, _WRITTEN)
    for role in controller.assumes:
        yield Need(_request(controller, "sts:AssumeRole", role), ASSUMED, role, _UNASSUMED)


_READ = "ACK.ResourceSynced is Unknown and ACK.Recoverable True, although the resource may be healthy"
_WRITTEN = "ACK.Recoverable is True with AWS's text; after a partial create ACK.Terminal instead"
_UNASSUMED = "ACK.ResourceSynced is False: IAM Role is not available"


def _request(controller: Controller, action: str, resource: str) -> Request:
    name = f"ack-{controller.service}-controller"
    caller = f"arn:{controller.partition}:sts::{controller.account}:assumed-role/{name}/{name}"
    region = region_asked(action, controller.region, controller.partition)
    return Request(action, resource, AwsPrincipal(caller), {REGION: region} if region else {}, _UNKNOWN)
