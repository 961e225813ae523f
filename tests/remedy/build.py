"""A small chain of facts with defaults, for tests that change one of them."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from keystone_check.iam.s3 import anonymous_get, document_policy
from keystone_check.model.aws import Bucket, Caller, Provider, PublicAccessBlock, Role, StoredObject
from keystone_check.model.change import Change, SetTrustPolicy
from keystone_check.model.cluster import ROLE_ARN, Issuer, ServiceAccount, Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, Severity, broken, holds
from keystone_check.model.outcome import Check
from keystone_check.model.web import Certificate, Chain, Response
from keystone_check.model.world import World
from keystone_check.remedy.plan import Step
from tests.worlds import NOW, world

ACCOUNT = "111122223333"
REGION = "eu-central-1"
BUCKET = "keystone-oidc"
HOST = f"{BUCKET}.s3.{REGION}.amazonaws.com"
ISSUER = f"https://{HOST}"
DISCOVERY_KEY = ".well-known/openid-configuration"
KEY_SET_KEY = "openid/v1/jwks"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/api"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
KEY_SET = json.dumps({"keys": [{"kty": "RSA", "kid": "one", "n": "3q2-7w", "e": "AQAB", "alg": "RS256"}]})
OPEN = PublicAccessBlock(True, True, False, False)
SHUT = PublicAccessBlock(True, True, True, True)
POLICY = document_policy(None, "aws", BUCKET, (DISCOVERY_KEY, KEY_SET_KEY))


def discovery(jwks_uri: str = f"{ISSUER}/{KEY_SET_KEY}") -> str:
    return json.dumps({"issuer": ISSUER, "jwks_uri": jwks_uri})


def objects(document: str | Absent | None = None, key_set: str | Absent = KEY_SET) -> Subjects[StoredObject]:
    held = ((DISCOVERY_KEY, document or discovery()), (KEY_SET_KEY, key_set))
    return Subjects(
        tuple(
            (key, body if isinstance(body, Absent) else StoredObject(body, "application/json", "AES256"))
            for key, body in held
        )
    )


def bucket(**changed: Any) -> Bucket:
    held: dict[str, Any] = {
        "name": BUCKET,
        "region": REGION,
        "public_access": OPEN,
        "ownership": "BucketOwnerEnforced",
        "policy": POLICY,
        "objects": objects(),
    }
    return Bucket(**{**held, **changed})


def account(name: str = "api", **annotations: str) -> ServiceAccount:
    return ServiceAccount("app", name, f"uid-{name}", {ROLE_ARN: ROLE, **annotations})


def token(*audience: str) -> Token:
    claims: dict[str, object] = {
        "aud": list(audience or ("sts.amazonaws.com",)),
        "iss": ISSUER,
        "sub": "system:serviceaccount:app:api",
    }
    return Token({"alg": "RS256", "kid": "one"}, claims, 700, ())


def chain(**changed: Any) -> World:
    """A world in which every link holds, with these facts in place of others; documents as they follow."""
    certificate = Certificate("ab" * 20, "CN=leaf", "CN=root", 0, 2_000_000_000)
    facts: dict[str, Any] = {
        "caller": Caller(f"arn:aws:iam::{ACCOUNT}:user/engineer", ACCOUNT, REGION),
        "issuer": Issuer(ISSUER, "configuration"),
        "accounts": Subjects((("app/api", account()),)),
        "tokens": Subjects((("app/api", token()),)),
        "discovery": Response(f"{ISSUER}/{DISCOVERY_KEY}", 0, (), "", 0),
        "key_set": Response(f"{ISSUER}/{KEY_SET_KEY}", 0, (), "", 0),
        "chains": Subjects(((HOST, Chain(HOST, (certificate,), True, "", True)),)),
        "bucket": bucket(),
        "account_public_access": Absent("account_public_access", "the account blocks nothing"),
        "providers": Subjects(
            ((PROVIDER, Provider(PROVIDER, HOST, ("sts.amazonaws.com",), ("ab" * 20,), NOW)),)
        ),
        "roles": Subjects(((ROLE, Role(ROLE, TRUST)),)),
    }
    return published(world(**{**facts, **changed}))


def published(made: World) -> World:
    """The world with both documents as its bucket gives them out."""
    return replace(made, discovery=_got(made, made.discovery), key_set=_got(made, made.key_set))


def _got(made: World, before: Response | Missing) -> Response | Missing:
    if isinstance(before, Missing) or before.status or isinstance(made.bucket, Missing):
        return before
    answer = anonymous_get(made.bucket, made.account_public_access, before.url)
    assert isinstance(answer, Response), answer
    return answer


def repair(*changes: Change, safety: Safety = Safety.SAFE, title: str = "mend it") -> Repair:
    return Repair(title, safety, "because", changes, ("do it",) if safety is Safety.MANUAL else ())


def wrong(subject: str, *changes: Change, safety: Safety = Safety.SAFE) -> Finding:
    """A broken finding with a repair of these changes; with none at all, without a repair."""
    found = repair(*changes, safety=safety) if changes or safety is Safety.MANUAL else None
    return broken(subject, f"{subject} is wrong", Evidence("a test", "right", "wrong"), found)


def right(subject: str) -> Finding:
    return holds(subject)


def check(
    name: str,
    judge: Callable[..., Iterable[Finding]],
    *needs: str,
    link: str = "role",
    severity: Severity = Severity.HIGH,
) -> Check:
    return Check(name, link, f"{name} holds", "", severity, needs, frozenset(), judge)


def step(change: Change, *others: Change) -> Step:
    return Step(change, repair(change, *others), ("check",))


def trust(after: str, before: str = TRUST, arn: str = ROLE) -> SetTrustPolicy:
    return SetTrustPolicy(arn, before, after)


def trust_is(wanted: str, name: str = "trust_is") -> Check:
    """A check that asks every role for one trust policy, and whose repair writes it."""

    def judge(roles: Subjects[Role]) -> Iterator[Finding]:
        for arn, role in roles.seen():
            change = SetTrustPolicy(arn, role.trust, wanted)
            yield right(arn) if role.trust == wanted else wrong(arn, change)

    return check(name, judge, "roles")
