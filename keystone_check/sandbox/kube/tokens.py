"""Service account tokens: minted as kube-apiserver 1.36 mints them, and verified as it verifies them."""

import base64
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jwt

from keystone_check.jose import PrivateKey, algorithm_of
from keystone_check.model.secret import Secret
from keystone_check.sandbox.kube.resources import NODES, PODS, SECRETS, SERVICE_ACCOUNTS, Resource
from keystone_check.sandbox.kube.state import Signer, TokenOverride
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.wire import Object, dump

EXTENDED_SECONDS = 365 * 24 * 3600
"""A pod's own API token lives a year, so that old clients that never read it again survive …"""
EXTENDABLE_SECONDS = 3607
"""… when it was asked for with exactly this lifetime (serviceaccount/claims.go, token.go)."""
BINDABLE: Mapping[str, Resource] = {"Pod": PODS, "Secret": SECRETS, "Node": NODES}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is to say."""

    account: Object
    """The service account."""
    audiences: tuple[str, ...]
    seconds: int
    bound: tuple[str, Object] | None = None
    """Kind and object."""
    warn_after: int | None = None
    """Seconds after which use of a stretched token is warned about."""


def subject(account: Object) -> str:
    """The user name of a service account."""
    metadata = account["metadata"]
    return f"system:serviceaccount:{metadata['namespace']}:{metadata['name']}"


def claims(grant: Grant, issuer: str, now: int) -> dict[str, object]:
    """The claims in the order of their names, as the API server writes them."""
    own: dict[str, object] = {"namespace": grant.account["metadata"]["namespace"]}
    if grant.bound:
        own |= _bound_claims(*grant.bound)
    own["serviceaccount"] = _reference(grant.account)
    if grant.warn_after is not None:
        own["warnafter"] = now + grant.warn_after
    return {
        "aud": list(grant.audiences),
        "exp": now + grant.seconds,
        "iat": now,
        "iss": issuer,
        "jti": str(uuid.uuid4()),
        "kubernetes.io": dict(sorted(own.items())),
        "nbf": now,
        "sub": subject(grant.account),
    }


def _bound_claims(kind: str, value: Object) -> dict[str, object]:
    found: dict[str, object] = {kind.lower(): _reference(value)}
    if kind == "Pod" and (node := value.get("spec", {}).get("nodeName")):
        found["node"] = {"name": node}
    return found


def _reference(value: Object) -> dict[str, str]:
    return {"name": value["metadata"]["name"], "uid": value["metadata"]["uid"]}


def mint(grant: Grant, signer: Signer, now: int, override: TokenOverride | None = None) -> Secret:
    """A signed token."""
    changes = override or TokenOverride()
    signer = changes.signer or signer
    header = {"alg": algorithm_of(signer.private_key), "kid": signer.kid}
    body = _overridden(claims(grant, signer.issuer, now), changes.claims)
    return signed(_overridden(header, changes.header), body, signer.private_key)


def _overridden(value: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    return {key: item for key, item in {**value, **changes}.items() if item is not None}


def signed(header: Mapping[str, object], body: Mapping[str, object], key: PrivateKey) -> Secret:
    """The compact form, with exactly this header: an override may ask for one that jose.sign never writes."""
    parts = ".".join(_base64url(dump(part).encode()) for part in (header, body))
    signature = jwt.get_algorithm_by_name(algorithm_of(key)).sign(parts.encode(), key)
    return Secret(f"{parts}.{_base64url(signature)}")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token it is, and for which audiences it holds."""

    account: Object
    extra: tuple[tuple[str, str], ...]
    """What reviews tell beside the name: the token's id and the pod it is bound to."""
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies tokens of one signer against the objects of one store."""

    store: Store
    signer: Signer

    def verify(self, token: Secret, audiences: Sequence[str], now: int) -> Bearer | str:
        """The bearer, or why not in the API server's words; empty words for a token of someone else."""
        body = _claims(token)
        if body.get("iss") != self.signer.issuer:
            return ""
        key = self.signer.private_key
        try:
            jwt.api_jws.decode(token.reveal(), key.public_key(), algorithms=[algorithm_of(key)])
        except jwt.PyJWTError:
            return "go-jose/go-jose: error in cryptographic primitive"
        stated = _texts(body.get("aud"))
        shared = tuple(audience for audience in stated if audience in audiences)
        if not shared:
            return (
                f"token audiences {_quoted(stated)} is invalid for the target audiences {_quoted(audiences)}"
            )
        if because := _untimely(body, now):
            return because
        found = self._account(body)
        return replace(found, audiences=shared) if isinstance(found, Bearer) else found

    def _account(self, body: Mapping[str, Any]) -> Bearer | str:
        own = body.get("kubernetes.io") or {}
        namespace, stated = own.get("namespace", ""), own.get("serviceaccount") or {}
        if because := self._gone(SERVICE_ACCOUNTS, "service account", namespace, stated):
            return because
        for kind, resource in BINDABLE.items():
            reference = own.get(kind.lower())
            scope = namespace if resource.namespaced else ""
            # A pod's token names its node too, and outlives it.
            if not reference or (kind == "Node" and "pod" in own):
                continue
            if because := self._gone(resource, kind.lower(), scope, reference):
                return because
        account = self.store.get(SERVICE_ACCOUNTS, namespace, stated["name"]).value
        return Bearer(account, tuple(_extra(body)), ())

    def _gone(self, resource: Resource, word: str, namespace: str, reference: Mapping[str, str]) -> str:
        name, uid = reference.get("name", ""), reference.get("uid", "")
        if not self.store.has(resource, namespace, name):
            return f'{resource.plural} "{name}" not found'
        standing = self.store.get(resource, namespace, name).value["metadata"]["uid"]
        return "" if standing == uid else f"{word} UID ({standing}) does not match claim ({uid})"


def _claims(token: Secret) -> Mapping[str, Any]:
    try:
        body = json.loads(
            jwt.api_jws.decode_complete(token.reveal(), options={"verify_signature": False})["payload"]
        )
    except (jwt.PyJWTError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _extra(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("jti"):
        yield "credential-id", f"JTI={body['jti']}"
    own = body["kubernetes.io"]
    for kind in ("node", "pod"):
        for key in ("name", "uid"):
            if value := own.get(kind, {}).get(key):
                yield f"{kind}-{key}", value


def _untimely(body: Mapping[str, Any], now: int) -> str:
    if now > int(body.get("exp", 0)):
        return "service account token has expired"
    return "service account token is not valid yet" if now < int(body.get("nbf", 0)) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),) if value else ()


def _quoted(names: Iterable[str]) -> str:
    return "[" + " ".join(json.dumps(name) for name in names) + "]"
