"""A service account does not name its role."""

from dataclasses import replace

from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.world import Binding, Expected, World
from keystone_check.sandbox.faults.editing import VICTIM, account_of
from keystone_check.sandbox.faults.fault import fault


@fault(breaks=("role_arn_is_well_formed", "sts_accepts_the_token"))
def role_arn_has_a_colon(world: World) -> World:
    """The annotation says `role:` where `role/` belongs."""
    right = account_of(world).role_arn
    bent = right.replace(":role/", ":role:")
    account = replace(account_of(world), annotations={ROLE_ARN: bent})
    absent = Absent(bent, f"{bent} is not a role ARN, so there is no role to look up")
    assert isinstance(world.accounts, Subjects)
    assert isinstance(world.roles, Subjects)
    return replace(
        world,
        expected=Expected(bindings=(Binding(account.namespace, account.name, right),)),
        accounts=world.accounts.put(VICTIM, account),
        roles=Subjects(tuple(sorted(world.roles.put(bent, absent), key=lambda entry: entry[0]))),
    )
