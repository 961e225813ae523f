"""Tokens say something else than they should."""

from dataclasses import replace
from typing import Any

from keystone_check.model.cluster import TOKEN_EXPIRATION, Issuer, ServiceAccount, Token
from keystone_check.model.exchange import Trail, nothing_recorded
from keystone_check.model.facts import Subjects
from keystone_check.model.servers import ISSUER
from keystone_check.model.world import STS_AUDIENCE, Expected, World
from keystone_check.sandbox.faults.editing import (
    VICTIM,
    account_of,
    with_arguments,
    with_token,
    with_trust,
)
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.worlds import K3S_DEFAULT, reissued, with_claims

WEEK = 7 * 24 * 3600


@fault(
    breaks=(
        "public_issuer_signs_first",
        "tokens_name_the_issuer",
        "published_issuer_is_the_tokens",
        "sts_accepts_the_token",
    )
)
def issuer_was_appended(world: World) -> World:
    """The issuer was given with `+=`, so that K3s's default stays first and signs."""
    assert isinstance(world.issuer, Issuer)
    return replace(
        with_arguments(reissued(world, K3S_DEFAULT), f"{ISSUER}+={world.issuer.url}"),
        issuer=Issuer(world.issuer.url, "configuration"),
        expected=Expected(issuer=world.issuer.url),
    )


@fault(breaks=("token_carries_every_claim", "sts_accepts_the_token"))
def token_has_no_issue_time(world: World) -> World:
    """An external signer leaves the claim iat out."""
    return with_token(world, lambda token: with_claims(token, iat=None))


@fault(breaks=("token_is_not_too_old",))
def token_lives_for_a_week(world: World) -> World:
    """An external signer gives every token a week."""
    return with_token(world, lambda token: with_claims(token, exp=world.now + WEEK))


@fault(breaks=("token_expiration_is_valid",))
def annotation_asks_for_a_week(world: World) -> World:
    """The annotation asks for tokens that live for a week."""
    account = account_of(world)
    annotations = dict(sorted({**account.annotations, TOKEN_EXPIRATION: str(WEEK)}.items()))
    assert isinstance(world.accounts, Subjects)
    changed = replace(account, annotations=annotations)
    return replace(world, accounts=world.accounts.put(VICTIM, changed))


@fault(
    breaks=("token_has_one_audience",),
    blocks=(
        "recorded_exchanges_agree",
        "live_answer_agrees_with_the_prediction",
        "sts_accepts_the_token",
    ),
)
def token_has_two_audiences(world: World) -> World:
    """Something between adds a second audience to every token."""
    return with_token(world, lambda token: with_claims(token, aud=[STS_AUDIENCE, "https://vault.example"]))


@fault(breaks=("token_names_no_authorized_party", "sts_accepts_the_token"))
def token_names_an_authorized_party(world: World) -> World:
    """An external signer names an authorized party, which STS takes for the audience."""
    return with_token(world, lambda token: with_claims(token, azp="console"))


@fault(
    breaks=(
        "signing_algorithm_is_accepted_by_sts",
        "signature_verifies_with_the_published_key",
        "sts_accepts_the_token",
    )
)
def token_is_signed_with_pss(world: World) -> World:
    """An external signer signs with PS256, which STS does not verify."""

    def edit(token: Token) -> Token:
        return replace(token, header={**token.header, "alg": "PS256"}, signed_by=())

    return with_token(world, edit)


@fault(breaks=("subject_fits_into_sts",))
def subject_is_too_long(world: World) -> World:
    """The service account's name makes a subject of more than 255 characters."""
    account = account_of(world)
    long = replace(account, name="a" * 230)
    name = f"{long.namespace}/{long.name}"
    assert isinstance(world.accounts, Subjects)
    world = with_token(_trusting(world, account.subject, long.subject), lambda token: _of(long, token))
    assert isinstance(world.accounts, Subjects)
    assert isinstance(world.tokens, Subjects)
    assert isinstance(world.recorded, Trail)
    seen = {name if key == VICTIM else key: it for key, it in world.recorded.exchanges.seen()}
    seen[name] = replace(seen[name], refused=nothing_recorded(name).refused)
    exchanges = Subjects(tuple(seen.items()))
    return replace(
        world,
        recorded=replace(world.recorded, exchanges=exchanges),
        accounts=Subjects(tuple((name, long) if key == VICTIM else (key, it) for key, it in world.accounts)),
        tokens=Subjects(tuple((name if key == VICTIM else key, it) for key, it in world.tokens)),
    )


def _of(account: ServiceAccount, token: Token) -> Token:
    named = {"namespace": account.namespace, "serviceaccount": {"name": account.name, "uid": account.uid}}
    return with_claims(token, **{"sub": account.subject, "kubernetes.io": named})


def _trusting(world: World, before: str, after: str) -> World:
    def edit(statement: dict[str, Any]) -> None:
        for key, value in statement["Condition"]["StringEquals"].items():
            if value == before:
                statement["Condition"]["StringEquals"][key] = after

    return with_trust(world, edit)
