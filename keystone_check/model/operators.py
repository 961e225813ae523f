"""What is read of Karpenter and ACK's controllers: installs, and their objects in the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field

KARPENTER = "karpenter"
"""The product of a Karpenter; an ACK controller's is `ack-` and its service."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A Deployment that works on AWS for the cluster."""

    product: str
    """`karpenter`, `ack-s3`."""
    account: str
    """Its service account, `namespace/name`."""
    role_arn: str
    """Of that account's annotation; empty where there is none."""
    image: str
    label: str
    """`app.kubernetes.io/version`; empty where there is none."""
    replicas: int
    ready: int
    settings: Mapping[str, str] = field(default_factory=dict)
    """Variables by name, of those alone that knowledge lists; `<secret>` where a value is not said."""
    arguments: tuple[str, ...] = ()
    static_keys: bool = False
    """Whether AWS_ACCESS_KEY_ID or a shared credentials file is given to it."""
    spread: bool = True
    """Whether its replicas have to be on different nodes."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an object's status."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Crd:
    """A CustomResourceDefinition of Karpenter or ACK."""

    name: str
    """`nodepools.karpenter.sh`."""
    kind: str
    namespaced: bool
    served: tuple[str, ...]
    storage: str
    stored: tuple[str, ...] = ()
    """Every version that objects may still be stored in (status.storedVersions)."""


@dataclass(frozen=True, slots=True)
class NodeClass:
    """An EC2NodeClass."""

    name: str
    uid: str
    role: str = ""
    """The name of the node role, with its path where it has one."""
    instance_profile: str = ""
    family: str = ""
    """amiFamily; empty where an alias says it."""
    aliases: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    """SSM parameters."""
    images: tuple[str, ...] = ()
    """Ids that amiSelectorTerms name."""
    image_terms: tuple[Mapping[str, str], ...] = ()
    """amiSelectorTerms that search: `name`, `owner`, and tags as `tag:NAME`."""
    subnets: tuple[Mapping[str, str], ...] = ()
    """subnetSelectorTerms: `id`, or tags as `tag:NAME`; the value `*` is any."""
    security_groups: tuple[Mapping[str, str], ...] = ()
    """securityGroupSelectorTerms: `id`, `name`, or tags as `tag:NAME`."""
    reservations: bool = False
    placement: bool = False
    keys: tuple[str, ...] = ()
    """KMS keys of its volumes: ARNs, ids or aliases as written."""
    tags: Mapping[str, str] = field(default_factory=dict)
    user_data: bool = False
    taint: bool = False
    """Whether the user data registers nodes with karpenter.sh/unregistered."""
    provider_id: bool = False
    """Whether the user data gives the kubelet a provider id."""
    made_profile: str = ""
    """The instance profile that Karpenter made for it (status.instanceProfile)."""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class NodePool:
    """A NodePool."""

    name: str
    node_class: str
    requirements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of `In` by label."""
    taints: tuple[str, ...] = ()
    """Of its nodes, `key=value:effect`."""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeClaim:
    """A NodeClaim."""

    name: str
    pool: str
    node_class: str
    node: str = ""
    """Its node's name, once there is one."""
    provider_id: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A node, as far as Karpenter has to find it again."""

    name: str
    provider_id: str
    version: str
    pool: str = ""
    """The node pool that made it."""
    taints: tuple[str, ...] = ()
    """`key=value:effect`, without those that the node lifecycle sets."""


@dataclass(frozen=True, slots=True)
class AckKind:
    """A kind of ACK in this cluster: how many resources there are, and those that are stuck."""

    kind: str
    service: str
    count: int
    regions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """ARNs that the resources' role fields name."""
    owners: tuple[str, ...] = ()
    """Accounts that the resources' namespaces name."""
    stuck: tuple[tuple[str, Condition], ...] = ()
    """ACK.Recoverable and ACK.Terminal that are True, by `namespace/name`; the first twenty."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A refusal that an operator's log or an object's condition already reports."""

    action: str
    """Empty where the text does not name it."""
    resource: str
    text: str
    """The line, redacted and cut."""
