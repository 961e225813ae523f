"""What must be true before a step, judged on the facts of its stage."""

from collections.abc import Callable

from keystone_check.iam.jwk import MOST_KEYS
from keystone_check.iam.s3_address import locate
from keystone_check.iam.sts import Granted, Refused
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import Server
from keystone_check.model.web import Response
from keystone_check.rehearsal.fates import fates
from keystone_check.rehearsal.stage import Stage, keys_of
from keystone_check.rehearsal.step import Condition, Standing

Judge = Callable[[Stage], Condition]


def every(*judges: Judge) -> Callable[[Stage], tuple[Condition, ...]]:
    """All of them."""
    return lambda stage: tuple(judge(stage) for judge in judges)


def all_accepted(stage: Stage) -> Condition:
    """Whoever is refused now would hide what the rotation does."""
    words = "STS accepts the token of every bound service account today"
    told = fates(stage, stage.tokens)
    refused = [name for name, fate in told.items() if isinstance(fate, Refused)]
    unsure = [name for name, fate in told.items() if not isinstance(fate, Refused | Granted)]
    if refused:
        return Condition(words, Standing.UNMET, f"refused: {', '.join(refused)}")
    if unsure or not told:
        return Condition(words, Standing.UNSEEN, f"not known of {', '.join(unsure) or 'any account'}")
    return Condition(words, Standing.MET, f"{len(told)} accepted")


def room_for_a_key(stage: Stage) -> Condition:
    """AWS takes a hundred of each type."""
    words = f"the published key set has room: fewer than {MOST_KEYS} keys of each type"
    if isinstance(stage.world.key_set, Missing):
        return Condition(words, Standing.UNSEEN, stage.world.key_set.because)
    keys = keys_of(stage.world.key_set)
    most = max((sum(key.kty == kty for key in keys) for kty in ("RSA", "EC")), default=0)
    return Condition(words, Standing.UNMET if most >= MOST_KEYS else Standing.MET, f"{len(keys)} keys")


def bucket_is_ours(stage: Stage) -> Condition:
    """Who cannot write the key set need not begin."""
    words = "the published key set can be written"
    world = stage.world
    place = locate(world.key_set.url) if isinstance(world.key_set, Response) else None
    if place is None:
        return Condition(words, Standing.MET, "not on S3: whoever runs that host writes it")
    if isinstance(world.own_buckets, Missing):
        return Condition(words, Standing.UNSEEN, world.own_buckets.because)
    mine = place.bucket in world.own_buckets
    seen = f"{place.bucket} is {'a' if mine else 'no'} bucket of this account"
    return Condition(words, Standing.MET if mine else Standing.UNMET, seen)


def servers_agree(stage: Stage) -> Condition:
    """A server that was not restarted goes on as before."""
    words = "every API server has the same keys and signs for the same issuer"
    servers = stage.world.servers
    if isinstance(servers, Missing):
        return Condition(words, Standing.UNSEEN, servers.because)
    found = [] if isinstance(servers, Absent) else list(servers)
    gaps = [name for name, it in found if isinstance(it, Missing)]
    seen = {_said(it) for _, it in found if isinstance(it, Server)}
    if len(seen) > 1:
        return Condition(words, Standing.UNMET, f"{len(seen)} different answers of {len(found)} servers")
    if gaps:
        return Condition(words, Standing.UNSEEN, f"not asked by their own address: {', '.join(gaps)}")
    return Condition(words, Standing.MET, f"{max(len(found), 1)} seen")


def arguments_seen(stage: Stage) -> Condition:
    """Of the issuers that are accepted only the start arguments tell."""
    words = "what the API servers were started with is known"
    known = stage.world.server_arguments
    if isinstance(known, Missing | Absent):
        return Condition(words, Standing.UNSEEN, known.because)
    gaps = [name for name, it in known if isinstance(it, Missing | Absent)]
    if gaps or (isinstance(known, Subjects) and not known.entries):
        return Condition(words, Standing.UNSEEN, f"not of {', '.join(gaps) or 'any'}")
    return Condition(words, Standing.MET, ", ".join(it.source for _, it in known.seen()))


def not_looked_at(issuer: str) -> Judge:
    """A snapshot holds the documents of one issuer."""
    words = f"what is published at {issuer} is known"
    return lambda stage: Condition(words, Standing.UNSEEN, "it was not looked at: ask the cluster itself")


def _said(server: Server) -> tuple[tuple[str, ...], str]:
    keys = tuple(sorted(key.thumbprint for key in keys_of(server.key_set)))
    body = server.discovery.body if isinstance(server.discovery, Response) else ""
    return keys, str(body)
