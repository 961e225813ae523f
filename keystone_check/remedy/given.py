"""What new pods are given once an annotation is another."""

from dataclasses import replace

from keystone_check.model.cluster import (
    AUDIENCE,
    LEAST_SECONDS,
    REGIONAL_ENDPOINTS,
    ROLE_ARN,
    TOKEN_EXPIRATION,
    ServiceAccount,
)
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.injection import (
    DEFAULT_TOKEN,
    ROLE,
    STS_ENDPOINTS,
    Container,
    DryRun,
    Shape,
    Variable,
    Volume,
)
from keystone_check.model.world import World
from keystone_check.model.written import truth, whole


def injections_followed(before: World, after: World) -> World:
    """`after` with the dry runs of the accounts whose annotations changed.

    Where pods were given nothing before, only a look can tell what they are given now.
    """
    facts = (before.accounts, after.accounts, after.injections)
    if any(isinstance(fact, Missing) for fact in facts):
        return after
    assert isinstance(before.accounts, Subjects)
    assert isinstance(after.accounts, Subjects)
    assert isinstance(after.injections, Subjects)
    injections, old = after.injections, dict(before.accounts.seen())
    for name, account in after.accounts.seen():
        former, shown = old.get(name), injections[name]
        if former is None or former.annotations == account.annotations or not isinstance(shown, DryRun):
            continue
        audience = after.expected.audience
        known = _given(shown, former, account, audience) if former.role_arn else None
        given = known or as_another(before, account, audience) or _unknown(name)
        injections = injections.put(name, given)
    return replace(after, injections=injections)


def _unknown(name: str) -> Missing:
    return Missing(name, f"no pod of {name} was given a role before; only a look after the change can tell")


def as_another(before: World, account: ServiceAccount, audience: str) -> DryRun | None:
    """What the webhook gives somebody else, with this account's role."""
    assert isinstance(before.accounts, Subjects)
    assert isinstance(before.injections, Subjects)
    for name, other in before.accounts.seen():
        shown = before.injections[name]
        if isinstance(shown, DryRun) and any(
            other.role_arn and it.value(ROLE) == other.role_arn for it in shown.shape.containers
        ):
            return _given(shown, other, account, audience)
    return None


def _given(shown: DryRun, former: ServiceAccount, account: ServiceAccount, audience: str) -> DryRun:
    return replace(shown, shape=given(shown.shape, former, account, audience))


def given(shown: Shape, former: ServiceAccount, account: ServiceAccount, audience: str) -> Shape:
    """What the webhook gives a pod of the account now, which was given this under the former annotations."""
    volumes = tuple(_volume(volume, former, account, audience) for volume in shown.volumes)
    containers = tuple(_container(it, former, account) for it in shown.containers)
    return Shape(containers, volumes, shown.group)


def _container(container: Container, former: ServiceAccount, account: ServiceAccount) -> Container:
    container = _endpoints(container, former, account)
    if former.annotations.get(ROLE_ARN) == account.annotations.get(ROLE_ARN):
        return container
    variables = tuple(
        replace(it, value=account.role_arn) if it.name == ROLE and it.value == former.role_arn else it
        for it in container.variables
    )
    return replace(container, variables=variables)


def _endpoints(container: Container, former: ServiceAccount, account: ServiceAccount) -> Container:
    """The webhook sets the variable ahead of its others, where the annotation is true."""
    before, after = (bool(truth(it.annotations.get(REGIONAL_ENDPOINTS, ""))) for it in (former, account))
    if before == after:
        return container
    others = tuple(it for it in container.variables if it.name != STS_ENDPOINTS)
    given = (Variable(STS_ENDPOINTS, "value", "regional"),) if after else ()
    return replace(container, variables=(*given, *others))


def _volume(volume: Volume, former: ServiceAccount, account: ServiceAccount, audience: str) -> Volume:
    if volume.kind != "token" or volume.name == DEFAULT_TOKEN:
        return volume
    wanted, seconds = (
        account.annotations.get(AUDIENCE, audience),
        account.annotations.get(TOKEN_EXPIRATION, ""),
    )
    if former.annotations.get(AUDIENCE) != account.annotations.get(AUDIENCE):
        volume = replace(volume, audience=wanted)
    lasting = whole(seconds)
    if former.annotations.get(TOKEN_EXPIRATION) != seconds and lasting is not None:
        volume = replace(volume, expiration=max(lasting, LEAST_SECONDS))
    return volume
