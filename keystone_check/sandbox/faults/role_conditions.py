"""A trust policy says something else than its writer meant, or a role is not what its users take it for."""

import json
from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Role
from keystone_check.model.cluster import ROLE_ARN, Token
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.injection import RunningPod, Shape
from keystone_check.model.world import Expected, World
from keystone_check.sandbox.faults.editing import VICTIM, account_of, with_trust
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.worlds import with_claims

TAGS = "https://aws.amazon.com/tags"


@fault(breaks=("trust_conditions_demand_their_keys",))
def trust_asks_if_exists(world: World) -> World:
    """The trust policy's conditions have IfExists, which an absent key satisfies."""

    def edit(statement: dict[str, Any]) -> None:
        statement["Condition"] = {"StringEqualsIfExists": statement["Condition"]["StringEquals"]}

    return with_trust(world, edit)


@fault(breaks=("trust_conditions_demand_their_keys",))
def trust_asks_for_all_values(world: World) -> World:
    """The trust policy's audience stands under ForAllValues, which an absent key satisfies."""

    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        audience = next(key for key in equals if key.endswith(":aud"))
        statement["Condition"]["ForAllValues:StringEquals"] = {audience: equals.pop(audience)}

    return with_trust(world, edit)


@fault(breaks=("trust_keys_name_the_provider", "trust_pins_the_subject", "sts_accepts_the_token"))
def trust_key_lacks_the_host(world: World) -> World:
    """The key of the subject is of a cluster that was rebuilt."""
    return _with_key(world, ":sub", lambda key: key.replace("keystone-oidc-", "former-oidc-"))


@fault(breaks=("trust_uses_keys_that_sts_fills", "sts_accepts_the_token"))
def trust_asks_for_the_namespace(world: World) -> World:
    """The trust policy has a condition on a claim that never reaches it."""

    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        host = next(iter(equals)).rpartition(":")[0]
        equals[f"{host}:kubernetes.io/namespace"] = "app"

    return with_trust(world, edit)


@fault(breaks=("trust_uses_keys_that_sts_fills", "trust_pins_the_audience", "sts_accepts_the_token"))
def trust_asks_for_azp(world: World) -> World:
    """The trust policy asks for azp, which is no key any more."""
    return _with_key(world, ":aud", lambda key: key.replace(":aud", ":azp"))


@fault(breaks=("trust_allows_the_web_identity_action", "sts_accepts_the_token"))
def trust_allows_another_action(world: World) -> World:
    """The trust policy allows sts:AssumeRole to the provider."""
    return with_trust(world, lambda statement: statement.update(Action="sts:AssumeRole"))


@fault(breaks=("trust_fits_the_quota",))
def trust_is_nearly_full(world: World) -> World:
    """The trust policy has grown towards its quota by statements for others."""
    role = _role(world)
    document = json.loads(role.trust)
    account = role.arn.split(":")[4]
    document["Statement"] += [
        {
            "Sid": f"Pipeline{number:02}",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalTag/pipeline": f"pipeline-{number:02}"}},
        }
        for number in range(8)
    ]
    return _with_role(world, replace(role, trust=json.dumps(document, indent=2)))


@fault(breaks=("session_duration_fits", "sts_accepts_the_token"))
def sessions_are_too_long(world: World) -> World:
    """Workloads ask for six hours, and one role allows one."""
    world = replace(world, expected=Expected(session_seconds=21600))
    assert isinstance(world.roles, Subjects)
    for arn, role in world.roles.seen():
        if arn != account_of(world).role_arn:
            world = _with_role(world, replace(role, max_session_seconds=43200))
    return world


@fault(breaks=("session_tags_are_allowed", "sts_accepts_the_token"))
def token_carries_session_tags(world: World) -> World:
    """The token carries session tags, and the trust policy does not allow them."""
    assert isinstance(world.tokens, Subjects)
    token = world.tokens[VICTIM]
    assert isinstance(token, Token)
    tags = {"principal_tags": {"team": ["app"]}, "transitive_tag_keys": ["team"]}
    return replace(world, tokens=world.tokens.put(VICTIM, with_claims(token, **{TAGS: tags})))


@fault(breaks=("role_arn_matches_with_its_path", "running_pods_were_injected", "sts_accepts_the_token"))
def role_arn_lacks_the_path(world: World) -> World:
    """The role has a path, and the annotation lost it while its pods were running."""
    role = _role(world)
    moved = replace(role, arn=role.arn.replace(":role/", ":role/k8s/"))
    assert isinstance(world.roles, Subjects)
    assert isinstance(world.trusting_roles, Subjects)
    return replace(
        world,
        roles=world.roles.put(account_of(world).annotations[ROLE_ARN], moved),
        trusting_roles=world.trusting_roles.without(role.arn),
        pods=_carrying(world.pods, role.arn, moved.arn),
    )


def _carrying(pods: Subjects[RunningPod] | Missing, former: str, arn: str) -> Subjects[RunningPod] | Missing:
    """The running pods, with this role in place of the former one."""
    if isinstance(pods, Missing):
        return pods
    return Subjects(
        tuple((name, replace(pod, shape=_shape(pod.shape, former, arn))) for name, pod in pods.seen())
    )


def _shape(shape: Shape, former: str, arn: str) -> Shape:
    return replace(
        shape,
        containers=tuple(
            replace(
                container,
                variables=tuple(
                    replace(it, value=arn) if it.value == former else it for it in container.variables
                ),
            )
            for container in shape.containers
        ),
    )


@fault(breaks=("permissions_boundary_permits_something",))
def boundary_denies_all(world: World) -> World:
    """The role was put under AWSDenyAll as its permissions boundary."""
    return _with_role(world, replace(_role(world), boundary="arn:aws:iam::aws:policy/AWSDenyAll"))


def _role(world: World) -> Role:
    assert isinstance(world.roles, Subjects)
    role = world.roles[account_of(world).role_arn]
    assert isinstance(role, Role)
    return role


def _with_role(world: World, role: Role) -> World:
    assert isinstance(world.roles, Subjects)
    return replace(world, roles=world.roles.put(role.arn, role))


def _with_key(world: World, suffix: str, renamed: Any) -> World:
    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        statement["Condition"]["StringEquals"] = {
            renamed(key) if key.endswith(suffix) else key: value for key, value in equals.items()
        }

    return with_trust(world, edit)
