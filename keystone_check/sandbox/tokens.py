"""What tokens of a world say that the API server would not write by itself."""

from collections.abc import Iterator, Mapping

from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.servers import Clocks
from keystone_check.model.world import World
from keystone_check.sandbox.kube.state import Signer, TokenOverride
from keystone_check.sandbox.worlds import LIFETIME


def overrides(world: World, signer: Signer, algorithm: str) -> Mapping[str, TokenOverride]:
    """By account, where its token differs from what TokenRequest gives."""
    assert isinstance(world.tokens, Subjects)
    assert isinstance(world.accounts, Subjects)
    header: dict[str, object] = {"alg": algorithm, "kid": signer.kid}
    accounts = dict(world.accounts.seen())
    found = {
        name: TokenOverride(
            dict(_changes(header, token.header)),
            dict(_changes(_claims(world, accounts[name], signer), token.claims)),
        )
        for name, token in world.tokens.seen()
        if name in accounts
    }
    return {name: override for name, override in found.items() if override != TokenOverride()}


def _claims(world: World, account: ServiceAccount, signer: Signer) -> dict[str, object]:
    """The claims of which a world may say something else; who the account is nobody but the server says."""
    skew = world.clocks.cluster if isinstance(world.clocks, Clocks) else 0
    now = world.now + (skew if isinstance(skew, int) else 0)
    return {
        "aud": [account.audience(world.expected.audience)],
        "exp": now + LIFETIME,
        "iat": now,
        "iss": signer.issuer,
        "nbf": now,
        "sub": account.subject,
    }


def _changes(usual: Mapping[str, object], said: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name in {**usual, **said}:
        if name != "kubernetes.io" and usual.get(name) != said.get(name):
            yield name, said.get(name)
