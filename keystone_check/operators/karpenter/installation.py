"""A Karpenter as far as what it asks of AWS depends on it."""

from dataclasses import dataclass, field

from keystone_check.operators.version import Version


@dataclass(frozen=True, slots=True)
class NodeClass:
    """What an EC2NodeClass has Karpenter ask for."""

    name: str
    uid: str = "*"
    node_role: str = ""
    """The ARN of the role that nodes get, path and all; empty when nobody could say: then any is asked."""
    makes_profile: bool = True
    """Whether Karpenter makes the instance profile: the class says `role`, and not `instanceProfile`."""
    alias: bool = False
    """Whether images come from an alias, which is an SSM parameter of AWS."""
    parameters: tuple[str, ...] = ()
    """SSM parameters of one's own that images come from, by name."""
    reservations: bool = False
    placement: bool = False
    keys: tuple[str, ...] = ()
    """ARNs of KMS keys that volumes are encrypted with."""
    pools: tuple[str, ...] = ("default",)
    """The node pools that launch it."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags of one's own for everything that is launched."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One Karpenter, its settings and its node classes."""

    version: Version
    cluster: str
    account: str
    region: str
    partition: str = "aws"
    queue: str = ""
    """The name of the interruption queue; empty: none is set."""
    isolated: bool = False
    """ISOLATED_VPC: no prices, and from 1.8.3 no tidying of instance profiles."""
    spot: bool = True
    eks: bool = False
    """Whether the settings make it ask EKS, which a self-hosted cluster has no use for."""
    node_classes: tuple[NodeClass, ...] = field(default=(NodeClass("default"),))
