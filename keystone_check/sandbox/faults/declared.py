"""What is declared is not what runs."""

from dataclasses import replace
from typing import Any

from keystone_check.model.declared import (
    HOST,
    MANIFESTS,
    NIX,
    Declared,
    DeclaredOperator,
    DeclaredPool,
    Setting,
)
from keystone_check.model.operators import KARPENTER
from keystone_check.model.servers import ISSUER
from keystone_check.model.world import World
from keystone_check.sandbox.declaring import CONFIG, declared
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.karpenter import CLASS, POOL
from keystone_check.sandbox.staffing import seen

DROP_IN = f"{CONFIG}.d/50-audit.yaml"
FIRST = f"{CONFIG}.d/10-issuer.yaml"
FORMER = "https://oidc.former.example"


def _with(world: World, source: str, **changed: Any) -> World:
    """The world in which one declaration says something else."""
    one = _said(world, source)
    return replace(world, declared=seen(world.declared).put(source, replace(one, **changed)))


def _said(world: World, source: str) -> Declared:
    one = seen(world.declared)[source]
    assert isinstance(one, Declared)
    return one


def _written(world: World) -> tuple[str, ...]:
    return _said(world, HOST).settings[0].written


@fault(breaks=("declared_issuer_signs",), on=declared)
def profile_names_another_issuer(world: World) -> World:
    """The profile declares an issuer that was never rolled out."""
    return _with(world, NIX, issuer=FORMER, settings=())


@fault(breaks=("declared_roles_are_annotated",), on=declared)
def profile_names_another_role(world: World) -> World:
    """The profile gives Karpenter a role that its service account does not have."""
    said = _said(world, NIX).operators
    other = DeclaredOperator(said[KARPENTER].account, f"{said[KARPENTER].role_arn}-new")
    return _with(world, NIX, operators={**said, KARPENTER: other})


@fault(breaks=("declared_operators_run",), on=declared)
def profile_names_a_controller_that_does_not_run(world: World) -> World:
    """The profile lists ACK's controller of EC2, and it does not run."""
    said = _said(world, NIX).operators
    missing = DeclaredOperator("ack-system/ack-ec2-controller", said["ack-s3"].role_arn)
    return _with(world, NIX, operators={**said, "ack-ec2": missing})


@fault(breaks=("declared_operators_run",), on=declared)
def profile_turns_off_what_runs(world: World) -> World:
    """The profile has turned ACK off, and its controller still runs."""
    said = _said(world, NIX).operators
    return _with(world, NIX, operators={KARPENTER: said[KARPENTER]})


@fault(breaks=("declared_node_pools_are_the_live",), on=declared)
def node_pool_was_edited(world: World) -> World:
    """The profile asks for spot alone, and the pool takes on-demand too."""
    pool = _said(world, NIX).pools[POOL]
    return _with(world, NIX, pools={POOL: DeclaredPool(pool.instance_types, ("spot",))})


@fault(breaks=("declared_node_classes_name_the_role",), on=declared)
def manifest_names_another_node_role(world: World) -> World:
    """The manifest of the node class names another role than the class has."""
    return _with(world, MANIFESTS, node_roles={CLASS: "KarpenterNodeRole-former"})


@fault(breaks=("declared_arguments_are_the_servers",), on=declared)
def host_was_edited_and_not_restarted(world: World) -> World:
    """The configuration file has a shorter token life than the server that runs."""
    written = (*_written(world), "service-account-max-token-expiration=24h0m0s")
    return _with(world, HOST, settings=(Setting(CONFIG, written),))


@fault(
    breaks=("declared_arguments_sign_for_the_public_issuer", "declared_arguments_are_the_servers"),
    on=declared,
)
def host_appends_the_issuer(world: World) -> World:
    """The configuration file appends the issuer with +=, so that K3s's default stays first."""
    issuer = _said(world, NIX).issuer
    return _with(world, HOST, settings=(Setting(CONFIG, (f"{ISSUER}+={issuer}",)),))


@fault(breaks=("no_file_takes_anothers_arguments",), on=declared)
def drop_in_takes_the_issuer_away(world: World) -> World:
    """A drop-in sets kube-apiserver-arg for an audit log, and an earlier one's issuer is gone."""
    settings = (Setting(FIRST, _written(world)), Setting(DROP_IN, ()))
    return _with(world, HOST, settings=settings)


@fault(breaks=("arguments_are_given_once", "declared_arguments_are_the_servers"), on=declared)
def issuer_is_declared_twice(world: World) -> World:
    """A drop-in adds the issuer that the first file has already."""
    written = _written(world)
    settings = (Setting(CONFIG, written), Setting(DROP_IN, written[:1], adds=True))
    return _with(world, HOST, settings=settings)
