"""What each step of a change of the issuer does to the facts, and whether it is done."""

import json
from collections.abc import Callable
from dataclasses import replace

from keystone_check.iam.oidc import discovery_document, discovery_url, read_discovery
from keystone_check.model.aws import Provider
from keystone_check.model.cluster import Token
from keystone_check.model.creation import CreateProvider, DeleteProvider
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import ISSUER, ServerArguments
from keystone_check.model.web import Response
from keystone_check.rehearsal import trusts
from keystone_check.rehearsal.leaving import Change
from keystone_check.rehearsal.stage import Documents, Stage, answered, keys_of
from keystone_check.remedy.made import created, deleted

Order = Callable[[tuple[str, ...]], tuple[str, ...]]
"""The accepted issuers, as others."""


def is_published(stage: Stage, issuer: str) -> bool:
    """Whether the documents of this issuer lie where they should, with the keys that sign."""
    documents = stage.documents(issuer)
    body = documents.discovery.body if isinstance(documents.discovery, Response) else None
    read = read_discovery(body) if isinstance(body, str) else None
    named = getattr(read, "issuer", "") == issuer and getattr(documents.discovery, "status", 0) == 200
    kids = {key.kid for key in keys_of(documents.key_set)}
    return named and stage.token is not None and stage.token.kid in kids


def published(stage: Stage, issuer: str) -> Stage:
    """Both documents at this issuer, with the keys of today."""
    if is_published(stage, issuer) or not isinstance(stage.world.key_set, Response):
        return stage
    jwks_uri = f"{issuer.removesuffix('/')}/openid/v1/jwks"
    algorithms = [key.alg for key in keys_of(stage.world.key_set)]
    headers = stage.world.key_set.headers
    text = discovery_document(issuer, jwks_uri, algorithms)
    discovery = answered(Response(discovery_url(issuer), 200, headers, "", 0), text)
    key_set = replace(stage.world.key_set, url=jwks_uri)
    return replace(stage, other=Documents(issuer, discovery, key_set))


def registered(stage: Stage, change: Change, old: Provider | None) -> Stage:
    """A provider for the new issuer, with what the old one has."""
    if has_provider(stage, change.new_arn):
        return stage
    client_ids = old.client_ids if old else (stage.world.expected.audience,)
    made = CreateProvider(change.new_arn, change.new, client_ids, old.thumbprints if old else ())
    return replace(stage, world=created(stage.world, made))


def deregistered(stage: Stage, arn: str) -> Stage:
    """IAM without this provider."""
    return replace(stage, world=deleted(stage.world, DeleteProvider(arn, "", (), ())))


def has_provider(stage: Stage, arn: str) -> bool:
    """Whether IAM has it."""
    arns = stage.world.provider_arns
    return not isinstance(arns, Missing) and arn in arns


def trusted(stage: Stage, edit: trusts.Edit) -> Stage:
    """Every trust policy so edited."""
    return replace(stage, world=trusts.trusting(stage.world, edit))


def _named(stage: Stage, arn: str) -> list[bool]:
    roles = stage.world.roles
    return [trusts.names(role.trust, arn) for _, role in roles.seen()] if isinstance(roles, Subjects) else []


def all_roles(stage: Stage, arn: str) -> bool:
    """Whether there are roles, and each names this provider."""
    named = _named(stage, arn)
    return bool(named) and all(named)


def any_role(stage: Stage, arn: str) -> bool:
    """Whether a role names this provider."""
    return any(_named(stage, arn))


def signing(stage: Stage, new: str, old: str) -> Stage:
    """Tokens name the new issuer, and the API servers accept both."""

    def first(issuers: tuple[str, ...]) -> tuple[str, ...]:
        return (new, *(url for url in issuers if url != new))

    tokens = reissued(stage.tokens, new)
    return _started(replace(stage, world=replace(stage.world, tokens=tokens)), first, old)


def forgetting(stage: Stage, old: str) -> Stage:
    """The API servers accept the old issuer no longer."""
    return _started(stage, lambda issuers: tuple(url for url in issuers if url != old), old)


def reissued(tokens: Subjects[Token], issuer: str) -> Subjects[Token]:
    """The same tokens, of this issuer."""
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
