"""From which issuer to which: the one that leaves is the tokens' own, or what traces of it are left tell."""

from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.errors import KeystoneError, UsageError
from keystone_check.iam.arns import provider_arn
from keystone_check.iam.oidc import public_url_problem
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import World
from keystone_check.rehearsal import trusts
from keystone_check.rehearsal.stage import accepted_issuers


@dataclass(frozen=True, slots=True)
class Change:
    """From which issuer to which, with their providers."""

    old: str
    new: str
    old_arn: str
    new_arn: str


def change_of(world: World, new: str, earlier: World | None = None) -> Change:
    """What changes; KeystoneError where there is nothing to change from."""
    if isinstance(world.issuer, Missing):
        raise KeystoneError(f"the cluster has no issuer to change from: {world.issuer.because}")
    if isinstance(world.caller, Missing):
        raise KeystoneError(f"nobody can tell which account has the provider: {world.caller.because}")
    old = former(world, world.issuer, new, earlier)
    if not old:
        raise UsageError(
            f"tokens name {new} already, and neither API servers nor roles name a former issuer",
            "the change is over, but for the former provider in IAM: which it was is told by a snapshot "
            "of before, --resume FILE",
        )
    return Change(old, new, *(_arn(world.caller, url) for url in (old, new)))


def former(world: World, issuer: Issuer, new: str, earlier: World | None = None) -> str:
    """The issuer that leaves; empty where no trace of one is left.

    A provider alone is none: it may be that of another cluster.
    """
    if issuer.url != new:
        return issuer.url
    before = earlier.issuer if earlier else None
    left = (*_traces(world), *((before.url,) if isinstance(before, Issuer) else ()))
    return next((url for url in left if url != new and not public_url_problem(url)), "")


def _arn(caller: Caller, issuer: str) -> str:
    return provider_arn(caller.partition, caller.account, issuer)


def _traces(world: World) -> Iterator[str]:
    yield from accepted_issuers(world)
    for _, role in world.roles.seen() if isinstance(world.roles, Subjects) else ():
        yield from (f"https://{arn.partition(':oidc-provider/')[2]}" for arn in trusts.federated(role.trust))
