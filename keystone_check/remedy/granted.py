"""The facts after a role's inline policy was written."""

from dataclasses import replace

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World


def granted(world: World, change: SetRolePolicy) -> World:
    """The world in which the role has that policy; IAM lists them by name."""
    if isinstance(world.permissions, Missing):
        return world
    held = world.permissions[change.role_arn]
    if not isinstance(held, Permissions) or isinstance(held.inline, Missing):
        return world
    if change.after is None:
        inline = held.inline.without(change.name)
    else:
        entries = held.inline.put(change.name, change.after).entries
        inline = Subjects(tuple(sorted(entries, key=lambda entry: entry[0])))
    return replace(world, permissions=world.permissions.put(change.role_arn, replace(held, inline=inline)))
