"""What an AWS service publishes of its actions, resource types and condition keys, as plain values.

The rules between them: https://docs.aws.amazon.com/service-authorization/latest/reference/
reference_policies_actions-resources-contextkeys.html
"""

from dataclasses import dataclass

from keystone_check.iam.match import glob


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource, and its ARN with `${…}` where a value stands."""

    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class Action:
    """An action of one service."""

    name: str
    """With the service's prefix: `s3:GetObject`."""
    resource_types: tuple[ResourceType, ...]
    """What it can be allowed on; none: on `*` only."""
    condition_keys: tuple[str, ...]
    """Every key that a request may set for it, with `*` where a tag's name stands."""

    def sets(self, key: str) -> bool:
        """Whether a request for this action may have the condition key."""
        return any(glob(known, ignore_case=True).fullmatch(key) for known in self.condition_keys)


@dataclass(frozen=True, slots=True)
class Service:
    """One service by its prefix."""

    prefix: str
    actions: tuple[Action, ...]
    resource_types: tuple[ResourceType, ...] = ()
    condition_keys: tuple[str, ...] = ()
    whole: bool = True
    """False where what is known of its actions' resources and keys may be a part only."""

    def matching(self, pattern: str) -> tuple[Action, ...]:
        """The actions that an entry of an Action element names."""
        wanted = glob(pattern, ignore_case=True)
        return tuple(action for action in self.actions if wanted.fullmatch(action.name))
