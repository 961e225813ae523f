"""The controllers of ACK that run here: what each reconciles, and what nobody here can know of it.

1. Kinds are those of the service that are defined here, within `reconcile.resources` where that is set.
2. A kind is in use where there is a resource of it.
3. Roles of other accounts are assumed where the map of CARM or an IAMRoleSelector names them.
4. A release newer than what is known is judged by what is known, and no judgement is called complete.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.iam.arns import read_role_arn
from keystone_check.knowledge.store import controllers
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import AckKind, Operator
from keystone_check.operators.ack.requirement import Controller, Reconciled
from keystone_check.operators.image import release
from keystone_check.operators.version import version

PRODUCT = "ack-"
SELECTOR = "iamroleselectors/"
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Running:
    """One controller."""

    name: str
    """`namespace/deployment`."""
    operator: Operator
    service: str
    doubt: str
    """Why no judgement about it is complete; empty where its release is known."""

    @property
    def known(self) -> bool:
        """Whether anything is known of what this service's controller asks."""
        return self.service in controllers()

    def flag(self, name: str) -> str:
        """The value of an argument, written either way; empty where it is not given."""
        arguments = self.operator.arguments
        for place, argument in enumerate(arguments):
            if argument.startswith(f"--{name}="):
                return argument.partition("=")[2]
            if argument == f"--{name}":
                following = arguments[place + 1] if place + 1 < len(arguments) else ""
                return "true" if following.startswith("--") else following
        return ""

    def gate(self, name: str) -> bool:
        """Whether a feature gate is on."""
        return f"{name}=true" in self.operator.settings.get("FEATURE_GATES", "")

    @property
    def carm(self) -> bool:
        """Whether it assumes roles by the ConfigMap."""
        return self.flag("enable-carm") in ("", "true")

    @property
    def region(self) -> str:
        """As it is told; empty where it is not."""
        told = self.flag("aws-region")
        return self.operator.settings.get("AWS_REGION", "") if told in ("", "$(AWS_REGION)") else told


def running(operators: Subjects[Operator]) -> Iterator[Running]:
    """Every controller that was read."""
    for name, operator in operators.seen():
        if operator.product.startswith(PRODUCT):
            service = operator.product.removeprefix(PRODUCT)
            yield Running(name, operator, service, _doubt(service, operator))


def _doubt(service: str, operator: Operator) -> str:
    """4."""
    if service not in controllers():
        return f"nothing is known here of what ACK's controller {service} asks"
    known, said = version(controllers()[service]["version"]), release(operator.image, operator.label)
    if said is None:
        return f"neither its image {operator.image} nor a label tells its release"
    if known is not None and said > known:
        return f"release {said} is newer than {known}, the newest that is known here"
    return ""


def kinds_of(one: Running, ack_kinds: Subjects[AckKind]) -> Iterator[tuple[str, AckKind | Absent | Missing]]:
    """1. Its kinds by `plural.group`."""
    wanted = {
        it.strip() for it in one.operator.settings.get("RECONCILE_RESOURCES", "").split(",") if it.strip()
    }
    group = f".{one.service}.services.k8s.aws"
    for name, found in ack_kinds:
        if isinstance(found, Absent | Missing):
            if name.endswith(group):
                yield name, found
        elif found.service == one.service and (not wanted or found.kind in wanted):
            yield name, found


def controller(
    one: Running,
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    caller: Caller | Missing,
) -> Controller | None:
    """What it is as far as what it asks depends on it; None without a role, or where nothing is known."""
    role = read_role_arn(one.operator.role_arn)
    if role is None or not one.known:
        return None
    kinds = [it for _, it in kinds_of(one, ack_kinds) if isinstance(it, AckKind)]
    return Controller(
        service=one.service,
        account=role.account,
        region=one.region or ("" if isinstance(caller, Missing) else caller.region),
        kinds=tuple(Reconciled(it.kind, it.count > 0, it.roles) for it in kinds),  # 2
        partition=role.partition,
        assumes=tuple(dict.fromkeys(_assumed(one, kinds, role_map))),
    )


def owners(kinds: list[AckKind]) -> tuple[str, ...]:
    """The accounts that the namespaces of its resources name."""
    return tuple(dict.fromkeys(account for it in kinds for account in it.owners))


def mapped(one: Running, account: str, role_map: Subjects[str] | Absent) -> str | Absent | Missing:
    """The role of an account in the ConfigMap: for this service, or for all."""
    if isinstance(role_map, Absent):
        return role_map
    own = role_map[f"{one.service}.{account}"]
    return own if isinstance(own, str) else role_map[account]


def _assumed(one: Running, kinds: list[AckKind], role_map: Subjects[str] | Absent) -> Iterator[str]:
    """3."""
    if one.carm:
        found = (mapped(one, account, role_map) for account in owners(kinds))
        yield from (role for role in found if isinstance(role, str) and role)
    if one.gate("IAMRoleSelector") and not isinstance(role_map, Absent):
        yield from (role for name, role in role_map.seen() if name.startswith(SELECTOR))
