"""One account of the sandbox whose STS is asked, and the law asked beside it with the same facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keystone_check import jose
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.iam.oidc import discovery_url
from keystone_check.iam.sts import AssumeRequest, Granted, Refused, Undecided, exchange
from keystone_check.model.aws import Provider
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import World
from keystone_check.sandbox.aws import loading, state
from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.server import AwsServer
from keystone_check.sandbox.aws.sts import Sts
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.publication import Publication
from keystone_check.sandbox.worlds import healthy
from tests.tokens import compact, pkcs1
from tests.worlds import NOW

FORM: dict[str, Any] = {"RoleSessionName": "test"}


@dataclass(frozen=True)
class Case:
    """What is bent: a parameter given as None is left out, and so is a claim or a member of the header."""

    form: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    discovery: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    chain: Mapping[str, Any] | Absent = field(default_factory=dict)
    key: str = ""
    """The name of the key that signs in place of the issuer's."""
    now: int = NOW


class Desk:
    """An account that holds a healthy world."""

    def __init__(self) -> None:
        self.ground = Ground.make()
        self.world: World = healthy(self.ground, NOW)
        self.account = Account.open(self.ground.account, self.ground.region, self._owner)
        with AwsServer(self.account, self.sts(Case())) as aws:
            loading.load(self.world, aws.url, self.account)

    @property
    def _owner(self) -> str:
        return f"arn:aws:iam::{self.ground.account}:user/engineer"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.ground.account}:role/api"

    @cached_property
    def issuer(self) -> str:
        assert isinstance(self.world.discovery, Response)
        return self.world.discovery.url.removesuffix(discovery_url(""))

    def form(self, case: Case) -> dict[str, Any]:
        """The parameters of the call."""
        given = {"RoleArn": self.role_arn, "WebIdentityToken": self.token(case), **FORM, **case.form}
        return {name: value for name, value in given.items() if value is not None}

    def token(self, case: Case) -> str:
        said = {"alg": "RS256", "kid": jose.kid_of(self.ground.signing_key.public_key()), **case.header}
        told = {
            "iss": self.issuer,
            "sub": "system:serviceaccount:app:api",
            "aud": ["sts.amazonaws.com"],
            "iat": NOW,
            "nbf": NOW,
            "exp": NOW + 3600,
            **case.claims,
        }
        signer = pkcs1(case.key) if case.key else self._sign
        return compact(_without_none(said), _without_none(told), signer)

    def _sign(self, signed: bytes) -> bytes:
        key = self.ground.signing_key
        assert isinstance(key, rsa.RSAPrivateKey)
        return key.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    def discovery(self, case: Case) -> Response:
        assert isinstance(self.world.discovery, Response)
        return replace(self.world.discovery, **case.discovery)

    def key_set(self, case: Case) -> Response:
        assert isinstance(self.world.key_set, Response)
        return replace(self.world.key_set, **case.keys)

    def chains(self, case: Case) -> Subjects[Chain]:
        ((host, chain),) = self.world.chains.seen()
        return Subjects(
            ((host, case.chain if isinstance(case.chain, Absent) else replace(chain, **case.chain)),)
        )

    def sts(self, case: Case) -> Sts:
        """The service with what the case bends; the rest is read from the account."""
        fixed = {answer.url: answer for answer in (self.discovery(case), self.key_set(case))}
        bucket = partial(state.bucket, self.account.id)
        block = partial(state.account_public_access, self.account.id)
        return Sts(self.account, Publication(bucket, block, fixed), self.chains(case), lambda: case.now)

    def law(self, case: Case) -> Granted | Refused | Undecided:
        """What the exchange answers to the same call."""
        form = self.form(case)
        key_set = self.key_set(case)
        assert not isinstance(self.world.providers, Missing)
        assert isinstance(self.world.roles, Subjects)
        providers: Subjects[Provider] = self.world.providers
        arn = form["RoleArn"]
        return exchange(
            request=AssumeRequest(
                arn, form["RoleSessionName"], form.get("DurationSeconds", 3600), form.get("ProviderId", "")
            ),
            token=jose.decode(form["WebIdentityToken"], _keys(key_set)),
            discovery=self.discovery(case),
            key_set=key_set,
            chains=self.chains(case),
            providers=providers,
            role=dict(self.world.roles.seen()).get(arn, Absent(arn, f"there is no role {arn}")),
            now=case.now,
        )


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _keys(key_set: Response) -> tuple[Jwk, ...]:
    read = read_key_set(key_set.body) if isinstance(key_set.body, str) else None
    return read.keys if isinstance(read, KeySet) else ()
