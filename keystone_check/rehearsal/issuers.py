"""change-issuer: tokens name a new issuer, and those of the old one stay good until the last has run out.

1. PUBLISH: the two documents lie at the new issuer, with the keys of today.
2. REGISTER: IAM has a provider for it, with the same client ids.
3. TRUST: every role lets both providers in.
4. SIGN: the API servers sign for the new issuer and still accept the old one. Its last token runs out.
5. FORGET: the API servers accept the old issuer no longer.
6. DISTRUST: no role lets the old provider in.
7. DEREGISTER: IAM has no provider for it, and then its documents may go.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from keystone_check.errors import KeystoneError, UsageError
from keystone_check.iam.arns import provider_arn
from keystone_check.iam.oidc import discovery_document, discovery_url, public_url_problem, read_discovery
from keystone_check.iam.s3_address import locate, split
from keystone_check.model.aws import Caller, Provider
from keystone_check.model.cluster import Issuer, Token
from keystone_check.model.creation import CreateProvider, DeleteProvider
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import ISSUER, ServerArguments
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import World
from keystone_check.rehearsal import conditions as must
from keystone_check.rehearsal import hosts, trusts
from keystone_check.rehearsal.lifetimes import longest_cache, longest_token
from keystone_check.rehearsal.stage import (
    Documents,
    Stage,
    accepted_issuers,
    answered,
    keys_of,
    started,
    unpublished,
)
from keystone_check.rehearsal.step import Procedure, Step, Wait
from keystone_check.remedy.made import created, deleted

Order = Callable[[tuple[str, ...]], tuple[str, ...]]
"""The accepted issuers, as others."""


@dataclass(frozen=True, slots=True)
class Change:
    """From which issuer to which, with their providers."""

    old: str
    new: str
    old_arn: str
    new_arn: str


def procedure(world: World, change: Change, other: Documents | None, *, resume: bool) -> Procedure:
    """The change, from these facts on; `other`: the documents at the issuer that the facts are not about."""
    old, new = change.old, change.new
    stage = Stage(_chained(world, new), other or _unlooked(world, change))
    signs = stage.token is not None and stage.token.issuer == new
    held = _reissued(stage.tokens, old) if signs else Subjects[Token]()
    unlooked = () if other or signs else (hosts.unlooked(new),)
    made = steps(world, change)
    if resume and unlooked:
        made = (replace(made[0], requires=must.every(must.all_accepted, must.not_looked_at(new))), *made[1:])
    return Procedure(f"change the issuer to {new}", stage, made, (*unlooked, *hosts.ISSUER_NOTES), held)


def _unlooked(world: World, change: Change) -> Documents:
    """What stands for documents at which nobody looked: new ones are not there yet, old ones are unknown."""
    if isinstance(world.issuer, Missing) or world.issuer.url != change.new:
        return unpublished(change.new)
    unseen = Missing("discovery", f"the documents of {change.old} were not looked at")
    return Documents(change.old, unseen, unseen)


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


def steps(world: World, change: Change) -> tuple[Step, ...]:
    """In their order."""
    old, new = change.old, change.new
    life, cache, provider = longest_token(world), longest_cache(world), _old_provider(world, change)
    others = tuple(url for url in accepted_issuers(world) if url not in (old, new))
    ran_out = Wait(
        life.seconds, f"the last token of the old issuer has to run out: {life.whose}", runs_out=True
    )
    return (
        Step(
            "publish",
            "publish both documents at the new issuer",
            lambda stage: _published(stage, new),
            lambda stage: is_published(stage, new),
            must.every(must.all_accepted),
            lines=hosts.publish_issuer(new),
        ),
        Step(
            "register",
            "create the identity provider for the new issuer",
            lambda stage: _registered(stage, change, provider),
            lambda stage: _has_provider(stage, change.new_arn),
            must.every(must.all_accepted),
            lines=hosts.register(new, provider),
        ),
        Step(
            "trust",
            "let every role trust both providers",
            lambda stage: _trusted(stage, trusts.beside(change.old_arn, change.new_arn)),
            lambda stage: _all_roles(stage, change.new_arn),
            must.every(must.all_accepted),
            lines=hosts.trust_both(change.new_arn, new),
        ),
        Step(
            "sign",
            "let the API servers sign for the new issuer, and accept both",
            lambda stage: _signing(stage, new, old),
            lambda stage: stage.token is not None and stage.token.issuer == new,
            must.every(must.all_accepted, must.arguments_seen),
            Wait(cache.seconds, f"{cache.whose}; a refusal from before the documents were there may be kept"),
            hosts.sign_for(new, old, *others),
            hosts.SERVERS_PAUSE,
            hosts.NO_PODS,
        ),
        Step(
            "forget",
            "let the API servers accept the old issuer no longer",
            lambda stage: _started(stage, lambda issuers: tuple(url for url in issuers if url != old), old),
            lambda stage: bool(started(stage.world)) and old not in accepted_issuers(stage.world),
            must.every(must.all_accepted, must.servers_agree, must.arguments_seen),
            ran_out,
            hosts.sign_for(new, *others),
            hosts.SERVERS_PAUSE,
            hosts.OLD_CLIENTS,
        ),
        Step(
            "distrust",
            "let no role trust the old provider",
            lambda stage: _trusted(stage, trusts.instead(change.old_arn, change.new_arn)),
            lambda stage: not _any_role(stage, change.old_arn),
            must.every(must.all_accepted, must.servers_agree),
            lines=(f"take the statements that name {change.old_arn} out of the trust policies",),
        ),
        Step(
            "deregister",
            "delete the old identity provider, then its documents",
            lambda stage: _deregistered(stage, change.old_arn),
            lambda stage: not _has_provider(stage, change.old_arn),
            must.every(must.all_accepted),
            lines=hosts.deregister(change.old_arn, old),
        ),
    )


def is_published(stage: Stage, issuer: str) -> bool:
    """Whether the documents of this issuer lie where they should, with the keys that sign."""
    documents = stage.documents(issuer)
    body = documents.discovery.body if isinstance(documents.discovery, Response) else None
    read = read_discovery(body) if isinstance(body, str) else None
    named = getattr(read, "issuer", "") == issuer and getattr(documents.discovery, "status", 0) == 200
    kids = {key.kid for key in keys_of(documents.key_set)}
    return named and stage.token is not None and stage.token.kid in kids


def _arn(caller: Caller, issuer: str) -> str:
    return provider_arn(caller.partition, caller.account, issuer)


def _traces(world: World) -> Iterator[str]:
    yield from accepted_issuers(world)
    for _, role in world.roles.seen() if isinstance(world.roles, Subjects) else ():
        yield from (f"https://{arn.partition(':oidc-provider/')[2]}" for arn in trusts.federated(role.trust))


def _chained(world: World, new: str) -> World:
    """The new host's certificates, where nobody has seen them: taken to be as good as those of today."""
    parts = split(new)
    host = (parts.hostname if parts else "") or ""
    if any(name == host for name, _ in world.chains):
        return world
    chain = next((chain for _, chain in world.chains.seen()), None)
    if chain is None:
        return world
    good = replace(chain, host=host) if locate(new) else Chain(host, (), True, "", True)
    return replace(world, chains=world.chains.put(host, good))


def _published(stage: Stage, issuer: str) -> Stage:
    if is_published(stage, issuer) or not isinstance(stage.world.key_set, Response):
        return stage
    jwks_uri = f"{issuer.removesuffix('/')}/openid/v1/jwks"
    algorithms = [key.alg for key in keys_of(stage.world.key_set)]
    headers = stage.world.key_set.headers
    text = discovery_document(issuer, jwks_uri, algorithms)
    discovery = answered(Response(discovery_url(issuer), 200, headers, "", 0), text)
    key_set = replace(stage.world.key_set, url=jwks_uri)
    return replace(stage, other=Documents(issuer, discovery, key_set))


def _registered(stage: Stage, change: Change, old: Provider | None) -> Stage:
    if _has_provider(stage, change.new_arn):
        return stage
    client_ids = old.client_ids if old else (stage.world.expected.audience,)
    made = CreateProvider(change.new_arn, change.new, client_ids, old.thumbprints if old else ())
    return replace(stage, world=created(stage.world, made))


def _old_provider(world: World, change: Change) -> Provider | None:
    found = None if isinstance(world.providers, Missing) else world.providers[change.old_arn]
    return found if isinstance(found, Provider) else None


def _deregistered(stage: Stage, arn: str) -> Stage:
    return replace(stage, world=deleted(stage.world, DeleteProvider(arn, "", (), ())))


def _has_provider(stage: Stage, arn: str) -> bool:
    arns = stage.world.provider_arns
    return not isinstance(arns, Missing) and arn in arns


def _trusted(stage: Stage, edit: trusts.Edit) -> Stage:
    return replace(stage, world=trusts.trusting(stage.world, edit))


def _named(stage: Stage, arn: str) -> list[bool]:
    roles = stage.world.roles
    return [trusts.names(role.trust, arn) for _, role in roles.seen()] if isinstance(roles, Subjects) else []


def _all_roles(stage: Stage, arn: str) -> bool:
    named = _named(stage, arn)
    return bool(named) and all(named)


def _any_role(stage: Stage, arn: str) -> bool:
    return any(_named(stage, arn))


def _signing(stage: Stage, new: str, old: str) -> Stage:
    def first(issuers: tuple[str, ...]) -> tuple[str, ...]:
        return (new, *(url for url in issuers if url != new))

    tokens = _reissued(stage.tokens, new)
    return _started(replace(stage, world=replace(stage.world, tokens=tokens)), first, old)


def _reissued(tokens: Subjects[Token], issuer: str) -> Subjects[Token]:
    named = ((name, replace(it, claims={**it.claims, "iss": issuer})) for name, it in tokens.seen())
    return Subjects(tuple(named))


def _started(stage: Stage, edit: Order, old: str) -> Stage:
    """The API servers with these issuers, in the plain form that K3s takes as it stands."""
    known = stage.world.server_arguments
    if not isinstance(known, Subjects):
        return _documented(stage)
    for name, arguments in known.seen():
        known = known.put(name, _rewritten(arguments, edit(arguments.issuers) or (old,)))
    return _documented(replace(stage, world=replace(stage.world, server_arguments=known)))


def _rewritten(arguments: ServerArguments, issuers: tuple[str, ...]) -> ServerArguments:
    kept = tuple(it for it in arguments.written if it.partition("=")[0].rstrip("+-") != ISSUER)
    return replace(arguments, written=(*kept, *(f"{ISSUER}={url}" for url in issuers)))


def _documented(stage: Stage) -> Stage:
    """The API server's own document names the issuer that signs."""
    answer, token = stage.world.cluster_discovery, stage.token
    if isinstance(answer, Missing) or not isinstance(answer.body, str) or token is None:
        return stage
    body = json.dumps({**json.loads(answer.body), "issuer": token.issuer}, separators=(",", ":"))
    return replace(stage, world=replace(stage.world, cluster_discovery=answered(answer, body)))
