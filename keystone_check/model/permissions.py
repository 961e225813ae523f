"""What decides what a role may do, beside whom it trusts."""

from dataclasses import dataclass, field

from keystone_check.model.facts import Absent, Missing, Subjects

_UNSEEN = Missing("", "nobody looked")


@dataclass(frozen=True, slots=True)
class Permissions:
    """Every policy in force for a role, as far as it could be read. Documents are texts, as stored."""

    inline: Subjects[str] | Missing
    """By name."""
    attached: Subjects[str] | Missing
    """By ARN, the default version's document."""
    boundary: str | Absent | Missing = _UNSEEN
    """The document. Absent: the role has none."""
    controls: tuple[Subjects[str], ...] | Absent | Missing = field(default=_UNSEEN)
    """Service control policies by the place they are attached to, the root first, each by policy id.
    Absent: the account is in no organization, or is its management account."""
