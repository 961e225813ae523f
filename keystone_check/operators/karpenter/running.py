"""The Karpenters that run here: what each is judged as, and what nobody here can know of it.

1. The release is the running image's tag, or else the label; never the chart's.
2. Without one, or with one newer than what is known, it is judged as the newest that is known, and no
   judgement is called complete.
3. Where AWS_REGION is not set, it is the nodes' region, or ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keystone_check.iam.arns import read_role_arn
from keystone_check.knowledge.store import minors
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceProfile, Key, NodeRole
from keystone_check.model.operators import KARPENTER, Node, NodePool, Operator
from keystone_check.model.operators import NodeClass as Written
from keystone_check.operators.image import release, repository
from keystone_check.operators.karpenter.installation import Installation, NodeClass
from keystone_check.operators.version import Version, version

CAPACITY = "karpenter.sh/capacity-type"
_OWN = "karpenter/controller"
_ON_AWS = "aws:///"


@dataclass(frozen=True, slots=True)
class Running:
    """One Karpenter."""

    name: str
    """`namespace/deployment`."""
    operator: Operator
    release: Version
    """What it is judged as."""
    doubt: str
    """Why no judgement about it is complete; empty where its release is known."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a Karpenter, as it was read."""

    node_classes: Subjects[Written] | Absent
    node_pools: Subjects[NodePool] | Absent
    node_roles: Subjects[NodeRole]
    instance_profiles: Subjects[InstanceProfile]
    keys: Subjects[Key]
    nodes: Subjects[Node]
    caller: Caller | Missing
    eks: bool = False


def running(operators: Subjects[Operator]) -> Iterator[Running]:
    """Every Karpenter that was read."""
    for name, operator in operators.seen():
        if operator.product == KARPENTER:
            known, doubt = _release(operator)
            yield Running(name, operator, known, doubt)


def _release(operator: Operator) -> tuple[Version, str]:
    """1, 2."""
    newest, oldest = _last(tuple(minors())[-1]), _last(next(iter(minors())))
    said = release(operator.image, operator.label)
    if said is None:
        return newest, f"neither its image {operator.image} nor a label tells its release"
    if not repository(operator.image).endswith(_OWN):
        image = repository(operator.image)
        return _known(said, newest, oldest), f"its image {image} is not Karpenter's own, and may ask for more"
    if said.line in minors():
        return said, ""
    if said > newest:
        return newest, f"release {said} is newer than {newest.line}, the newest that is known here"
    return oldest, f"release {said} is older than {oldest.line}, the oldest that is known here"


def _known(said: Version, newest: Version, oldest: Version) -> Version:
    return said if said.line in minors() else newest if said > newest else oldest


def _last(minor: str) -> Version:
    return max(found for tag in minors()[minor]["tags"] if (found := version(tag)))


def installation(one: Running, around: Around, minor: Version | None = None) -> Installation | None:
    """What this Karpenter is as far as what it asks depends on it; None without a role or a region."""
    role, region = read_role_arn(one.operator.role_arn), region_of(one, around)
    if role is None or not region:
        return None
    settings = one.operator.settings
    classes = () if isinstance(around.node_classes, Absent) else around.node_classes.seen()
    place = (role.partition, role.account)
    found = tuple(_node_class(written, around, *place) for _, written in classes)
    return Installation(
        version=minor or one.release,
        cluster=settings.get("CLUSTER_NAME", "*"),
        account=role.account,
        region=region,
        partition=role.partition,
        queue=queue_name(settings),
        isolated=settings.get("ISOLATED_VPC", "").lower() == "true",
        spot=any(asks_for_spot(pool) for _, pool in _pools(around)),
        eks=around.eks,
        node_classes=found or (NodeClass("default"),),
    )


def queue_name(settings: Mapping[str, str]) -> str:
    """The interruption queue's name, also where an ARN or a URL is given for it."""
    return settings.get("INTERRUPTION_QUEUE", "").rpartition("/")[2].rpartition(":")[2]


def region_of(one: Running, around: Around) -> str:
    """3. Empty where nothing tells."""
    set_to = one.operator.settings.get("AWS_REGION", "")
    zones = (node.provider_id.removeprefix(_ON_AWS) for _, node in around.nodes.seen() if on_aws(node))
    near = next((zone.partition("/")[0].rstrip("abcdef") for zone in zones), "")
    ours = "" if isinstance(around.caller, Missing) else around.caller.region
    return set_to or near or ours


def on_eks(cluster: Cluster) -> bool:
    """Whether the control plane is EKS's."""
    return "-eks-" in cluster.version


def on_aws(node: Node) -> bool:
    """Whether Karpenter can find the node's instance by its provider id."""
    return node.provider_id.startswith(_ON_AWS)


def asks_for_spot(pool: NodePool) -> bool:
    """Whether the pool names spot."""
    return "spot" in pool.requirements.get(CAPACITY, ())


def _pools(around: Around) -> Iterator[tuple[str, NodePool]]:
    if not isinstance(around.node_pools, Absent):
        yield from around.node_pools.seen()


def _node_class(written: Written, around: Around, partition: str, account: str) -> NodeClass:
    pools = tuple(name for name, pool in _pools(around) if pool.node_class == written.name)
    return NodeClass(
        name=written.name,
        uid=written.uid or "*",
        node_role=node_role_arn(written, around.node_roles, around.instance_profiles, partition, account),
        makes_profile=not written.instance_profile,
        alias=bool(written.aliases),
        parameters=written.parameters,
        reservations=written.reservations,
        placement=written.placement,
        keys=tuple(_key_arns(written, around.keys)),
        pools=pools or ("default",),
        tags=tuple(sorted(written.tags.items())),
    )


def _key_arns(written: Written, keys: Subjects[Key]) -> Iterator[str]:
    """AWS's own keys admit every principal of the account, and nothing has to be granted for them."""
    for name in written.keys:
        key = keys[name]
        if isinstance(key, Key):
            if not key.managed_by_aws:
                yield key.arn
        elif name.startswith("arn:") and ":key/" in name:
            yield name


def node_role_arn(
    written: Written,
    roles: Subjects[NodeRole],
    profiles: Subjects[InstanceProfile],
    partition: str,
    account: str,
) -> str:
    """The role that its nodes get, with its path; empty where a profile is named and nobody read it."""
    if written.role:
        found = node_role(written.role, roles)
        return (
            found.arn
            if isinstance(found, NodeRole)
            else f"arn:{partition}:iam::{account}:role/{written.role}"
        )
    profile = profiles[written.instance_profile]
    return profile.roles[0] if isinstance(profile, InstanceProfile) and profile.roles else ""


def node_role(name: str, roles: Subjects[NodeRole]) -> NodeRole | Absent | Missing:
    """A node role by its name, written with its path or without."""
    known = dict(roles)
    return known.get(name) or known.get(name.rpartition("/")[2]) or roles[name]
