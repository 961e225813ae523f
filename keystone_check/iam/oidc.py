"""OpenID Connect as AWS asks for it: issuer, discovery document, key set.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from keystone_check.iam import strict
from keystone_check.iam.jwk import ALGORITHMS, Jwk, KeySet, Unreadable, merge_key_sets, read_key_set
from keystone_check.iam.s3_address import split
from keystone_check.model.facts import Missing
from keystone_check.model.web import Response

__all__ = [
    "ALGORITHMS",
    "Discovery",
    "Flaw",
    "Jwk",
    "KeySet",
    "Malformed",
    "Unreadable",
    "discovery_document",
    "discovery_url",
    "issuer_problem",
    "key_set_address",
    "merge_key_sets",
    "public_url_problem",
    "read_discovery",
    "read_key_set",
]

WELL_KNOWN = "/.well-known/openid-configuration"
CLAIMS = ("aud", "exp", "iat", "iss", "sub")
"""AWS asks for claims_supported with at least aud, iat and iss."""
_INTERNAL = ("svc", "local", "internal", "localhost", "localdomain", "lan", "home.arpa", "test", "invalid")


CLIENT_IDS_PER_PROVIDER = 100
"""IAM's quota: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


class Flaw(Enum):
    """Where a token is broken; STS words it by this."""

    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    FORM = "form"
    ALGORITHM = "algorithm"


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why a text is not a token that STS reads. Never holds a part of it."""

    reason: str
    flaw: Flaw = Flaw.FORM


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a discovery document says; a member that is not there is empty."""

    issuer: str
    jwks_uri: str
    claims: tuple[str, ...] = ()
    response_types: tuple[str, ...] = ()
    subject_types: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """What AWS asks for and the document lacks; whether STS enforces it is not known."""


def issuer_problem(url: str) -> str:
    """Which of AWS's rules an issuer breaks; empty when it keeps them all."""
    problem = public_url_problem(url)
    if problem:
        return problem
    parts = split(url)
    if len(url) > 255:
        return f"it has {len(url)} characters, and IAM takes at most 255"
    if parts is not None and parts.port is not None:
        return f"it names the port {parts.port}, and IAM takes none"
    if "?" in url:
        return "it has a query, and IAM takes none"
    if url.endswith(WELL_KNOWN):
        return f"it ends in {WELL_KNOWN}, which AWS appends itself"
    return ""


@lru_cache(maxsize=256)
def public_url_problem(url: str) -> str:
    """Why AWS could not fetch an address from the public internet, as far as the address tells."""
    parts = split(url)
    if not url:
        return "it is empty"
    if parts is None:
        return "it is not a URL"
    if any(character.isspace() or not character.isprintable() for character in url):
        return "it holds white space or an invisible character"
    if parts.scheme != "https" or not url.startswith("https://"):
        return f"it is not an https URL (scheme {parts.scheme!r})" if parts.scheme else "it has no https://"
    if parts.username is not None or parts.password is not None:
        return "it holds a user name or password"
    if "#" in url:
        return "it has a fragment"
    return _host_problem(parts.hostname or "")


def discovery_url(issuer: str) -> str:
    """Where the issuer's discovery document lies.

    One slash at the end is dropped before the well-known path (OpenID Connect Discovery 1.0, section 4.1).
    """
    return issuer.removesuffix("/") + WELL_KNOWN


@lru_cache(maxsize=8)
def read_discovery(text: str) -> Discovery | Unreadable:
    """Read a discovery document; Unreadable where it is no JSON object with an issuer and a jwks_uri."""
    document = strict.read(text)
    if not isinstance(document, Mapping) or not document:
        return Unreadable(strict.looks_like(text))
    for _, name in strict.repeated(document):
        return Unreadable(f'"{name}" stands in it twice')
    issuer, jwks_uri = document.get("issuer"), document.get("jwks_uri")
    if not isinstance(issuer, str) or not issuer:
        return Unreadable("it has no issuer")
    if not isinstance(jwks_uri, str) or not jwks_uri:
        return Unreadable("it has no jwks_uri")
    discovery = Discovery(
        issuer,
        jwks_uri,
        _texts(document.get("claims_supported")),
        _texts(document.get("response_types_supported")),
        _texts(document.get("subject_types_supported")),
        _texts(document.get("id_token_signing_alg_values_supported")),
    )
    return replace(discovery, problems=_problems(discovery))


def key_set_address(discovery: Response | Missing) -> str | Missing:
    """Where the published discovery document says that the key set is, or why nobody can tell."""
    if isinstance(discovery, Missing):
        return discovery
    if discovery.status != 200:
        return Missing("key_set", f"the discovery document was answered with {discovery.status}")
    if isinstance(discovery.body, Missing):
        return Missing("key_set", discovery.body.because)
    read = read_discovery(discovery.body)
    if isinstance(read, Unreadable):
        return Missing("key_set", f"the discovery document cannot be read: {read.because}")
    return read.jwks_uri


def discovery_document(issuer: str, jwks_uri: str, algorithms: Sequence[str]) -> str:
    """The document to publish: what Kubernetes serves, and claims_supported, for which AWS asks as well."""
    document = {
        "issuer": issuer,
        "jwks_uri": jwks_uri,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(dict.fromkeys(algorithms)),
        "claims_supported": list(CLAIMS),
    }
    return json.dumps(document, indent=2)


def _problems(discovery: Discovery) -> tuple[str, ...]:
    wanted = (
        ("claims_supported", discovery.claims, ("aud", "iat", "iss")),
        ("response_types_supported", discovery.response_types, ("id_token",)),
        ("subject_types_supported", discovery.subject_types, ("public",)),
    )
    missing = [
        f"{name} lacks {', '.join(sorted(set(values) - set(found)))}"
        for name, found, values in wanted
        if not set(values) <= set(found)
    ]
    if not set(discovery.algorithms) & set(ALGORITHMS):
        missing.append(f"id_token_signing_alg_values_supported has none of {', '.join(ALGORITHMS)}")
    return tuple(missing)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def _host_problem(host: str) -> str:
    if not host:
        return "it names no host"
    name = host.rstrip(".").lower()
    if _is_address(name):
        return f"its host {host} is an IP address, not a name"
    if "." not in name:
        return f"its host {host} has no dot, so only a local network knows it"
    inner = next((ending for ending in _INTERNAL if f".{name}".endswith(f".{ending}")), "")
    return f"its host {host} ends in .{inner}, which the public internet does not know" if inner else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # The last label of a name is never a number (RFC 3696, section 2): 127.1 is an address too.
        last = host.rpartition(".")[2]
        return last.isdecimal() or last.startswith("0x")
    return True
