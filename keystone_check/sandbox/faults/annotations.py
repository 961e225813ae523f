"""A service account's annotations name something else than they should."""

from dataclasses import replace
from typing import Any

from keystone_check.model.aws import Role
from keystone_check.model.cluster import AUDIENCE, ROLE_ARN, TOKEN_EXPIRATION, ServiceAccount, Token
from keystone_check.model.exchange import Trail, nothing_recorded
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import Binding, Expected, World
from keystone_check.sandbox.faults.editing import VICTIM, account_of, with_trust
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.worlds import with_claims

NEIGHBOUR = "batch/worker"


@fault(
    breaks=(
        "role_arn_is_in_the_partition",
        "role_exists",
        "sts_accepts_the_token",
        "running_pods_were_injected",
    )
)
def role_arn_is_of_another_partition(world: World) -> World:
    """The annotation says `arn:aws-us-gov:` in a commercial account."""
    right = account_of(world).role_arn
    bent = right.replace("arn:aws:", "arn:aws-us-gov:")
    account = right.split(":")[4]
    absent = Absent(bent, f"account {account} is of partition aws, not aws-us-gov")
    return _bound_to(world, bent, absent)


@fault(
    breaks=("role_arn_is_in_the_accounts_provider", "sts_accepts_the_token", "running_pods_were_injected"),
    blocks=(
        "provider_is_in_the_roles_account",
        "provider_exists",
        "permissions_boundary_permits_something",
        "role_exists",
        "role_arn_matches_with_its_path",
        "session_duration_fits",
        "session_tags_are_allowed",
        "trust_allows_the_web_identity_action",
        "trust_conditions_demand_their_keys",
        "trust_fits_the_quota",
        "trust_keys_name_the_provider",
        "trust_names_the_provider",
        "trust_pins_the_audience",
        "trust_pins_the_subject",
        "trust_uses_keys_that_sts_fills",
        "wildcards_are_under_string_like",
    ),
)
def role_arn_is_of_another_account(world: World) -> World:
    """The annotation names the role of that name in the account of another environment."""
    right = account_of(world).role_arn
    account = right.split(":")[4]
    other = f"9{account[1:]}" if account[0] != "9" else f"8{account[1:]}"
    bent = right.replace(account, other)
    ours = f"our credentials are of account {account} (aws)"
    missing = Missing(
        bent, f"iam:GetRole {bent.rpartition('/')[2]}: the role is of account {other} (aws), {ours}"
    )
    return _bound_to(world, bent, missing)


@fault(breaks=("role_is_shared_only_by_related_accounts",))
def role_is_shared_across_namespaces(world: World) -> World:
    """An account of another namespace is bound to the same role."""
    owner = account_of(world)
    namespace, _, name = NEIGHBOUR.partition("/")
    guest = ServiceAccount(namespace, name, "00000000-0000-4000-8000-000000000009", dict(owner.annotations))
    assert isinstance(world.accounts, Subjects)
    assert isinstance(world.tokens, Subjects)
    assert isinstance(world.recorded, Trail)
    token = world.tokens[VICTIM]
    assert isinstance(token, Token)
    place = {"namespace": namespace, "serviceaccount": {"name": name, "uid": guest.uid}}
    minted = with_claims(token, sub=guest.subject, **{"kubernetes.io": place})

    def edit(statement: dict[str, Any]) -> None:
        equals = statement["Condition"]["StringEquals"]
        subject = next(key for key in equals if key.endswith(":sub"))
        equals[subject] = [owner.subject, guest.subject]

    exchanges = world.recorded.exchanges.put(NEIGHBOUR, nothing_recorded(NEIGHBOUR))
    world = replace(
        world,
        accounts=_sorted(world.accounts.put(NEIGHBOUR, guest)),
        tokens=_sorted(world.tokens.put(NEIGHBOUR, minted)),
        recorded=replace(world.recorded, exchanges=_sorted(exchanges)),
    )
    return with_trust(world, edit)


@fault(
    breaks=(
        "audience_annotation_is_registered",
        "audience_is_registered",
        "trust_pins_the_audience",
        "sts_accepts_the_token",
    )
)
def audience_annotation_is_not_registered(world: World) -> World:
    """One account's annotation asks for an audience that the provider does not know."""
    audience = "sts.amazonaws.com.cn"
    assert isinstance(world.tokens, Subjects)
    token = world.tokens[VICTIM]
    assert isinstance(token, Token)
    world = replace(world, tokens=world.tokens.put(VICTIM, with_claims(token, aud=[audience])))
    return _annotated(world, AUDIENCE, audience)


@fault(breaks=("token_expiration_is_valid",))
def token_expiration_is_too_short(world: World) -> World:
    """The annotation asks for tokens of five minutes."""
    return _annotated(world, TOKEN_EXPIRATION, "300")


@fault(breaks=("token_expiration_is_valid",))
def token_expiration_has_a_unit(world: World) -> World:
    """The annotation asks for `1h`, which the webhook does not read."""
    return _annotated(world, TOKEN_EXPIRATION, "1h")


@fault(breaks=("injected_token_has_the_audience",))
def audience_annotation_is_empty(world: World) -> World:
    """One account's annotation asks for an empty audience, which the API server takes for its own."""
    return _annotated(world, AUDIENCE, "")


@fault(breaks=("annotations_hold_no_stray_characters",))
def annotation_ends_in_a_space(world: World) -> World:
    """An annotation was pasted with a space at its end."""
    return _annotated(world, "eks.amazonaws.com/sts-regional-endpoints", "true ")


def _annotated(world: World, key: str, value: str) -> World:
    account = account_of(world)
    annotations = dict(sorted({**account.annotations, key: value}.items()))
    assert isinstance(world.accounts, Subjects)
    return replace(world, accounts=world.accounts.put(VICTIM, replace(account, annotations=annotations)))


def _bound_to(world: World, bent: str, role: Role | Absent | Missing) -> World:
    """The victim with another ARN in its annotation, while the configuration expects the right one."""
    account = account_of(world)
    assert isinstance(world.roles, Subjects)
    expected = Expected(bindings=(Binding(account.namespace, account.name, account.role_arn),))
    world = replace(world, expected=expected, roles=_sorted(world.roles.put(bent, role)))
    return _annotated(world, ROLE_ARN, bent)


def _sorted(facts: Subjects[Any]) -> Subjects[Any]:
    return Subjects(tuple(sorted(facts, key=lambda entry: entry[0])))
