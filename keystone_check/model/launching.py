"""What a Karpenter's objects name in AWS: roles and profiles of nodes, queues, networks, types, keys."""

from dataclasses import dataclass

from keystone_check.model.facts import Absent, Missing


@dataclass(frozen=True, slots=True)
class NodeRole:
    """A role that nodes get, as far as launching goes."""

    arn: str
    trust: str
    attached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """An instance profile that a node class names, or that Karpenter made."""

    arn: str
    roles: tuple[str, ...]
    """ARNs."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The interruption queue."""

    arn: str
    policy: str
    """Empty where there is none."""
    key: str = ""
    """The KMS key of its encryption; empty for SQS's own or none."""
    rules: tuple[tuple[str, str], ...] | Missing = ()
    """Name and event pattern of every EventBridge rule that targets it and is enabled."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a node class's selectors find: ids, sorted."""

    subnets: tuple[str, ...] | Missing
    security_groups: tuple[str, ...] | Missing
    images: tuple[str, ...] | Absent | Missing
    """Absent: Karpenter finds them by an alias or a parameter, which is not asked for here."""


@dataclass(frozen=True, slots=True)
class InstanceType:
    """An instance type that somebody asks for, as the region offers it."""

    name: str
    architectures: tuple[str, ...]
    """As EC2 writes them: `x86_64`, `arm64`."""
    capacity_types: tuple[str, ...]
    """As EC2 writes them: `on-demand`, `spot`, `capacity-block`."""


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key that volumes or a queue are encrypted with."""

    arn: str
    enabled: bool
    managed_by_aws: bool
    """Whether it is one of AWS's own keys, `alias/aws/…`, whose policy nobody can change."""
    policy: str | Missing
