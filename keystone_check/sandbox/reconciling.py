"""What a healthy ACK controller has: its kinds, resources of some, and the least policy for these."""

from dataclasses import replace
from typing import Any

from keystone_check.knowledge.store import facts
from keystone_check.model.facts import Subjects
from keystone_check.model.operators import AckKind, Crd, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.ack.least import least
from keystone_check.operators.ack.requirement import Controller, Reconciled
from keystone_check.sandbox.launching import controls, unbounded
from keystone_check.sandbox.staffing import caller, put, seen

ARGUMENTS = ("--aws-region", "$(AWS_REGION)", "--enable-carm=true", "--watch-namespace", "")
USED = {"ec2": ("SecurityGroup", "VPC"), "s3": ("Bucket",)}
"""Kinds of which there are resources; of another service the first one."""
SHARED = (
    Crd("fieldexports.services.k8s.aws", "FieldExport", True, ("v1alpha1",), "v1alpha1", ("v1alpha1",)),
    Crd(
        "iamroleselectors.services.k8s.aws",
        "IAMRoleSelector",
        False,
        ("v1alpha1",),
        "v1alpha1",
        ("v1alpha1",),
    ),
)
"""What every controller's chart defines."""


def settings(region: str) -> dict[str, str]:
    """The variables of a controller, as its chart sets them."""
    return {
        "ACK_WATCH_NAMESPACE": "",
        "AWS_REGION": region,
        "DELETION_POLICY": "delete",
        "FEATURE_GATES": "ResourceAdoption=true,ReadOnlyResources=true",
        "RECONCILE_RESOURCES": "",
    }


def with_kinds(world: World, service: str, operator: Operator) -> World:
    """The world with the kinds of this service and a role that may do what its resources take."""
    known: dict[str, Any] = facts("ack", service)["kinds"]
    used = USED.get(service, tuple(known)[:1])
    kinds = {f"{it['plural']}.{it['group']}": _kind(world, service, kind, used) for kind, it in known.items()}
    crds = {crd.name: crd for crd in (*SHARED, *(_crd(kind, it) for kind, it in known.items()))}
    return replace(
        world,
        crds=Subjects(tuple(sorted({**dict(seen(world.crds)), **crds}.items()))),
        ack_kinds=Subjects(tuple(sorted({**dict(seen(world.ack_kinds)), **kinds}.items()))),
        permissions=put(seen(world.permissions), operator.role_arn, _permissions(world, service, used)),
    )


def _kind(world: World, service: str, kind: str, used: tuple[str, ...]) -> AckKind:
    return AckKind(kind, service, 1, (caller(world).region,)) if kind in used else AckKind(kind, service, 0)


def _crd(kind: str, told: dict[str, Any]) -> Crd:
    newest = told["versions"][-1]
    name = f"{told['plural']}.{told['group']}"
    return Crd(name, kind, True, tuple(told["versions"]), newest, (newest,))


def _permissions(world: World, service: str, used: tuple[str, ...]) -> Permissions:
    who = caller(world)
    kinds = tuple(Reconciled(kind, kind in used) for kind in facts("ack", service)["kinds"])
    documents = least(Controller(service, who.account, who.region, kinds, who.partition))
    return Permissions(
        inline=Subjects(tuple((document.name, document.text) for document in documents)),
        attached=Subjects(),
        boundary=unbounded(world, role=f"ack-{service}-controller"),
        controls=controls(world),
    )
