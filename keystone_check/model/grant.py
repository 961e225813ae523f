"""An inline policy of a role: what a repair adds to the role's grants, or takes from them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetRolePolicy:
    """Write one inline policy of a role. None stands for having none of that name."""

    role_arn: str
    name: str
    before: str | None
    after: str | None
