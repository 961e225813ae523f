"""One exchange in which every step holds, for tests that bend one fact."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from keystone_check.iam.oidc import discovery_document, discovery_url
from keystone_check.iam.sts import AssumeRequest, Granted, Malformed, Refused, Undecided, exchange
from keystone_check.model.aws import Provider, Role
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Certificate, Chain, Response
from tests.iam.test_jwk import RFC_7638, key
from tests.iam.trusts import ACCOUNT, AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, statement, trust

NOW = 1_800_000_000
NAME = HOST.partition("/")[0]
JWKS = f"{ISSUER}/keys.json"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/api"
KID = str(RFC_7638["kid"])
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "sub": SUBJECT,
    "aud": [AUDIENCE],
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 3600,
}


def response(url: str, body: str | Missing, status: int = 200, **more: Any) -> Response:
    return Response(url, status, (("content-type", "application/json"),), body, 1, **more)


def key_set(*keys: Mapping[str, object]) -> Response:
    return response(JWKS, json.dumps({"keys": keys}))


def token(**claims: object) -> Token:
    """The token; a claim given as None is left out."""
    said = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return Token({"alg": "RS256", "kid": KID}, said, 900, (key().thumbprint,))


def chain(trusted: bool = True, tls12: bool = True, host: str = NAME) -> Chain:
    names = (("aa", "CN=leaf", "CN=between"), ("bb", "CN=between", "CN=root"))
    certificates = tuple(Certificate(sha1 * 20, subject, by, 0, 1) for sha1, subject, by in names)
    return Chain(host, certificates, trusted, "" if trusted else "unable to get local issuer", tls12)


def provider(*client_ids: str, thumbprints: tuple[str, ...] = ()) -> Provider:
    return Provider(PROVIDER, HOST, client_ids or (AUDIENCE,), thumbprints)


@dataclass(frozen=True)
class Facts:
    request: AssumeRequest = field(default_factory=lambda: AssumeRequest(ROLE, "s-1"))
    token: Token | Malformed = field(default_factory=token)
    discovery: Response | Missing = field(
        default_factory=lambda: response(discovery_url(ISSUER), discovery_document(ISSUER, JWKS, ("RS256",)))
    )
    key_set: Response | Missing = field(default_factory=lambda: key_set(dict(RFC_7638)))
    chains: Subjects[Chain] = field(default_factory=lambda: Subjects(((NAME, chain()),)))
    providers: Subjects[Provider] | Missing = field(
        default_factory=lambda: Subjects(((PROVIDER, provider()),))
    )
    role: Role | Absent | Missing = field(default_factory=lambda: Role(ROLE, trust(statement())))
    now: int = NOW + 60


def ask(**facts: Any) -> Granted | Refused | Undecided:
    bent = replace(Facts(), **facts)
    return exchange(**{name: getattr(bent, name) for name in Facts.__dataclass_fields__})
