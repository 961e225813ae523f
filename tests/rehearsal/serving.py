"""One sandbox whose AWS is changed by hand, as people change it, and asked with real tokens."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from keystone_check import jose
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.iam.sts import Granted, Refused
from keystone_check.model.access import Access
from keystone_check.model.facts import Subjects
from keystone_check.model.secret import Secret
from keystone_check.model.web import Chain
from keystone_check.model.world import World
from keystone_check.rehearsal.fates import Fate
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve, wall_clock
from keystone_check.sandbox.worlds import healthy

NEXT = "keystone-oidc-next"
Answer = tuple[str, str]
"""Code and message; empty where it granted."""


@dataclass
class Cloud:
    """Clients for a sandbox's AWS."""

    access: Access
    world: World
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            keys = self.access.aws_credentials
            assert keys is not None
            self.clients[service] = boto3.client(
                service,
                region_name=self.access.region,
                endpoint_url=self.access.aws_endpoint,
                aws_access_key_id=keys.access_key_id.reveal(),
                aws_secret_access_key=keys.secret_access_key.reveal(),
                config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
            )
        return self.clients[service]

    def ask(self, role_arn: str, token: Secret) -> Answer:
        """What STS answers over the wire."""
        try:
            self.client("sts").assume_role_with_web_identity(
                RoleArn=role_arn, RoleSessionName="keystone-check", WebIdentityToken=token.reveal()
            )
        except ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        return "", ""

    def answers(self, tokens: Mapping[str, Secret]) -> dict[str, Answer]:
        """By account."""
        assert isinstance(self.world.accounts, Subjects)
        accounts = dict(self.world.accounts.seen())
        return {name: self.ask(accounts[name].role_arn, token) for name, token in tokens.items()}

    def put(self, bucket: str, key: str, document: object) -> None:
        self.client("s3").put_object(
            Bucket=bucket, Key=key, Body=json.dumps(document), ContentType="application/json"
        )


@dataclass
class Sandbox(Cloud):
    """A served world, with the key that signs in it."""

    ground: Ground = field(default_factory=Ground.make)

    def minted(self, key: jose.PrivateKey | None = None, **claims: object) -> dict[str, Secret]:
        """A real token of each account, as the cluster's signer or another one signs it."""
        assert isinstance(self.world.tokens, Subjects)
        signer = key or self.ground.signing_key
        kid = jose.kid_of(signer.public_key())
        return {
            name: jose.sign({**token.claims, **claims}, signer, kid)
            for name, token in self.world.tokens.seen()
        }


@contextmanager
def sandbox(*hosts: str) -> Iterator[Sandbox]:
    """The healthy one, which knows the certificates of further hosts."""
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    ((_, chain),) = world.chains.seen()
    assert isinstance(chain, Chain)
    for host in hosts:
        world = replace(world, chains=world.chains.put(host, replace(chain, host=host)))
    with serve(world, ground) as serving:
        yield Sandbox(serving.access, serving.world, ground=ground)


def key_of(private: jose.PrivateKey) -> Jwk:
    read = read_key_set(json.dumps({"keys": [jose.public_jwk(private.public_key())]}))
    assert isinstance(read, KeySet)
    return read.keys[0]


def said(fates: Mapping[str, Fate]) -> dict[str, Answer]:
    """Predictions in the form of answers."""
    return {name: _said(fate) for name, fate in fates.items()}


def _said(fate: Fate) -> Answer:
    if isinstance(fate, Refused):
        return fate.first.code, fate.first.message
    return ("", "") if isinstance(fate, Granted) else ("undecided", str(fate))


def subsets(ids: Sequence[str]) -> Iterator[frozenset[str]]:
    """Every set of steps, each but one step away from the one before (Gray's code)."""
    for number in range(1 << len(ids)):
        code = number ^ (number >> 1)
        yield frozenset(name for place, name in enumerate(ids) if code >> place & 1)
