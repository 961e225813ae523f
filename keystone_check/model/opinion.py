"""What AWS itself answers about an operator's requests: its policy simulator, and EC2 to dry runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keystone_check.model.facts import Absent, Missing

ALLOWED = "allowed"
BOUNDARY, SCP = "permissions boundary", "service control policy"


@dataclass(frozen=True, slots=True)
class Opinion:
    """IAM's simulator on one request."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]]
    """The condition keys that it was told, with their values."""
    decision: str
    """`allowed`, `explicitDeny`, `implicitDeny`."""
    statements: tuple[str, ...] = ()
    """What matched: policies by the name that the simulator gives, each with its lines."""
    refused_by: tuple[str, ...] = ()
    """The layers beside identity policies that do not allow it, as AWS calls them."""
    lacking: tuple[str, ...] = ()
    """Condition keys that the policies ask for and nobody told the simulator."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """What it says of all that one operator asks."""

    given: tuple[Opinion, ...] = ()
    gaps: tuple[Missing, ...] = ()
    """Requests that it did not judge, and why."""


WOULD, WOULD_NOT = "DryRunOperation", "UnauthorizedOperation"
"""EC2's two answers to a dry run that decide; whatever else it says decides nothing.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html"""
FULFILLED = "Request would have succeeded, but DryRun flag is set."


@dataclass(frozen=True, slots=True)
class DryRun:
    """A call to EC2 with the operator's own credentials that changes nothing. Of these nothing is kept."""

    operation: str
    """`ec2:RunInstances`."""
    node_class: str
    """Empty where it is about none."""
    told: Mapping[str, str] = field(default_factory=dict)
    """The parameters that matter."""
    code: str = ""
    """`DryRunOperation` where it would have been done; empty where EC2 simply answered."""
    message: str = ""
    """In EC2's words, without the encoded authorization message."""


@dataclass(frozen=True, slots=True)
class DryRuns:
    """Every such call of one operator."""

    made: tuple[DryRun, ...] = ()
    left: tuple[Absent | Missing, ...] = ()
    """Calls that were not made, or that nobody answered, and why."""
