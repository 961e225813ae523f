"""The policies of operators' roles, and what nodes start with, put into moto."""

from collections.abc import Iterator
from typing import Any

from keystone_check.iam.arns import read_role_arn
from keystone_check.model.aws import Role
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceProfile, NodeRole
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.probes.launching import SPOT_ROLE
from keystone_check.sandbox.aws import state
from keystone_check.sandbox.aws.account import Account

_EMPTY = '{"Version":"2012-10-17","Statement":[]}'
"""What stands for a policy of which nobody reads more than the ARN."""
_SPOT_PATH = "/aws-service-role/spot.amazonaws.com/"


def load(world: World, iam: Any, account: Account) -> None:
    """After the bound roles: their policies, the nodes' roles and profiles, and spot's role."""
    for arn, permissions in _entries(world.permissions):
        _load(world, account, arn, permissions)
    for _, role in _entries(world.node_roles):
        _make(iam, role)
        for arn in role.attached:
            state.attach(account.id, _name(role.arn), arn, _EMPTY)
    made = {_name(role.arn) for _, role in _entries(world.node_roles)}
    for name, profile in _entries(world.instance_profiles):
        for arn in set(profile.roles):
            if _name(arn) not in made:
                _make(iam, NodeRole(arn, _EMPTY))
                made.add(_name(arn))
        _profile(iam, name, profile)
    if world.spot_role is True:
        iam.create_role(Path=_SPOT_PATH, RoleName=SPOT_ROLE, AssumeRolePolicyDocument=_EMPTY)


def _load(world: World, account: Account, arn: str, permissions: Permissions) -> None:
    role, named = _roles(world).get(arn), read_role_arn(arn)
    if role is None or named is None:
        return
    for name, document in _texts(permissions.inline):
        state.put_inline(account.id, named.name, name, document)
    for policy, document in _texts(permissions.attached):
        state.attach(account.id, named.name, policy, document)
    if role.boundary and isinstance(permissions.boundary, str):
        state.put_managed(account.id, role.boundary, permissions.boundary)


def _roles(world: World) -> dict[str, Role]:
    return dict(world.roles.seen()) if isinstance(world.roles, Subjects) else {}


def _texts(held: Subjects[str] | Missing) -> Iterator[tuple[str, str]]:
    """What could not be read is there all the same."""
    for name, document in () if isinstance(held, Missing) else held:
        if not isinstance(document, Absent):
            yield name, document if isinstance(document, str) else _EMPTY


def _make(iam: Any, role: NodeRole) -> None:
    path = role.arn.partition(":role")[2].rpartition("/")[0]
    iam.create_role(Path=f"{path}/", RoleName=_name(role.arn), AssumeRolePolicyDocument=role.trust)


def _profile(iam: Any, name: str, profile: InstanceProfile) -> None:
    path = profile.arn.partition(":instance-profile")[2].rpartition("/")[0]
    iam.create_instance_profile(InstanceProfileName=name, Path=f"{path}/")
    for arn in profile.roles:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=_name(arn))


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _entries(held: Subjects[Any] | Absent | Missing) -> list[tuple[str, Any]]:
    return list(held.seen()) if isinstance(held, Subjects) else []
