"""The edits that faults are made of: one fact replaced, what follows from it settled."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keystone_check.iam.s3 import is_public
from keystone_check.model.aws import Bucket, Provider, Role, StoredObject
from keystone_check.model.cluster import ServiceAccount, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import ServerArguments
from keystone_check.model.world import World
from keystone_check.sandbox.worlds import published

VICTIM = "app/api"
"""The service account whose link is bent; the others go on."""


def bucket_of(world: World) -> Bucket:
    """The issuer's bucket; a fault starts from a world that has one."""
    assert isinstance(world.bucket, Bucket)
    return world.bucket


def with_bucket(world: World, **changed: Any) -> World:
    """The bucket with other settings, and the documents as it then answers for them."""
    match changed.get("policy"):
        case str() as policy:
            changed.setdefault("policy_is_public", is_public(policy) is True)
        case Absent(because=because):
            changed.setdefault("policy_is_public", Absent("policy_is_public", because))
    return published(replace(world, bucket=replace(bucket_of(world), **changed)))


def with_object(world: World, key: str, body: str, content_type: str = "application/json") -> World:
    """One object of the bucket with another content."""
    objects = bucket_of(world).objects.put(key, StoredObject(body, content_type, "AES256"))
    return with_bucket(world, objects=objects)


def stored(world: World, key: str) -> str:
    """The text of an object."""
    found = bucket_of(world).objects[key]
    assert isinstance(found, StoredObject)
    assert isinstance(found.body, str)
    return found.body


def account_of(world: World) -> ServiceAccount:
    """The victim."""
    found = _seen(world.accounts)[VICTIM]
    assert isinstance(found, ServiceAccount)
    return found


def with_tokens(world: World, edit: Callable[[Token], Token]) -> World:
    """Every token, edited."""
    tokens = tuple((name, edit(token)) for name, token in _seen(world.tokens).seen())
    return replace(world, tokens=Subjects(tokens))


def with_token(world: World, edit: Callable[[Token], Token]) -> World:
    """The victim's token, edited."""
    tokens = _seen(world.tokens)
    token = tokens[VICTIM]
    assert isinstance(token, Token)
    return replace(world, tokens=tokens.put(VICTIM, edit(token)))


def with_arguments(world: World, *written: str, name: str = "") -> World:
    """The API server of this name, or the only one, started with these arguments."""
    known = _seen(world.server_arguments)
    name = name or next(key for key, _ in known)
    arguments = known[name]
    assert isinstance(arguments, ServerArguments)
    return replace(world, server_arguments=known.put(name, replace(arguments, written=written)))


def as_static_pods(world: World) -> World:
    """The API servers as kubeadm runs them, with the same arguments."""
    pods = tuple(
        (
            f"pod kube-apiserver-{name.removeprefix('node ')}",
            ServerArguments("kube-apiserver", "static pod", arguments.written),
        )
        for name, arguments in _seen(world.server_arguments).seen()
    )
    return replace(world, server_arguments=Subjects(pods))


def with_trust(world: World, edit: Callable[[dict[str, Any]], None]) -> World:
    """The victim's trust policy, with its one statement edited in place."""
    roles = _seen(world.roles)
    role = roles[account_of(world).role_arn]
    assert isinstance(role, Role)
    document = json.loads(role.trust)
    edit(document["Statement"][0])
    return replace(world, roles=roles.put(role.arn, replace(role, trust=json.dumps(document, indent=2))))


def provider_of(world: World) -> Provider:
    """The one provider."""
    ((_, provider),) = _seen(world.providers).seen()
    assert isinstance(provider, Provider)
    return provider


def with_provider(world: World, **changed: Any) -> World:
    """The one provider with other settings."""
    former = provider_of(world).arn
    provider = replace(provider_of(world), **changed)
    arns = world.provider_arns
    if not isinstance(arns, Missing):
        arns = tuple(sorted(provider.arn if arn == former else arn for arn in arns))
    return replace(world, providers=Subjects(((provider.arn, provider),)), provider_arns=arns)


def beside(world: World, arn: str) -> World:
    """The world with one more provider, on the issuer's host, with the settings of the first."""
    first, arns = provider_of(world), world.provider_arns
    assert not isinstance(arns, Missing)
    other = replace(first, arn=arn, url=arn.partition(":oidc-provider/")[2])
    entries = sorted((*_seen(world.providers).entries, (arn, other)), key=lambda entry: entry[0])
    return replace(world, providers=Subjects(tuple(entries)), provider_arns=tuple(sorted((*arns, arn))))


def _seen(fact: Subjects[Any] | Absent | Missing) -> Subjects[Any]:
    assert not isinstance(fact, Missing | Absent)
    return fact
