"""rotate-key: a new key signs, and tokens of the old one stay good until the last of them has run out.

1. PUBLISH: the new key stands beside the old one in the published key set. Caches forget the former set.
2. SIGN: the API servers sign with the new key and still take tokens of the old one. The last token of the
   old key runs out.
3. FORGET: the API servers no longer know the old key.
4. UNPUBLISH: the published key set no longer holds it.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from keystone_check.checks import revising
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.iam import spki
from keystone_check.iam.base64url import encoded
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import Server
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.rehearsal import conditions as must
from keystone_check.rehearsal import hosts
from keystone_check.rehearsal.asked import RotateKey
from keystone_check.rehearsal.lifetimes import longest_cache, longest_token
from keystone_check.rehearsal.stage import Stage, answered, keys_of
from keystone_check.rehearsal.step import Procedure, Step, Wait
from keystone_check.remedy.rehearse import rehearse


@dataclass(frozen=True, slots=True)
class Pair:
    """The key that leaves and the one that comes."""

    old: Jwk
    new: Jwk


def procedure(world: World, asked: RotateKey, *, resume: bool) -> Procedure:
    """The rotation, from these facts on."""
    pair = pair_of(world, asked, resume=resume)
    stage = Stage(world)
    signs = stage.token is not None and stage.token.kid == pair.new.kid
    held = _resigned(stage.tokens, pair.old) if signs else Subjects[Token]()
    return Procedure("rotate the key that signs tokens", stage, steps(world, pair), hosts.KEY_NOTES, held)


def steps(world: World, pair: Pair) -> tuple[Step, ...]:
    """In their order."""
    old, new = pair.old, pair.new
    cache, life = longest_cache(world), longest_token(world)
    return (
        Step(
            "publish",
            "publish the new key beside the old one",
            lambda stage: _published(stage, add=new),
            lambda stage: _holds(stage.world.key_set, new),
            must.every(must.all_accepted, must.room_for_a_key, must.bucket_is_ours),
            lines=hosts.publish_key(world),
        ),
        Step(
            "sign",
            "let the API servers sign with the new key, and take both",
            lambda stage: _signing(stage, new),
            lambda stage: stage.token is not None and stage.token.kid == new.kid,
            must.every(must.all_accepted),
            Wait(cache.seconds, f"{cache.whose}; for how long STS keeps one, AWS does not say"),
            hosts.sign_with_key(),
            hosts.SERVERS_PAUSE,
            hosts.NO_PODS,
        ),
        Step(
            "forget",
            "let the API servers forget the old key",
            lambda stage: _forgotten(stage, old, new),
            lambda stage: not _holds(stage.world.cluster_keys, old),
            must.every(must.all_accepted, must.servers_agree),
            Wait(life.seconds, f"the last token of the old key has to run out: {life.whose}", runs_out=True),
            hosts.forget_key(),
            hosts.SERVERS_PAUSE,
            hosts.OLD_CLIENTS,
        ),
        Step(
            "unpublish",
            "take the old key out of the published key set",
            lambda stage: _published(stage, drop=old),
            lambda stage: not _holds(stage.world.key_set, old),
            must.every(must.all_accepted, must.servers_agree),
            lines=hosts.unpublish_key(world, old.kid),
        ),
    )


def pair_of(world: World, asked: RotateKey, *, resume: bool) -> Pair:
    """Which key leaves and which comes, as far as the facts tell."""
    if isinstance(world.cluster_keys, Missing):
        raise KeystoneError(f"nobody can tell which key signs: {world.cluster_keys.because}")
    own, published = keys_of(world.cluster_keys), keys_of(world.key_set)
    token = Stage(world).token
    every = {key.kid: key for key in (*published, *own)}
    if token is None or token.kid not in every:
        raise KeystoneError("no token was seen that a known key signed", "a rotation starts from one")
    signer = every[token.kid]
    if asked.kid:
        return _named(asked.kid, every, signer)
    return _inferred(own, published, signer) if resume else Pair(signer, stand_in(signer))


def stand_in(old: Jwk) -> Jwk:
    """A key for one that is not made yet: of the right form, and nobody's."""
    seed = hashlib.shake_256(old.thumbprint.encode()).digest(256)
    modulus = bytes((seed[0] | 128, *seed[1:-1], seed[-1] | 1))
    members = {"use": "sig", "kty": "RSA", "alg": "RS256", "n": encoded(modulus), "e": "AQAB"}
    bare = _key(members)
    return _key({**members, "kid": spki.kid(bare)})


def _key(members: dict[str, str]) -> Jwk:
    read = read_key_set(json.dumps({"keys": [members]}))
    assert isinstance(read, KeySet)
    return read.keys[0]


def _named(kid: str, every: dict[str, Jwk], signer: Jwk) -> Pair:
    if kid not in every:
        raise UsageError(f"no key {kid} is published or known to the API server", f"seen: {', '.join(every)}")
    others = [key for key in every.values() if key.kid != kid]
    if signer.kid != kid:
        return Pair(signer, every[kid])
    if not others:
        raise UsageError(f"{kid} is the only key there is", "it signs alone: the rotation to it is over")
    return Pair(others[0], signer)


def _inferred(own: tuple[Jwk, ...], published: tuple[Jwk, ...], signer: Jwk) -> Pair:
    """K3s lists its newest key first; of a key that is only published nobody can tell whether it is newer."""
    beside = [key for key in own if key.kid != signer.kid]
    waiting = [key for key in published if key.kid != signer.kid and key not in beside]
    if beside:
        newest = own[0]
        return Pair(beside[0], signer) if newest.kid == signer.kid else Pair(signer, newest)
    if not waiting:
        return Pair(signer, stand_in(signer))
    listed = ", ".join(key.kid for key in waiting)
    raise KeystoneError(
        f"{listed} is published and no API server has it: the new key before it signs, or a former one",
        "say which is the new key: --rehearse rotate-key=KID --resume",
    )


def _holds(answer: Response | Missing, key: Jwk) -> bool:
    return any(each.thumbprint == key.thumbprint for each in keys_of(answer))


def _published(stage: Stage, *, add: Jwk | None = None, drop: Jwk | None = None) -> Stage:
    world = stage.world
    served = world.key_set
    if not isinstance(served, Response) or served.status != 200 or not isinstance(served.body, str):
        return stage
    if not isinstance(read_key_set(served.body), KeySet):
        return stage
    if (add and _holds(served, add)) or (drop and not _holds(served, drop)):
        return stage

    def edit(text: str) -> str:
        document = json.loads(text)
        gone = drop.thumbprint if drop else ""
        kept = [key for key in document["keys"] if _key(key).thumbprint != gone]
        return json.dumps({**document, "keys": [*kept, *([dict(add.members)] if add else [])]}, indent=2)

    repair = revising.revise(served.url, served, world.bucket, revising.Revision("", "", edit))
    if repair and repair.changes:
        return replace(stage, world=rehearse(world, repair.changes))
    return replace(stage, world=replace(world, key_set=answered(served, edit(served.body))))


def _signing(stage: Stage, new: Jwk) -> Stage:
    return _with_own(replace(stage, world=replace(stage.world, tokens=_resigned(stage.tokens, new))), add=new)


def _resigned(tokens: Subjects[Token], key: Jwk) -> Subjects[Token]:
    header = {"alg": key.alg, "kid": key.kid}
    signed = (
        (name, replace(token, header=header, signed_by=(key.thumbprint,))) for name, token in tokens.seen()
    )
    return Subjects(tuple(signed))


def _forgotten(stage: Stage, old: Jwk, new: Jwk) -> Stage:
    """The key file holds the new key alone, whoever signs."""
    return _with_own(stage, add=new, drop=old)


def _with_own(stage: Stage, *, add: Jwk, drop: Jwk | None = None) -> Stage:
    world = stage.world
    gone = {add.thumbprint, drop.thumbprint if drop else ""}
    answer = _own(world.cluster_keys, add, gone)
    servers = world.servers
    if isinstance(servers, Subjects):
        for name, server in servers.seen():
            servers = servers.put(name, Server(server.discovery, _own(server.key_set, add, gone)))
    return replace(stage, world=replace(world, cluster_keys=answer, servers=servers))


def _own(answer: Response | Missing, new: Jwk, gone: set[str]) -> Response | Missing:
    if isinstance(answer, Missing):
        return answer
    kept = [dict(key.members) for key in keys_of(answer) if key.thumbprint not in gone]
    return answered(answer, json.dumps({"keys": [dict(new.members), *kept]}, separators=(",", ":")))
