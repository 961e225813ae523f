"""change-issuer: tokens name a new issuer, and those of the old one stay good until the last has run out.

1. PUBLISH: the two documents lie at the new issuer, with the keys of today.
2. REGISTER: IAM has a provider for it, with the same client ids.
3. TRUST: every role lets both providers in.
4. SIGN: the API servers sign for the new issuer and still accept the old one. Its last token runs out.
5. FORGET: the API servers accept the old issuer no longer.
6. DISTRUST: no role lets the old provider in.
7. DEREGISTER: IAM has no provider for it, and then its documents may go.
"""

from collections.abc import Iterator
from dataclasses import replace

from keystone_check.iam.s3_address import locate, split
from keystone_check.model.aws import Provider
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.rehearsal import conditions as must
from keystone_check.rehearsal import hosts, reissuing, trusts
from keystone_check.rehearsal.leaving import Change
from keystone_check.rehearsal.lifetimes import longest_cache, longest_token
from keystone_check.rehearsal.stage import Documents, Stage, accepted_issuers, started, unpublished
from keystone_check.rehearsal.step import Procedure, Step, Wait


def procedure(world: World, change: Change, other: Documents | None, *, resume: bool) -> Procedure:
    """The change, from these facts on; `other`: the documents at the issuer that the facts are not about."""
    old, new = change.old, change.new
    stage = Stage(_chained(world, new), other or _unlooked(world, change))
    signs = stage.token is not None and stage.token.issuer == new
    held = reissuing.reissued(stage.tokens, old) if signs else Subjects[Token]()
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


def steps(world: World, change: Change) -> tuple[Step, ...]:
    """In their order."""
    return (*_coming(world, change), *_going(world, change))


def _coming(world: World, change: Change) -> tuple[Step, ...]:
    """1 to 4: the new issuer is there and signs."""
    old, new = change.old, change.new
    cache, provider = longest_cache(world), _old_provider(world, change)
    return (
        Step(
            "publish",
            "publish both documents at the new issuer",
            lambda stage: reissuing.published(stage, new),
            lambda stage: reissuing.is_published(stage, new),
            must.every(must.all_accepted),
            lines=hosts.publish_issuer(new),
        ),
        Step(
            "register",
            "create the identity provider for the new issuer",
            lambda stage: reissuing.registered(stage, change, provider),
            lambda stage: reissuing.has_provider(stage, change.new_arn),
            must.every(must.all_accepted),
            lines=hosts.register(new, provider),
        ),
        Step(
            "trust",
            "let every role trust both providers",
            lambda stage: reissuing.trusted(stage, trusts.beside(change.old_arn, change.new_arn)),
            lambda stage: reissuing.all_roles(stage, change.new_arn),
            must.every(must.all_accepted),
            lines=hosts.trust_both(change.new_arn, new),
        ),
        Step(
            "sign",
            "let the API servers sign for the new issuer, and accept both",
            lambda stage: reissuing.signing(stage, new, old),
            lambda stage: stage.token is not None and stage.token.issuer == new,
            must.every(must.all_accepted, must.arguments_seen),
            Wait(cache.seconds, f"{cache.whose}; a refusal from before the documents were there may be kept"),
            hosts.sign_for(new, old, *_others(world, change)),
            hosts.SERVERS_PAUSE,
            hosts.NO_PODS,
        ),
    )


def _going(world: World, change: Change) -> tuple[Step, ...]:
    """5 to 7: the old one is no more."""
    old, new, life = change.old, change.new, longest_token(world)
    ran_out = Wait(
        life.seconds, f"the last token of the old issuer has to run out: {life.whose}", runs_out=True
    )
    return (
        Step(
            "forget",
            "let the API servers accept the old issuer no longer",
            lambda stage: reissuing.forgetting(stage, old),
            lambda stage: bool(started(stage.world)) and old not in accepted_issuers(stage.world),
            must.every(must.all_accepted, must.servers_agree, must.arguments_seen),
            ran_out,
            hosts.sign_for(new, *_others(world, change)),
            hosts.SERVERS_PAUSE,
            hosts.OLD_CLIENTS,
        ),
        Step(
            "distrust",
            "let no role trust the old provider",
            lambda stage: reissuing.trusted(stage, trusts.instead(change.old_arn, change.new_arn)),
            lambda stage: not reissuing.any_role(stage, change.old_arn),
            must.every(must.all_accepted, must.servers_agree),
            lines=(f"take the statements that name {change.old_arn} out of the trust policies",),
        ),
        Step(
            "deregister",
            "delete the old identity provider, then its documents",
            lambda stage: reissuing.deregistered(stage, change.old_arn),
            lambda stage: not reissuing.has_provider(stage, change.old_arn),
            must.every(must.all_accepted),
            lines=hosts.deregister(change.old_arn, old),
        ),
    )


def _others(world: World, change: Change) -> Iterator[str]:
    """Issuers that stay accepted, whatever becomes of these two."""
    return (url for url in accepted_issuers(world) if url not in (change.old, change.new))


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


def _old_provider(world: World, change: Change) -> Provider | None:
    found = None if isinstance(world.providers, Missing) else world.providers[change.old_arn]
    return found if isinstance(found, Provider) else None
