"""What a repair does to a workload that runs."""

from dataclasses import dataclass

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""The annotation of the pod template by which kubectl restarts a workload."""


@dataclass(frozen=True, slots=True)
class RestartWorkload:
    """Have new pods made in place of those that run. Nothing undoes it: what ran has ended."""

    kind: str
    """`deployment`, `statefulset` or `daemonset`."""
    namespace: str
    name: str
    at: str
    """What the annotation says then: the moment at which the facts were seen, as `2026-11-25T20:35:06Z`."""
