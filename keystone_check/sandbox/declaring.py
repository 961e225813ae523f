"""A world's declaration as the files that it would be read from, and a declaration that fits a world."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from keystone_check.model.access import Access
from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.declared import (
    CAPACITY_TYPE,
    HOST,
    INSTANCE_TYPE,
    MANIFESTS,
    NIX,
    Declared,
    DeclaredOperator,
    DeclaredPool,
    Setting,
)
from keystone_check.model.facts import Subjects
from keystone_check.model.operators import KARPENTER
from keystone_check.model.world import World
from keystone_check.probes.profile import FLAGS
from keystone_check.sandbox.karpenter import CLASS, NODE_ROLE, POOL, TYPES
from keystone_check.sandbox.operators import with_ack, with_karpenter
from keystone_check.sandbox.staffing import seen

CONFIG = "/etc/rancher/k3s/config.yaml"


def declared(world: World) -> World:
    """The world with a Karpenter and an ACK controller, all of it declared by profile, host and manifests."""
    world = with_ack(with_karpenter(world), "s3")
    arguments = next(it for _, it in seen(world.server_arguments).seen())
    issuer = arguments.issuers[0]
    operators = {
        it.product: DeclaredOperator(it.account, it.role_arn) for _, it in seen(world.operators).seen()
    }
    pool = DeclaredPool(TYPES, ("on-demand", "spot"))
    said = (
        (
            NIX,
            Declared(
                issuer=issuer,
                operators=dict(sorted(operators.items(), reverse=True)),
                products=(KARPENTER, "ack"),
                pools={POOL: pool},
                settings=(Setting(FLAGS, arguments.written),),
            ),
        ),
        (HOST, Declared(settings=(Setting(CONFIG, arguments.written),))),
        (
            MANIFESTS,
            Declared(
                operators={KARPENTER: operators[KARPENTER]},
                accounts={operators[KARPENTER].account: operators[KARPENTER].role_arn},
                node_roles={CLASS: NODE_ROLE},
                pools={POOL: pool},
            ),
        ),
    )
    return replace(world, declared=Subjects(said))


def served(world: World, access: Access, folder: Path) -> Access:
    """The access with the files that hold what the world declares."""
    for name, one in world.declared.seen() if isinstance(world.declared, Subjects) else ():
        match name:
            case "nix":
                profile = folder / "profile.json"
                profile.write_text(json.dumps(_profile(one)), "utf-8")
                access = replace(access, nix=str(profile))
            case "host":
                access = replace(access, host=_host(one, folder / "host"))
            case _:
                manifest = folder / "manifests.yaml"
                manifest.write_text(json.dumps({"kind": "List", "items": _manifests(one)}), "utf-8")
                access = replace(access, manifests=(str(manifest),))
    return access


def _profile(one: Declared) -> Mapping[str, Any]:
    karpenter = one.operators.get(KARPENTER)
    pool = one.pools.get(POOL, DeclaredPool())
    ack = {name.removeprefix("ack-"): it for name, it in one.operators.items() if name != KARPENTER}
    return {
        "keystone": {
            "enable": True,
            "oidc": {"enable": bool(one.issuer), "issuerUrl": one.issuer},
            "operators": {
                "karpenter": {
                    "enable": karpenter is not None,
                    "iamRoleArn": karpenter.role_arn if karpenter else None,
                    "defaultNodePool": {
                        "instanceTypes": list(pool.instance_types),
                        "capacityTypes": list(pool.capacity_types),
                    },
                },
                "ack": {
                    "enable": bool(ack),
                    "controllers": list(ack),
                    "iamRoleArn": next((it.role_arn for it in ack.values()), None),
                },
            },
        },
        "extraFlags": [f"--kube-apiserver-arg={item}" for it in one.settings for item in it.written],
    }


def _host(one: Declared, root: Path) -> str:
    for setting in one.settings:
        file = root / setting.where.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        key = "kube-apiserver-arg+" if setting.adds else "kube-apiserver-arg"
        file.write_text(json.dumps({key: list(setting.written)}), "utf-8")
    return str(root)


def _manifests(one: Declared) -> list[Mapping[str, Any]]:
    return [
        *(_account(name, role_arn) for name, role_arn in one.accounts.items()),
        *(_pool(name, pool) for name, pool in one.pools.items()),
        *(
            {"kind": "EC2NodeClass", "metadata": {"name": name}, "spec": {"role": role}}
            for name, role in one.node_roles.items()
        ),
    ]


def _account(name: str, role_arn: str) -> Mapping[str, Any]:
    namespace, _, account = name.partition("/")
    metadata = {"namespace": namespace, "name": account, "annotations": {ROLE_ARN: role_arn}}
    return {"kind": "ServiceAccount", "metadata": metadata}


def _pool(name: str, pool: DeclaredPool) -> Mapping[str, Any]:
    said = ((INSTANCE_TYPE, pool.instance_types), (CAPACITY_TYPE, pool.capacity_types))
    requirements = [{"key": key, "operator": "In", "values": list(values)} for key, values in said if values]
    template = {"spec": {"requirements": requirements}}
    return {"kind": "NodePool", "metadata": {"name": name}, "spec": {"template": template}}
