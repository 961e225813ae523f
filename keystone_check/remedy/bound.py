"""What follows from a changed annotation: the roles that a look reads, the audience of fresh tokens, and what
new pods are given.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from keystone_check.model.cluster import AUDIENCE, Token
from keystone_check.model.exchange import Trail, nothing_recorded
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.world import World
from keystone_check.remedy.given import injections_followed


def accounts_followed(before: World, after: World) -> World:
    """`after`, whose annotations changed, with the roles that they name and the tokens that they ask for."""
    if isinstance(after.accounts, Missing) or after.accounts == before.accounts:
        return after
    return _recorded(before, injections_followed(before, _tokens(before, _roles(after))))


def _roles(world: World) -> World:
    """The annotated and the expected roles; one that was not named before is not known."""
    if isinstance(world.roles, Missing) or isinstance(world.accounts, Missing):
        return world
    annotated = (account.role_arn for _, account in world.accounts.seen())
    expected = (binding.role_arn for binding in world.expected.bindings)
    known = {**{role.arn: role for _, role in world.roles.seen()}, **dict(world.roles)}
    arns = sorted({arn for arn in (*annotated, *expected) if arn})
    return replace(world, roles=Subjects(tuple((arn, known.get(arn) or _unread(arn)) for arn in arns)))


def _recorded(before: World, world: World) -> World:
    """An account has made no exchange for a role that it was not bound to."""
    if not isinstance(world.recorded, Trail) or isinstance(world.accounts, Missing):
        return world
    assert not isinstance(before.accounts, Missing), "a rehearsal makes no facts of what is missing"
    exchanges, old = world.recorded.exchanges, dict(before.accounts.seen())
    for name, account in world.accounts.seen():
        if account.role_arn != old[name].role_arn:
            exchanges = exchanges.put(name, nothing_recorded(name))
    return replace(world, recorded=replace(world.recorded, exchanges=exchanges))


def _unread(arn: str) -> Missing:
    return Missing(arn, f"nothing named {arn} before; only a look after the change can tell")


def _tokens(before: World, world: World) -> World:
    if isinstance(world.tokens, Missing) or isinstance(world.accounts, Missing):
        return world
    assert not isinstance(before.accounts, Missing), "a rehearsal makes no facts of what is missing"
    tokens, old = world.tokens, dict(before.accounts.seen())
    for name, account in world.accounts.seen():
        token, audience = tokens[name], account.annotations.get(AUDIENCE)
        if isinstance(token, Token) and audience != old[name].annotations.get(AUDIENCE):
            tokens = tokens.put(name, for_audience(token, audience or world.expected.audience))
    return replace(world, tokens=tokens)


def for_audience(token: Token, audience: str) -> Token:
    """The token that the API server mints for another audience; everything else is as it was."""
    claims = {**token.claims, "aud": [audience]}
    growth = _encoded(claims) - _encoded(token.claims)
    return replace(token, claims=claims, size=token.size + growth)


_JTI = "00000000-0000-0000-0000-000000000000"
"""Every token of Kubernetes 1.32 and later has a `jti` of this length, which is never kept."""


def _encoded(claims: Mapping[str, object]) -> int:
    """Characters of the claims in a token: base64url without padding."""
    text = json.dumps({**claims, "jti": _JTI}, separators=(",", ":"), ensure_ascii=False)
    return -(-len(text.encode()) * 4 // 3)
